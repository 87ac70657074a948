#include "registry/fsck.hpp"

#include "registry/versions.hpp"
#include "tests/support/test_registry.hpp"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <thread>

namespace assay::test {

namespace {

using Kinds = std::vector<std::string>;

Kinds kinds(const FsckReport& report) {
    Kinds all;
    for (const Finding& finding : report.findings) all.emplace_back(to_string(finding.kind));
    std::ranges::sort(all);
    return all;
}

FsckReport look(TestRegistry& registry) { return must(fsck(registry, Repair::no)); }
FsckReport repair(TestRegistry& registry) { return must(fsck(registry, Repair::yes)); }

const Digest& model_digest() {
    static const Digest digest = must(Digest::parse(digest_text("the bytes of a model")));
    return digest;
}

}  // namespace

TEST_CASE("a sound registry is clean, and everything in it was counted") {
    TestRegistry registry(Blobs::on_disk);
    (void)registry.push(a_push().with_file("empty", ""));
    (void)registry.push(a_push("fraud").with_parent("churn@1"));
    registry.remove("fraud", "1");
    registry.clock.advance_seconds(3600);
    const FsckReport report = look(registry);
    CHECK(report.is_clean());
    CHECK(report.findings.empty());
    CHECK(report.blobs == 2);
    CHECK(report.bytes == std::string("the bytes of a model").size());
    CHECK(report.versions == 2);
    CHECK(report.manifests == 2);
    CHECK(registry.ask("SELECT min(verified_at) FROM blobs") == "2026-11-23T11:00:00Z");
}

TEST_CASE("a damaged blob is found with the versions that hold it, set aside by repair, and healed by putting it again") {
    TestRegistry registry(Blobs::on_disk);
    (void)registry.push(a_push());
    (void)registry.push(a_push());
    damage_file(registry.blob_path(model_digest()));
    const FsckReport seen = look(registry);
    REQUIRE(kinds(seen) == Kinds{"blob-corrupt"});
    CHECK(seen.findings[0].affects == std::vector<std::string>{"churn@1", "churn@2"});
    CHECK(!seen.is_clean());
    CHECK(std::filesystem::exists(registry.blob_path(model_digest())));

    CHECK(!repair(registry).is_clean());  // the bytes are lost: nothing is repaired yet
    CHECK(!std::filesystem::exists(registry.blob_path(model_digest())));
    CHECK(error_of(registry.try_fetch("churn", "1")).code == "blob-corrupt");
    CHECK(kinds(look(registry)) == Kinds{"blob-missing"});
    registry.put("the bytes of a model");
    CHECK(look(registry).findings.empty());
}

TEST_CASE("a blob without its file is found, and marked by repair so that nobody is promised it") {
    TestRegistry registry(Blobs::on_disk);
    (void)registry.push(a_push());
    std::filesystem::remove(registry.blob_path(model_digest()));
    CHECK(kinds(look(registry)) == Kinds{"blob-missing"});
    CHECK(must(stat_blob(registry, model_digest())));
    CHECK(!repair(registry).is_clean());
    CHECK(!must(stat_blob(registry, model_digest())));
}

TEST_CASE("a blob without its row is a leftover that harms nothing, and is recorded by repair") {
    TestRegistry registry(Blobs::on_disk);
    const Digest digest = registry.put("uploaded, never acknowledged");
    registry.execute("DELETE FROM blobs");
    const FsckReport seen = look(registry);
    CHECK(kinds(seen) == Kinds{"blob-unrecorded"});
    CHECK(seen.is_clean());
    CHECK(repair(registry).findings.at(0).repaired);
    CHECK(must(stat_blob(registry, digest)));
    CHECK(look(registry).findings.empty());
}

TEST_CASE("a damaged blob without its row is set aside by repair") {
    TestRegistry registry(Blobs::on_disk);
    const Digest digest = registry.put("uploaded, never acknowledged");
    registry.execute("DELETE FROM blobs");
    damage_file(registry.blob_path(digest));
    CHECK(kinds(look(registry)) == Kinds{"blob-corrupt"});
    CHECK(repair(registry).is_clean());
    CHECK(look(registry).findings.empty());
}

TEST_CASE("wrong chunk digests or a wrong size of good bytes are found and rewritten") {
    for (const char* wrong :
         {"UPDATE blobs SET chunks = substr(chunks, 1, 60) || 'abcd'", "UPDATE blobs SET size = 7", "UPDATE blobs SET state = 'corrupt'"}) {
        CAPTURE(wrong);
        TestRegistry registry(Blobs::on_disk);
        (void)registry.push(a_push());
        registry.execute(wrong);
        CHECK(error_of(registry.try_read("churn", "1")).kind == ErrorKind::integrity);
        CHECK(kinds(look(registry)) == Kinds{"chunks-wrong"});
        CHECK(repair(registry).is_clean());
        CHECK(look(registry).findings.empty());
        CHECK(must(registry.try_read("churn", "1")) == "the bytes of a model");
    }
}

TEST_CASE("a manifest whose file is gone is written anew from the database") {
    TestRegistry registry;
    const VersionView version = registry.push(a_push());
    std::filesystem::remove(registry.manifest_path("churn", 1));
    CHECK(kinds(look(registry)) == Kinds{"manifest-missing"});
    CHECK(repair(registry).is_clean());
    CHECK(read_file(registry.manifest_path("churn", 1)) == version.row.manifest);
    CHECK(look(registry).findings.empty());
}

TEST_CASE("a manifest file that differs from the database is found and never overwritten") {
    TestRegistry registry;
    const VersionView version = registry.push(a_push());
    std::string other = version.row.manifest;
    other.replace(other.find("0.861"), 5, "0.999");
    write_file(registry.manifest_path("churn", 1), other);
    CHECK(kinds(look(registry)) == Kinds{"manifest-differs"});
    CHECK(!repair(registry).is_clean());
    CHECK(read_file(registry.manifest_path("churn", 1)) == other);
    std::filesystem::remove(registry.manifest_path("churn", 1));
    CHECK(repair(registry).is_clean());
    CHECK(look(registry).findings.empty());
}

TEST_CASE("a manifest in the database that does not have its digest is damage") {
    TestRegistry registry;
    (void)registry.push(a_push());
    registry.execute("UPDATE versions SET manifest = replace(manifest, '0.861', '0.999')");
    const FsckReport report = look(registry);
    CHECK(kinds(report) == Kinds{"manifest-damaged"});
    CHECK(report.findings[0].what == "churn@1");
    CHECK(!repair(registry).is_clean());
}

TEST_CASE("a manifest that says what none can say is found, with what it is, and the rest is looked at") {
    TestRegistry registry;
    (void)registry.push(a_push());
    (void)registry.push(a_push("other"));
    const std::string bytes = registry.ask("SELECT manifest FROM versions WHERE model = 'churn'");
    const std::string odd = std::regex_replace(bytes, std::regex(R"("trained_at":"[^"]*")"), R"("trained_at":"yesterday")");
    REQUIRE(odd != bytes);
    registry.execute("UPDATE versions SET manifest = $1, digest = $2 WHERE model = 'churn'", {odd, digest_text(odd)});
    write_file(registry.manifest_path("churn", 1), odd);
    const FsckReport report = look(registry);
    CHECK(report.versions == 2);
    const auto found = std::ranges::find(report.findings, "churn@1", &Finding::what);
    REQUIRE(found != report.findings.end());
    CHECK(found->kind == FindingKind::manifest_damaged);
    CHECK(found->detail.find("trained_at") != std::string::npos);
}

TEST_CASE("a version that a restored older database does not know is lost, not a leftover, and repair restores it") {
    TestRegistry registry(Blobs::on_disk);
    (void)registry.push(a_push());
    registry.clock.advance_seconds(1);
    const std::string backup = registry.copy_of_database();
    const VersionView later = registry.push(a_push("later").with_file("weights", "weights").with_parent("churn@1"));
    registry.remove("later", "1");
    (void)registry.push(a_push("later").with_file("weights", "other weights"));
    registry.replace_database(backup);

    const FsckReport seen = look(registry);
    CHECK(kinds(seen) == Kinds{"blob-unrecorded", "blob-unrecorded", "version-lost", "version-lost"});
    CHECK(!seen.is_clean());
    const FsckReport repaired = repair(registry);
    CHECK(repaired.is_clean());
    CHECK(look(registry).findings.empty());
    CHECK(registry.show("later", "1").row.digest == later.row.digest);
    CHECK(registry.show("later", "1").row.state == VersionState::deleted);
    CHECK(must(registry.try_read("later", "2", "weights")) == "other weights");
    CHECK(registry.push(a_push("later")).row.version == 3);
}

TEST_CASE("a lost version whose blob is nowhere is restored and stays reported until its bytes are pushed again") {
    TestRegistry registry(Blobs::on_disk);
    const std::string backup = registry.copy_of_database();
    (void)registry.push(a_push());
    registry.replace_database(backup);
    std::filesystem::remove(registry.blob_path(model_digest()));
    CHECK(!repair(registry).is_clean());
    CHECK(kinds(look(registry)) == Kinds{"blob-missing"});
    CHECK(error_of(registry.try_fetch("churn", "1")).code == "blob-corrupt");
    registry.put("the bytes of a model");
    CHECK(look(registry).findings.empty());
}

TEST_CASE("a manifest file of a version nobody knows is a leftover; one that is none, or another's, is damage") {
    TestRegistry registry;
    const VersionView version = registry.push(a_push());
    std::string unrecorded = version.row.manifest;
    unrecorded.replace(unrecorded.find("\"version\":1"), 11, "\"version\":7");
    write_file(registry.manifest_path("churn", 7), unrecorded);
    const FsckReport leftover = look(registry);
    CHECK(kinds(leftover) == Kinds{"manifest-unrecorded"});
    CHECK(leftover.is_clean());
    write_file(registry.manifest_path("churn", 8), "{");
    write_file(registry.manifest_path("churn", 9), version.row.manifest);
    const FsckReport damage = look(registry);
    CHECK(kinds(damage) == Kinds{"manifest-damaged", "manifest-damaged", "manifest-unrecorded"});
    CHECK(!damage.is_clean());
}

TEST_CASE("a tombstone and a state that say different things are found, and the database is believed") {
    TestRegistry registry;
    (void)registry.push(a_push());
    (void)registry.push(a_push());
    write_file(registry.tombstone_path("churn", 1), "{}");
    registry.remove("churn", "2");
    std::filesystem::remove(registry.tombstone_path("churn", 2));
    CHECK(kinds(look(registry)) == Kinds{"tombstone-differs", "tombstone-differs"});
    CHECK(repair(registry).is_clean());
    CHECK(!std::filesystem::exists(registry.tombstone_path("churn", 1)));
    CHECK(must(parse_json(read_file(registry.tombstone_path("churn", 2)))).at("version") == 2);
    CHECK(look(registry).findings.empty());
}

TEST_CASE("files whose rows are lost are found and restored from the manifest, once their blobs are known again") {
    TestRegistry registry(Blobs::on_disk);
    (void)registry.push(a_push());
    registry.execute("DELETE FROM version_files");
    CHECK(error_of(registry.try_fetch("churn", "1")).code == "file-not-found");
    CHECK(kinds(look(registry)) == Kinds{"files-differ"});
    registry.execute("DELETE FROM blobs");
    CHECK(kinds(look(registry)) == Kinds{"blob-unrecorded", "file-unblobbed", "files-differ"});
    CHECK(repair(registry).is_clean());
    CHECK(look(registry).findings.empty());
    CHECK(must(registry.try_read("churn", "1")) == "the bytes of a model");
}

TEST_CASE("files whose blobs are nowhere stay reported") {
    TestRegistry registry(Blobs::on_disk);
    (void)registry.push(a_push());
    registry.execute("DELETE FROM version_files");
    registry.execute("DELETE FROM blobs");
    std::filesystem::remove(registry.blob_path(model_digest()));
    CHECK(!repair(registry).is_clean());
    CHECK(kinds(look(registry)) == Kinds{"file-unblobbed", "files-differ"});
}

TEST_CASE("damage of the database itself is a finding") {
    TestRegistry registry;
    const VersionView version = registry.push(a_push());
    const std::string path = registry.database_path();
    registry.while_closed([&] {
        // The digest stands in the row of the version (before its manifest), in its history and in an index. Another one in
        // the index alone breaks their bond.
        std::string bytes = read_file(path);
        const std::string& digest = version.row.digest;
        std::size_t changed = 0;
        for (std::size_t at = bytes.find(digest); at != std::string::npos; at = bytes.find(digest, at + 1)) {
            const bool in_row = bytes.compare(at + digest.size(), 2, "{\"") == 0;
            const bool in_history = bytes.compare(at + digest.size(), 7, "trainer") == 0;
            if (in_row || in_history) continue;
            bytes[at + 70] = bytes[at + 70] == 'a' ? 'b' : 'a';
            ++changed;
        }
        REQUIRE(changed == 1);
        write_file(path, bytes);
    });
    const FsckReport report = look(registry);
    CHECK(std::ranges::count(kinds(report), "database") > 0);
    CHECK(!report.is_clean());
}

TEST_CASE("the report as JSON says all of it") {
    TestRegistry registry(Blobs::on_disk);
    (void)registry.push(a_push());
    damage_file(registry.blob_path(model_digest()));
    const Json json = to_json(look(registry));
    CHECK(json.at("clean") == false);
    CHECK(json.at("versions") == 1);
    const Json& finding = json.at("findings").at(0);
    CHECK(finding.at("kind") == "blob-corrupt");
    CHECK(finding.at("what") == model_digest().to_string());
    CHECK(finding.at("affects") == Json::array({"churn@1"}));
    CHECK(finding.at("damage") == true);
    CHECK(finding.at("repaired") == false);
}

TEST_CASE("repair beside pushes and deletions never takes a tombstone away and finds nothing") {
    TestRegistry registry;
    (void)registry.push(a_push());  // else the blob may be met between its bytes and its row, which is a leftover
    std::vector<std::string> found;
    {
        std::jthread busy([&](const std::stop_token& stop) {
            for (int i = 1; i <= 30 || !stop.stop_requested(); ++i) {
                if (i > 200) break;
                if (!registry.try_push(a_push())) break;
                (void)delete_version(registry, "churn", VersionRef{VersionRef::Number{i}}, WithAliases::refuse, "a@b");
            }
        });
        for (int i = 0; i < 5; ++i) {
            for (const std::string& kind : kinds(repair(registry))) found.push_back(kind);
        }
        busy.request_stop();
    }
    CHECK(found == Kinds{});
    CHECK(look(registry).findings.empty());
}

}  // namespace assay::test
