#include "clients/cli/project_lock.hpp"

#include "base/crypto.hpp"
#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_registry.hpp"

#include <filesystem>

namespace assay::test {

namespace {

RemoteVersion a_version() {
    RemoteVersion version{"churn", 3, sha256("manifest"), {}, {}};
    version.manifest = {
        {"facts",
         {{"uses", {"scikit-learn", "absent"}}, {"libraries", {{"python", "3.11.7"}, {"scikit-learn", "1.5.2"}, {"pandas", "2.2.0"}}}}}};
    version.files = {{"model.joblib", 5, sha256("model")}, {"data/sample.json", 2, sha256("{}")}};
    return version;
}

LockedModel an_entry(const std::string& folder) {
    LockedModel entry = locked(a_version(), "@production");
    entry.path = folder;
    return entry;
}

}  // namespace

TEST_CASE("an entry pins digest, files and the releases of what the version uses, and no others") {
    const LockedModel entry = locked(a_version(), "@production");
    CHECK(entry.reference() == "churn@production");
    CHECK(entry.version_name() == "churn@3");
    CHECK(entry.digest == sha256("manifest"));
    CHECK(entry.files.size() == 2);
    CHECK(entry.environment == std::map<std::string, std::string>{{"python", "3.11.7"}, {"scikit-learn", "1.5.2"}});
    CHECK_FALSE(entry.path);
}

TEST_CASE("a version matches its entry, and neither another manifest nor other files do") {
    LockedModel entry = locked(a_version(), "@production");
    std::ranges::sort(entry.files, {}, &LockedFile::path);
    must(must_match(a_version(), entry));
    LockedModel other_files = entry;
    other_files.files[0].size = 99;
    CHECK(error_of(must_match(a_version(), other_files)).because == "the lock file was changed by hand");
    LockedModel other_manifest = entry;
    other_manifest.digest = sha256("another");
    const Error error = error_of(must_match(a_version(), other_manifest));
    CHECK(error.kind == ErrorKind::integrity);
    CHECK(error.code == "lock-mismatch");
}

TEST_CASE("a lock file that is not there says what writes one, and one that is broken is named") {
    const TempDir folder;
    const Error absent = error_of(read_lock(folder / "assay.lock"));
    CHECK(absent.code == "lock-not-found");
    CHECK(absent.fixes.at(0) == "assay lock NAME@ALIAS writes one");
    write_file(folder / "assay.lock", "version = ");
    CHECK(error_of(read_lock(folder / "assay.lock")).context.back() == "reading " + (folder / "assay.lock"));
}

TEST_CASE("files are below the folder fetched to, seen from the lock file, else in the cache by digest") {
    const LockedFile file{"data/sample.json", 2, sha256("{}")};
    CHECK(place_of(an_entry("model"), file, "assay.lock", "/cache") == "model/data/sample.json");
    CHECK(place_of(an_entry("../model"), file, "/home/project/assay.lock", "/cache") == "/home/model/data/sample.json");
    const std::string hex = sha256("{}").hex();
    CHECK(place_of(locked(a_version(), "@3"), file, "assay.lock", "/cache") == "/cache/blobs/sha256/" + hex.substr(0, 2) + "/" + hex);
}

TEST_CASE("every file that is missing, shorter or other is named; intact files are not") {
    const TempDir folder;
    const std::string lock = folder / "assay.lock";
    const LockedModel entry = an_entry("model");
    std::filesystem::create_directories(folder / "model/data");
    write_file(folder / "model/model.joblib", "model");
    write_file(folder / "model/data/sample.json", "{}");
    CHECK(differences_of(entry, lock, "").empty());
    write_file(folder / "model/model.joblib", "model and more");
    write_file(folder / "model/data/sample.json", "[]");
    auto found = differences_of(entry, lock, "");
    REQUIRE(found.size() == 2);
    CHECK(found[0].field == folder / "model/model.joblib");
    CHECK(found[0].message == "has 14 bytes, 5 were locked");
    CHECK(found[1].message.find("was locked") != std::string::npos);
    std::filesystem::remove_all(folder / "model");
    found = differences_of(entry, lock, "");
    REQUIRE(found.size() == 2);
    CHECK(found[0].message == "is missing");
}

TEST_CASE("an entry was never fetched when it has no folder and the cache has none of its files") {
    const TempDir folder;
    const LockedModel entry = locked(a_version(), "@production");
    CHECK(was_never_fetched(entry, folder / "cache"));
    CHECK_FALSE(was_never_fetched(an_entry("model"), folder / "cache"));
    const std::string place = place_of(entry, entry.files[0], "", folder / "cache");
    std::filesystem::create_directories(std::filesystem::path(place).parent_path());
    write_file(place, "model");
    CHECK_FALSE(was_never_fetched(entry, folder / "cache"));
}

}  // namespace assay::test
