#include "registry/rebuild.hpp"

#include "registry/fsck.hpp"
#include "registry/lineage.hpp"
#include "registry/manifest.hpp"
#include "tests/support/test_registry.hpp"

#include <algorithm>
#include <filesystem>

namespace assay::test {

namespace {

/// Rows of a question, as text.
std::vector<std::string> rows(TestRegistry& registry, const std::string& sql) {
    return must(registry.registry().database.read(
        [&](SqlSession& session) { return session.all(sql, {}, [](const Row& row) { return row.text(0); }); }));
}

/// Everything that a rebuild promises to restore.
std::vector<std::vector<std::string>> rebuildable(TestRegistry& registry) {
    std::vector<std::vector<std::string>> all;
    for (const char* sql :
         {"SELECT digest || size || chunks || state FROM blobs ORDER BY 1",
          "SELECT name || created_at || next_version FROM models ORDER BY 1",
          "SELECT model || version || digest || manifest || content_digest || run || state || created_at FROM versions ORDER BY 1",
          "SELECT model || version || path || digest || size || media_type FROM version_files ORDER BY 1",
          "SELECT id || started_at FROM runs ORDER BY 1", "SELECT id || name || coalesce(rows, '') || created_at FROM datasets ORDER BY 1",
          "SELECT digest || dataset FROM dataset_digests ORDER BY 1",
          "SELECT source || target || relation || created_at FROM edges WHERE target NOT LIKE 'consumer:%' AND relation <> 'derived' ORDER "
          "BY 1"}) {
        all.push_back(rows(registry, sql));
    }
    return all;
}

}  // namespace

TEST_CASE("a rebuild restores versions, files, facts and lineage byte for byte, and says what it cannot") {
    TestRegistry registry(Blobs::on_disk);
    (void)registry.push(
        a_push("zebra").with_dataset("other", "first known as", digest_text("shared")).with_alias("production").with_tag("k", "v"));
    registry.clock.advance_seconds(1);
    const VersionView churn =
        registry.push(a_push().with_file("big/part", std::string(3'000'000, 'x')).with_file("empty", "").with_parent("zebra@1"));
    registry.clock.advance_seconds(1);
    (void)registry.push(a_push("aardvark")
                            .with_dataset("other", "known later as", digest_text("shared"), "ds1:" + digest_text("table"))
                            .with_run(churn.row.run));
    (void)registry.push(a_push("caf\xc3\xa9 & co").with_parent("churn@1"));
    (void)registry.push(a_push());
    registry.remove("churn", "2");
    (void)must(registry.try_fetch("churn", "1"));
    const auto before = rebuildable(registry);

    registry.lose_database();
    const RebuildReport report = must(rebuild(registry));
    CHECK(report.problems.empty());
    CHECK(report.blobs == 3);
    CHECK(report.models == 4);
    CHECK(report.versions == 4);
    CHECK(report.deleted_versions == 1);
    CHECK(rebuildable(registry) == before);
    CHECK(registry.show("zebra", "1").aliases.empty());
    CHECK(registry.ask("SELECT count(*) FROM fetches") == "0");
    CHECK(must(registry.try_read("churn", "1", "big/part")).size() == 3'000'000);
    CHECK(must(fsck(registry, Repair::no)).findings.empty());
    const Json json = to_json(report);
    CHECK(json.at("versions") == 4);
    CHECK(json.at("not_restored").get<std::string>().find("aliases, tags") != std::string::npos);
}

TEST_CASE("after a rebuild deleted versions stay deleted and their numbers taken") {
    TestRegistry registry(Blobs::on_disk);
    (void)registry.push(a_push());
    (void)registry.push(a_push());
    registry.remove("churn", "2");
    registry.lose_database();
    (void)must(rebuild(registry));
    CHECK(registry.show("churn", "2").row.state == VersionState::deleted);
    CHECK(registry.push(a_push()).row.version == 3);
    registry.undelete("churn", "2");
    CHECK(must(registry.try_read("churn", "2")) == "the bytes of a model");
}

TEST_CASE("a tombstone without its manifest keeps its number taken") {
    TestRegistry registry(Blobs::on_disk);
    (void)registry.push(a_push());
    (void)registry.push(a_push());
    registry.remove("churn", "2");
    std::filesystem::remove(registry.manifest_path("churn", 2));
    registry.lose_database();
    CHECK(must(rebuild(registry)).versions == 1);
    CHECK(registry.push(a_push()).row.version == 3);
    CHECK(registry.show("churn", "3").row.state == VersionState::ready);
}

TEST_CASE("a lost or damaged blob is reported, its versions are restored and refuse to hand it out until it is put again") {
    TestRegistry registry(Blobs::on_disk);
    (void)registry.push(a_push().with_file("weights", "weights"));
    const Digest lost = must(Digest::parse(digest_text("the bytes of a model")));
    const Digest damaged = must(Digest::parse(digest_text("weights")));
    std::filesystem::remove(registry.blob_path(lost));
    damage_file(registry.blob_path(damaged));
    registry.lose_database();
    const RebuildReport report = must(rebuild(registry));
    CHECK(report.versions == 1);
    CHECK(std::ranges::count_if(report.problems,
                                [&](const std::string& line) { return line.find(lost.to_string()) != std::string::npos; }) == 1);
    CHECK(std::ranges::count_if(report.problems,
                                [&](const std::string& line) { return line.find(damaged.to_string()) != std::string::npos; }) == 2);
    CHECK(error_of(registry.try_fetch("churn", "1")).code == "blob-corrupt");
    registry.put("the bytes of a model");
    registry.put("weights");
    CHECK(must(registry.try_read("churn", "1")) == "the bytes of a model");
    CHECK(must(registry.try_read("churn", "1", "weights")) == "weights");
}

TEST_CASE("a manifest that cannot be read, or lies about its name or paths, is reported and left alone") {
    TestRegistry registry(Blobs::on_disk);
    const VersionView version = registry.push(a_push());
    write_file(registry.manifest_path("churn", 2), "{");
    write_file(registry.manifest_path("churn", 3), version.row.manifest);
    std::string escaping = version.row.manifest;
    escaping.replace(escaping.find("\"version\":1"), 11, "\"version\":4");
    escaping.replace(escaping.find("model.joblib"), 12, "../../escape");
    write_file(registry.manifest_path("churn", 4), escaping);
    registry.lose_database();
    const RebuildReport report = must(rebuild(registry));
    CHECK(report.versions == 1);
    CHECK(report.problems.size() == 3);
    CHECK(registry.push(a_push()).row.version == 5);  // their files hold their numbers
}

TEST_CASE("a child whose parent is lost is restored, and its lineage says so") {
    TestRegistry registry(Blobs::on_disk);
    (void)registry.push(a_push());
    (void)registry.push(a_push("child").with_parent("churn@1"));
    std::filesystem::remove(registry.manifest_path("churn", 1));
    registry.lose_database();
    CHECK(must(rebuild(registry)).versions == 1);
    const LineageGraph graph = must(lineage(registry, {"version:child@1", LineageDirection::up, std::nullopt, 100}));
    const auto parent = std::ranges::find(graph.nodes, std::string("version:churn@1"), &LineageNode::id);
    REQUIRE(parent != graph.nodes.end());
    CHECK(parent->detail == "not in this registry");
}

TEST_CASE("a rebuild refuses a database that lives") {
    TestRegistry registry(Blobs::on_disk);
    (void)registry.push(a_push());
    const Error error = error_of(rebuild(registry));
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.code == "database-not-empty");
    CHECK(registry.show("churn", "1").row.version == 1);
}

TEST_CASE("a blob that looks like a manifest is a blob") {
    TestRegistry registry(Blobs::on_disk);
    const VersionView version = registry.push(a_push());
    (void)registry.push(a_push("fraud").with_file("manifest.json", version.row.manifest));
    registry.lose_database();
    CHECK(must(rebuild(registry)).versions == 2);
}

}  // namespace assay::test
