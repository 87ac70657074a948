#include "storage/manifests/manifest_store.hpp"

#include "base/crypto.hpp"
#include "storage/fs/posix_fs.hpp"
#include "tests/support/faulty_fs.hpp"
#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <map>
#include <set>

namespace assay::test {

namespace {

struct Fixture {
    TempDir directory;
    PosixFs real;
    FaultyFs fs{real};
    std::unique_ptr<ManifestStore> store = must(ManifestStore::open(fs, directory.path()));

    void add(std::string_view model, std::int64_t version, std::string_view bytes) {
        PreparedManifest prepared = must(store->prepare(bytes));
        must(store->publish(prepared, model, version));
        must(store->sync_model(model));
    }
};

/// Names that are legal for a model and awkward for a file system.
std::vector<std::string> awkward_names() {
    std::string longest;
    for (int i = 0; i < 256; ++i) longest += "\xF0\x9F\xA6\x8A";  // 256 characters, 1,024 bytes
    return {"churn",
            ".",
            "..",
            ".hidden",
            "a.b",
            "CHURN",
            "a b",
            "a%2Eb",
            "a~b",
            "~",
            "x\\y",
            "*?\"<>|:",
            "na\xC3\xAFve",
            "con",
            " ",
            std::string(200, 'a'),
            std::string(201, 'a'),
            std::string(201, 'b'),
            longest};
}

}  // namespace

TEST_CASE("every model name has a directory of its own that a file system can hold") {
    std::set<std::string> directories;
    for (const std::string& name : awkward_names()) {
        const std::string directory = ManifestStore::directory_of(name);
        CAPTURE(directory);
        CHECK(directory.size() <= 200);
        CHECK(directory.find('/') == std::string::npos);
        CHECK(directory.front() != '.');
        directories.insert(directory);
    }
    CHECK(directories.size() == awkward_names().size());
    CHECK(ManifestStore::directory_of("churn") == "churn");
    CHECK(ManifestStore::directory_of("..") == "%2E.");
    CHECK(ManifestStore::directory_of("a~b") == "a%7Eb");
    const std::string long_name(300, 'a');
    CHECK(ManifestStore::directory_of(long_name) == std::string(120, 'a') + "~" + sha256(long_name).hex());
}

TEST_CASE("manifests of every name come back, one by one and all together") {
    Fixture fixture;
    std::map<std::string, std::string> expected;
    for (const std::string& name : awkward_names()) {
        fixture.add(name, 1, "first of " + name);
        fixture.add(name, 2, "second of " + name);
        CHECK(must(fixture.store->read(name, 1)) == "first of " + name);
        expected[ManifestStore::directory_of(name) + "@1"] = "first of " + name;
        expected[ManifestStore::directory_of(name) + "@2"] = "second of " + name;
    }
    std::map<std::string, std::string> found;
    must(fixture.store->for_each([&](const StoredManifest& stored) -> Result<void> {
        found[stored.directory + "@" + std::to_string(stored.version)] = stored.manifest.value_or("none");
        CHECK_FALSE(stored.tombstone);
        return {};
    }));
    CHECK(found == expected);
}

TEST_CASE("a manifest is published in the durable order, its name only before the sync of the model") {
    Fixture fixture;
    fixture.fs.heal();
    PreparedManifest prepared = must(fixture.store->prepare("{}"));
    CHECK(fixture.fs.calls() == std::vector<std::string>{"create", "write", "sync"});
    must(fixture.store->publish(prepared, "churn", 1));
    must(fixture.store->sync_model("churn"));
    CHECK(fixture.fs.calls() ==
          std::vector<std::string>{"create", "write", "sync", "make-directory", "sync-directory", "link", "sync-directory"});
    fixture.fs.heal();
    prepared = must(fixture.store->prepare("{}"));
    must(fixture.store->publish(prepared, "churn", 2));
    CHECK(fixture.fs.calls() == std::vector<std::string>{"create", "write", "sync", "link"});
}

TEST_CASE("a published manifest is never overwritten and its number is passed over") {
    Fixture fixture;
    CHECK(must(fixture.store->next_free("churn", 1)) == 1);
    fixture.add("churn", 1, "first");
    PreparedManifest second = must(fixture.store->prepare("second"));
    const Error error = error_of(fixture.store->publish(second, "churn", 1));
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.code == "file-exists");
    CHECK(must(fixture.store->read("churn", 1)) == "first");
    CHECK(must(fixture.store->next_free("churn", 1)) == 2);
    must(fixture.store->publish(second, "churn", 2));
    CHECK(must(fixture.store->read("churn", 2)) == "second");
}

