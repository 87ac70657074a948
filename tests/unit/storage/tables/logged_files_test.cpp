#include "storage/tables/logged_files.hpp"

#include "tests/support/test_database.hpp"

namespace assay::test {

namespace {

struct Files {
    TestDatabase database;
    std::string digest = database.add_blob(1);

    explicit Files(const std::vector<std::string>& paths) {
        for (const std::string& path : paths) put(path, 6);
    }
    void put(const std::string& path, std::int64_t size) {
        database.write([&](SqlWrite& sql) { return logged_files::put(sql, {path, digest, size, 5}); });
    }
    /// "name" of a file, "name/" of a folder.
    std::string list(const std::string& folder, std::int64_t limit = 100) {
        std::string text;
        for (const auto& entry : database.read([&](SqlSession& sql) { return logged_files::list(sql, folder, limit); }))
            text += (text.empty() ? "" : " ") + entry.name + (entry.size ? "" : "/");
        return text;
    }
    std::string below(const std::string& folder, std::int64_t limit = 100) {
        std::string text;
        for (const auto& file : database.read([&](SqlSession& sql) { return logged_files::below(sql, folder, limit); }))
            text += (text.empty() ? "" : " ") + file.path;
        return text;
    }
};

}  // namespace

TEST_CASE("a path that is written again has the bytes of the last time") {
    Files files({"r/a"});
    files.digest = files.database.add_blob(2);
    files.put("r/a", 7);
    const auto found = files.database.read([](SqlSession& sql) { return logged_files::find(sql, "r/a"); });
    REQUIRE(found);
    CHECK(found->digest == files.digest);
    CHECK(found->size == 7);
    CHECK(found->logged_at == 5);
    CHECK(files.below("") == "r/a");
    CHECK(!files.database.read([](SqlSession& sql) { return logged_files::find(sql, "r"); }));
}

TEST_CASE("a list has what lies directly in a folder, and jumps over what lies deep") {
    Files files({"r/deep/x/y/1", "r/deep/x/y/2", "r/deep/z", "r/deep0", "r/last", "r-2/a", "r0", "q"});
    CHECK(files.list("r") == "deep/ deep0 last");
    CHECK(files.list("r/deep") == "x/ z");
    CHECK(files.list("r/deep/x/y") == "1 2");
    CHECK(files.list("") == "q r-2/ r/ r0");
    CHECK(files.list("r", 2) == "deep/ deep0");
    CHECK(files.list("nowhere") == "");
    CHECK(files.list("q") == "");
}

TEST_CASE("names of any character of UTF-8 are listed, at the root too") {
    Files files({"\xF0\x9F\x90\xA6", "\xF0\x9F\x90\xA7/a", "\xC3\xA9/a"});
    CHECK(files.list("") == "\xC3\xA9/ \xF0\x9F\x90\xA6 \xF0\x9F\x90\xA7/");
}

TEST_CASE("what is below a folder is all of it, and nothing beside it") {
    Files files({"r/a", "r/b/c", "r-2/a", "r0", "q"});
    CHECK(files.below("r") == "r/a r/b/c");
    CHECK(files.below("r", 1) == "r/a");
    CHECK(files.below("q") == "");
}

TEST_CASE("removing a path removes the file or all of the folder") {
    Files files({"r/a", "r/b/c", "r/b/d", "r/b-2", "q"});
    const auto remove = [&](const std::string& path) {
        return files.database.write([&](SqlWrite& sql) { return logged_files::remove(sql, path); });
    };
    CHECK(remove("r/b") == 2);
    CHECK(remove("q") == 1);
    CHECK(remove("q") == 0);
    CHECK(files.below("") == "r/a r/b-2");
}

TEST_CASE("a file's blob must be there") {
    TestDatabase database;
    CHECK(database.error_of_write([](SqlWrite& sql) { return logged_files::put(sql, {"a", "sha256:none", 1, 1}); }).code == "constraint");
}

TEST_CASE("files below a folder are counted, and go in parts") {
    Files files({"r", "r/a", "r/b/c", "r/d", "r-2/a", "r0"});
    const auto size = files.database.read([](SqlSession& sql) { return logged_files::size_below(sql, "r"); });
    CHECK(size.files == 3);
    CHECK(size.bytes == 18);
    const auto remove = [&] { return files.database.write([](SqlWrite& sql) { return logged_files::remove_below(sql, "r", 2); }); };
    CHECK(remove() == 2);
    CHECK(files.below("r") == "r/d");
    CHECK(remove() == 1);
    CHECK(remove() == 0);
    CHECK(files.below("") == "r r-2/a r0");
}

}  // namespace assay::test
