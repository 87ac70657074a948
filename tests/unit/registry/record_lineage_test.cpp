#include "registry/record_lineage.hpp"

#include "tests/support/test_database.hpp"

namespace assay::test {

namespace {

constexpr const char* now = "2026-01-01T00:00:00Z";

std::string edges(TestDatabase& database) {
    return database.ask(
        "SELECT coalesce(group_concat(source || ' -' || relation || '> ' || target, '; '), '') FROM "
        "(SELECT * FROM edges ORDER BY source, target, relation)");
}

std::string join(TestDatabase& database, const std::vector<std::string>& digests, const std::string& name = "adult") {
    return database.write([&](SqlWrite& sql) { return join_dataset(sql, digests, name, std::nullopt, now); });
}

}  // namespace

TEST_CASE("nodes are named by kind and thing, so that no two things share a name") {
    CHECK(dataset_node("sha256:a") == "dataset:sha256:a");
    CHECK(run_node("0d1c") == "run:0d1c");
    CHECK(version_node("churn", 3) == "version:churn@3");
    CHECK(consumer_node("scorer@host", "sha256:e") == "consumer:scorer@host#sha256:e");
    CHECK(consumer_node("scorer@host", "") == "consumer:scorer@host#");
}

TEST_CASE("an edge is kept once, and none that closes a cycle, however long the way round") {
    TestDatabase database;
    const auto add = [](const std::string& from, const std::string& to) {
        return [=](SqlWrite& sql) { return add_lineage_edge(sql, from, to, "derived", now); };
    };
    for (const auto& [from, to] : {std::pair{"a", "b"}, {"b", "c"}, {"a", "b"}}) database.write(add(from, to));
    const std::string kept = edges(database);
    CHECK(kept == "a -derived> b; b -derived> c");
    for (const auto& [from, to, because] : {std::tuple{"c", "a", "c already comes from a: a → b → c"},
                                            {"b", "a", "b already comes from a"},
                                            {"a", "a", "nothing comes from itself"}}) {
        const Error error = database.error_of_write(add(from, to));
        CHECK(error.kind == ErrorKind::conflict);
        CHECK(error.code == "lineage-cycle");
        CHECK(error.because == because);
        CHECK(edges(database) == kept);
    }
    database.write(add("a", "c"));  // a second way in the same direction is none
    CHECK(edges(database) == "a -derived> b; a -derived> c; b -derived> c");
}

TEST_CASE("a dataset is known by each of its digests, and two that turn out to be one become one") {
    TestDatabase database;
    const std::string bytes = join(database, {"sha256:bytes"});
    const std::string table = join(database, {"ds1:sha256:table"});
    CHECK(bytes != table);
    const std::string both = join(database, {"sha256:bytes", "ds1:sha256:table"});
    for (const char* digest : {"sha256:bytes", "ds1:sha256:table"}) CHECK(join(database, {digest}) == both);
    CHECK(database.ask("SELECT count(*) FROM datasets") == "1");
}

TEST_CASE("digests of data and of what was made from it are not joined") {
    TestDatabase database;
    const std::string raw = join(database, {"sha256:raw"});
    const std::string made = join(database, {"sha256:made"});
    database.write([&](SqlWrite& sql) { return add_lineage_edge(sql, dataset_node(raw), dataset_node(made), "derived", now); });
    const Error error =
        database.error_of_write([](SqlWrite& sql) { return join_dataset(sql, {"sha256:made", "sha256:raw"}, "both", std::nullopt, now); });
    CHECK(error.code == "lineage-cycle");
    CHECK(error.message == "the digests of the dataset 'both' belong to two datasets");
    CHECK(database.ask("SELECT count(*) FROM datasets") == "2");
}

TEST_CASE("a manifest implies its datasets, its run and its parents") {
    TestDatabase database;
    Manifest manifest;
    manifest.model = "churn";
    manifest.version = 3;
    manifest.facts.run = "r";
    manifest.facts.datasets.resize(2);
    manifest.facts.datasets[0].role = "training";
    manifest.facts.datasets[0].name = "adult";
    manifest.facts.datasets[0].digest = "sha256:" + std::string(64, 'a');
    manifest.facts.datasets[1].role = "test";
    manifest.facts.datasets[1].name = "adult";
    manifest.facts.datasets[1].digest = manifest.facts.datasets[0].digest;
    manifest.facts.parents.resize(1);
    manifest.facts.parents[0].relation = "retrained_from";
    manifest.facts.parents[0].model = "churn";
    manifest.facts.parents[0].version = 2;
    for (int twice = 0; twice < 2; ++twice) {
        database.write([&](SqlWrite& sql) { return record_lineage(sql, manifest, now); });
        const std::string data = "dataset:sha256:" + std::string(64, 'a');
        CHECK(edges(database) ==
              data + " -test> run:r; " + data +
                  " -training> run:r; run:r -produced> version:churn@3; version:churn@2 -retrained_from> version:churn@3");
    }
}

}  // namespace assay::test