TEST_CASE("a prepared manifest that is dropped leaves nothing") {
    Fixture fixture;
    {
        const PreparedManifest dropped = must(fixture.store->prepare("{}"));
    }
    CHECK(must(fixture.real.list(fixture.directory.path())).empty());
}

TEST_CASE("a tombstone stands beside its manifest until it is removed") {
    Fixture fixture;
    fixture.add("churn", 1, "manifest");
    CHECK_FALSE(must(fixture.store->read_tombstone("churn", 1)));
    must(fixture.store->write_tombstone("churn", 1, "deleted"));
    CHECK(error_of(fixture.store->write_tombstone("churn", 1, "again")).code == "file-exists");
    CHECK(must(fixture.store->read_tombstone("churn", 1)) == "deleted");
    CHECK(must(fixture.store->read("churn", 1)) == "manifest");
    std::vector<StoredManifest> all;
    must(fixture.store->for_each([&](const StoredManifest& stored) -> Result<void> {
        all.push_back(stored);
        return {};
    }));
    REQUIRE(all.size() == 1);
    CHECK(all[0].manifest == "manifest");
    CHECK(all[0].tombstone == "deleted");
    must(fixture.store->remove_tombstone("churn", 1));
    must(fixture.store->remove_tombstone("churn", 1));
    must(fixture.store->remove_tombstone("never there", 1));
    CHECK_FALSE(must(fixture.store->read_tombstone("churn", 1)));
    must(fixture.store->write_tombstone("churn", 2, "alone"));
    CHECK(must(fixture.store->next_free("churn", 2)) == 3);
}

TEST_CASE("a manifest that is not there is not found, and one beyond the limit not taken") {
    Fixture fixture;
    CHECK(error_of(fixture.store->read("churn", 1)).code == "manifest-not-found");
    CHECK(error_of(fixture.store->read("churn", 1)).kind == ErrorKind::not_found);
    CHECK(error_of(fixture.store->prepare(std::string(max_manifest_bytes + 1, ' '))).kind == ErrorKind::too_large);
}

TEST_CASE("files that are no manifests are passed over") {
    Fixture fixture;
    fixture.add("churn", 7, "seven");
    for (const char* name : {"0.json", "-1.json", "01.json", "x.json", "7.json.bak", "9223372036854775808.json", "7"}) {
        PreparedManifest file = must(fixture.store->prepare("stray"));
        must(fixture.fs.link(*file.file, fixture.directory / (std::string("churn/") + name)));
    }
    int visits = 0;
    must(fixture.store->for_each([&](const StoredManifest& stored) -> Result<void> {
        CHECK(stored.version == 7);
        ++visits;
        return {};
    }));
    CHECK(visits == 1);
}

TEST_CASE("a full disk fails a manifest at any of its calls and leaves no name") {
    bool reached_the_end = false;
    for (std::size_t index = 0; !reached_the_end; ++index) {
        CAPTURE(index);
        Fixture fixture;
        fixture.fs.fail_call(index, Error(ErrorKind::no_space, "no-space", "No space left on device"));
        auto prepared = fixture.store->prepare("{}");
        auto published = prepared ? fixture.store->publish(*prepared, "churn", 1) : Result<void>(fail(prepared.error()));
        if (published) {
            const auto synced = fixture.store->sync_model("churn");
            reached_the_end = synced.has_value();
            if (!synced) {
                fixture.fs.heal();
                CHECK(error_of(fixture.store->sync_model("churn")).code == "store-degraded");
                PreparedManifest next = must(fixture.store->prepare("{}"));
                CHECK(error_of(fixture.store->publish(next, "churn", 2)).code == "store-degraded");
                CHECK(fixture.fs.count("sync-directory") == 0);
            }
        } else {
            CHECK(published.error().kind == ErrorKind::no_space);
            CHECK(error_of(fixture.store->read("churn", 1)).code == "manifest-not-found");
        }
    }
}

}  // namespace assay::test
