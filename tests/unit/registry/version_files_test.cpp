#include "registry/version_files.hpp"

#include "base/stream.hpp"
#include "tests/support/test_registry.hpp"

namespace assay::test {

namespace {

std::string list(TestRegistry& registry, const VersionRow& version, const std::string& folder) {
    std::string text;
    for (const logged_files::Entry& entry : must(version_entries(registry, version, folder)))
        text += (text.empty() ? "" : " ") + entry.name + (entry.size ? "=" + std::to_string(*entry.size) : "/");
    return text;
}

PushBuilder with_folders() { return a_push().with_file("a-b", "one").with_file("a/x", "two").with_file("a/y/z", "three"); }

}  // namespace

TEST_CASE("files of a version are listed folder by folder, by name") {
    TestRegistry registry;
    const VersionRow version = registry.push(with_folders()).row;
    CHECK(list(registry, version, "") == "a/ a-b=3 model.joblib=20");
    CHECK(list(registry, version, "a") == "x=3 y/");
    CHECK(list(registry, version, "a/y") == "z=5");
    CHECK(list(registry, version, "none") == "");
    CHECK(list(registry, version, "a-b") == "");
}

TEST_CASE("a file of a version is opened by its path, and a folder is none") {
    TestRegistry registry;
    const VersionRow version = registry.push(with_folders()).row;
    const OpenedVersionFile opened = must(open_version_file(registry, version, "a/x"));
    CHECK(opened.file.path == "a/x");
    CHECK(opened.file.size == 3);
    RangeSource source(*opened.reader);
    CHECK(must(read_all(source, 100)) == "two");
    for (const char* path : {"a", "none"}) {
        const Error error = error_of(open_version_file(registry, version, path));
        CHECK(error.kind == ErrorKind::not_found);
        CHECK(error.code == "file-not-found");
    }
}

}  // namespace assay::test
