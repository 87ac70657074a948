#include "registry/logged_files.hpp"

#include "base/stream.hpp"
#include "tests/support/test_registry.hpp"

namespace assay::test {

namespace {

Result<LoggedFileRow> try_log(TestRegistry& registry, const std::string& path, std::string_view bytes = "bytes",
                              std::optional<std::uint64_t> size = {}) {
    MemorySource source(bytes);
    return log_file(registry, path, source, size);
}

std::string read(TestRegistry& registry, const std::string& path) {
    const OpenedFile opened = must(open_logged_file(registry, path));
    RangeSource source(*opened.reader);
    return must(read_all(source, 1'000));
}

std::string list(TestRegistry& registry, const std::string& folder) {
    std::string text;
    for (const logged_files::Entry& entry : must(list_logged_files(registry, folder)))
        text += (text.empty() ? "" : " ") + entry.name + (entry.size ? "" : "/");
    return text;
}

}  // namespace

TEST_CASE("logging the same path again replaces what was there") {
    TestRegistry registry;
    const LoggedFileRow first = must(try_log(registry, "1/r/a", "one"));
    CHECK(first.digest == digest_text("one"));
    CHECK(first.size == 3);
    CHECK(first.logged_at == registry.registry().now_milliseconds());
    (void)must(try_log(registry, "1/r/a", "other"));
    CHECK(read(registry, "1/r/a") == "other");
    CHECK(list(registry, "1/r") == "a");
}

TEST_CASE("bytes that are fewer or more than announced are not logged") {
    TestRegistry registry;
    CHECK(error_of(try_log(registry, "a", "one", 4)).code == "size-mismatch");
    CHECK(list(registry, "") == "");
}

TEST_CASE("a folder cannot be a file, nor a file a folder") {
    TestRegistry registry;
    (void)must(try_log(registry, "1/r/a/b"));
    for (const char* folder : {"1", "1/r", "1/r/a"}) CHECK(error_of(try_log(registry, folder)).code == "path-is-folder");
    for (const char* below : {"1/r/a/b/c", "1/r/a/b/c/d"}) CHECK(error_of(try_log(registry, below)).code == "path-is-file");
    (void)must(try_log(registry, "1/r/a/b-c/d"));
    CHECK(error_of(open_logged_file(registry, "1/r/a")).code == "path-is-folder");
    CHECK(error_of(open_logged_file(registry, "1/r/none")).code == "file-not-found");
}

TEST_CASE("a list comes by name, a folder \"a\" before \"a-b\"") {
    TestRegistry registry;
    for (const char* path : {"r/a-b", "r/a/deep/1", "r/a/deep/2", "r/a.txt", "r/b"}) (void)must(try_log(registry, path));
    CHECK(list(registry, "r") == "a/ a-b a.txt b");
    CHECK(list(registry, "r/a") == "deep/");
    CHECK(list(registry, "") == "r/");
    CHECK(list(registry, "none") == "");
}

TEST_CASE("deleting a path forgets the file or all of the folder, and nothing beside it") {
    TestRegistry registry;
    for (const char* path : {"r/a/1", "r/a/2/3", "r/a-b", "q"}) (void)must(try_log(registry, path));
    must(delete_logged_files(registry, "r/a"));
    must(delete_logged_files(registry, "q"));
    must(delete_logged_files(registry, "none"));
    CHECK(list(registry, "") == "r/");
    CHECK(list(registry, "r") == "a-b");
}

}  // namespace assay::test
