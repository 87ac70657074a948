#include "registry/open_registry.hpp"

#include "registry/rebuild.hpp"
#include "registry/restore.hpp"
#include "tests/support/test_registry.hpp"

#include <algorithm>
#include <filesystem>

namespace assay::test {

namespace {

using Names = std::vector<std::string>;

constexpr OpenOptions as_it_is = {.allow_volatile = true, .must_exist = true};
constexpr OpenOptions fresh = {.allow_volatile = true, .database = DatabaseIn::fresh, .must_exist = true};

/// The databases in a data directory, without what SQLite keeps beside them; the time in the name of one that is kept is cut off.
Names databases(const TestRegistry& registry) {
    Names names;
    for (const auto& entry : std::filesystem::directory_iterator(registry.data_path())) {
        std::string name = entry.path().filename();
        if (!name.starts_with("assay.db") || name.ends_with("-wal") || name.ends_with("-shm")) continue;
        const std::size_t kept = name.find(".lost-");
        names.push_back(kept == std::string::npos ? name : name.substr(0, kept + 5));
    }
    std::ranges::sort(names);
    return names;
}

void remove_database(const TestRegistry& registry) {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(registry.database_path() + suffix);
}

std::optional<std::string> rebuild_anew(const TestRegistry& registry, const OpenOptions& options) {
    auto opened = must(OpenRegistry::open(registry.data_path(), options));
    (void)must(rebuild(opened->registry()));
    return must(OpenRegistry::replace_database(std::move(opened)));
}

}  // namespace

TEST_CASE("manifests without a database are not taken for an empty registry") {
    TestRegistry registry(Blobs::on_disk);
    (void)registry.push(a_push());
    registry.while_closed([&] {
        remove_database(registry);
        const Error error = error_of(OpenRegistry::open(registry.data_path(), as_it_is));
        CHECK(error.kind == ErrorKind::integrity);
        CHECK(error.code == "database-lost");
        CHECK(databases(registry).empty());
    });
}

TEST_CASE("an empty database beside the manifests of registered versions is found to be another one") {
    TestRegistry registry(Blobs::on_disk);
    CHECK(check_not_lost(registry).has_value());
    (void)registry.push(a_push());
    CHECK(check_not_lost(registry).has_value());
    registry.lose_database();
    CHECK(error_of(check_not_lost(registry)).code == "database-lost");
}

TEST_CASE("a registry whose very first registration was cut off before its commit is not lost") {
    TestRegistry registry(Blobs::on_disk);
    (void)registry.push(a_push());
    registry.execute("DELETE FROM version_files");
    registry.execute("DELETE FROM versions");
    CHECK(check_not_lost(registry).has_value());
}

TEST_CASE("a database made anew takes the place of a lost one, and nothing is kept of what was not there") {
    TestRegistry registry(Blobs::on_disk);
    const VersionView version = registry.push(a_push());
    registry.while_closed([&] {
        remove_database(registry);
        CHECK(!rebuild_anew(registry, fresh));
        CHECK(databases(registry) == Names{"assay.db"});
    });
    CHECK(registry.show("churn", "1").row.digest == version.row.digest);
}

TEST_CASE("a damaged database is kept under a name of its own each time it is replaced") {
    TestRegistry registry(Blobs::on_disk);
    (void)registry.push(a_push());
    registry.while_closed([&] {
        for (int time = 0; time < 2; ++time) {
            write_file(registry.database_path(), "not a database at all");
            const auto kept = rebuild_anew(registry, fresh);
            REQUIRE(kept);
            CHECK(read_file(*kept) == "not a database at all");
        }
        CHECK(databases(registry) == Names{"assay.db", "assay.db.lost", "assay.db.lost"});
    });
    CHECK(registry.show("churn", "1").row.version == 1);
}

TEST_CASE("a database that can be read and holds versions is replaced only when that is insisted on") {
    TestRegistry registry(Blobs::on_disk);
    (void)registry.push(a_push());
    registry.alias("churn", "production", 1);
    registry.while_closed([&] {
        const Error error = error_of(OpenRegistry::open(registry.data_path(), fresh));
        CHECK(error.kind == ErrorKind::conflict);
        CHECK(error.code == "database-lives");
        CHECK(databases(registry) == Names{"assay.db"});
    });
    CHECK(registry.show("churn", "1").aliases == Names{"production"});
    registry.while_closed([&] {
        OpenOptions forced = fresh;
        forced.replace_living = true;
        CHECK(rebuild_anew(registry, forced));
    });
    CHECK(registry.show("churn", "1").aliases.empty());
}

TEST_CASE("a rebuild that is not finished leaves the old database, and nothing beside it") {
    TestRegistry registry(Blobs::on_disk);
    (void)registry.push(a_push());
    registry.while_closed([&] {
        write_file(registry.database_path(), "not a database at all");
        write_file(registry.database_path() + ".rebuilding", "of a rebuild that was killed");
        {
            const auto opened = must(OpenRegistry::open(registry.data_path(), fresh));
            (void)must(rebuild(opened->registry()));
        }
        CHECK(databases(registry) == Names{"assay.db"});
        CHECK(read_file(registry.database_path()) == "not a database at all");
        (void)rebuild_anew(registry, fresh);
    });
    CHECK(registry.show("churn", "1").row.version == 1);
}

}  // namespace assay::test
