#include "registry/fetch.hpp"

#include "base/file_path.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "registry/blobs.hpp"
#include "registry/manifest.hpp"
#include "registry/needs.hpp"
#include "registry/proofs.hpp"
#include "registry/record_lineage.hpp"
#include "registry/waivers.hpp"
#include "storage/tables/blobs.hpp"
#include "storage/tables/environments.hpp"
#include "storage/tables/fetches.hpp"
#include "storage/tables/lineage.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

constexpr std::int64_t one_fetch_microseconds = 600'000'000;  // requests within ten minutes are one fetch
constexpr std::int64_t max_other_versions = 50;  // looked at for "fetch churn@4 instead"

Result<Recorded> recorded_of(SqlSession& sql, const VersionRow& row) {
    TRY_ASSIGN(Manifest manifest, read_manifest(row.manifest));
    TRY_ASSIGN(const Digest digest, Digest::parse(row.digest));
    TRY_ASSIGN(Recorded recorded, needs_of(sql, row));
    recorded.version = fmt::format("{}@{}", row.model, row.version);
    recorded.digest = digest;
    recorded.uses = std::move(manifest.facts.uses);
    recorded.libraries = std::move(manifest.facts.libraries);  // those that do not count too: a verdict says why
    return recorded;
}

Result<Verdict> verdict_without_environment(const VersionRow& row, bool refuse) {
    Verdict verdict;
    verdict.decision = refuse ? Verdict::Decision::refuse : Verdict::Decision::allow;
    verdict.version = fmt::format("{}@{}", row.model, row.version);
    TRY_ASSIGN(verdict.digest, Digest::parse(row.digest));
    if (refuse) {
        verdict.conflicts.push_back({"environment",
                                     "unknown",
                                     std::nullopt,
                                     "unknown-environment",
                                     Effect::unproven,
                                     "the request does not say in which environment the version will be loaded",
                                     {"name it: Assay-Environment: sha256:… (after PUT /v1/environments/…), or say none"}});
        verdict.fix = {"send the environment, or the digest it was put under, or none; assay fetch and assay check send it by themselves"};
    }
    return verdict;
}

Result<Evidence> evidence_of(const Registry& registry, SqlSession& sql, const VersionRow& row, const Recorded& recorded,
                             const Environment& environment) {
    TRY_ASSIGN(const std::string considered, considered_text(recorded, environment));
    Evidence evidence;
    TRY_ASSIGN(evidence.proofs, proven_in(sql, row, considered));
    TRY_ASSIGN(evidence.waiver, waived_in(registry, sql, row, considered));
    TRY_ASSIGN(evidence.server, server_finds_different(sql, row));
    return evidence;
}

/// Other versions of the model that this environment can load, newest first.
Result<void> suggest_others(const Registry& registry, SqlSession& sql, const VersionRow& row, const Environment& environment,
                            const RuleSet& rules, Verdict& verdict) {
    TRY_ASSIGN(const auto rows, versions::list(sql, row.model, 0, VersionState::ready, max_other_versions));
    std::vector<Recorded> others;
    for (const VersionRow& other : rows) {
        if (other.version == row.version) continue;
        TRY_ASSIGN(Recorded recorded, recorded_of(sql, other));
        // What has been proven to fail here is no way out.
        TRY_ASSIGN(const Evidence evidence, evidence_of(registry, sql, other, recorded, environment));
        Verdict by_proof;
        weigh(by_proof, {.proofs = evidence.proofs, .waiver = std::nullopt, .server = std::nullopt});
        if (by_proof.decision != Verdict::Decision::refuse) others.push_back(std::move(recorded));
    }
    for (std::string& suggestion : suggest_versions(verdict, others, environment, rules)) verdict.fix.push_back(std::move(suggestion));
    return {};
}

Result<Verdict> judge_claim(const Registry& registry, SqlSession& sql, const VersionRow& row, const EnvironmentClaim& claim,
                            const RuleSet& rules, Trial trial) {
    if (std::holds_alternative<UnknownEnvironment>(claim)) return verdict_without_environment(row, true);
    if (std::holds_alternative<NoEnvironment>(claim)) return verdict_without_environment(row, false);
    TRY_ASSIGN(const std::optional<Environment> known, environment_of(sql, claim));
    const Environment& environment = known.value();
    TRY_ASSIGN(Verdict verdict, judge_version(registry, sql, row, environment, rules, trial));
    if (verdict.decision == Verdict::Decision::refuse) TRY(suggest_others(registry, sql, row, environment, rules, verdict));
    return verdict;
}

/// An environment that was sent whole is kept, so that the record of the fetch can name it.
Result<std::string> environment_digest_of(SqlWrite& sql, const EnvironmentClaim& claim, const std::string& now) {
    if (const auto* digest = std::get_if<Digest>(&claim)) return digest->to_string();
    if (const auto* environment = std::get_if<Environment>(&claim)) {
        TRY_ASSIGN(const std::string bytes, canonical_bytes(*environment));
        TRY_ASSIGN(const Digest digest, digest_of(*environment));
        TRY(environments::insert(sql, digest.to_string(), bytes, now));
        return digest.to_string();
    }
    return std::string();
}

/// A trial is told apart: whether it was a fetch at all is for the smoke test to say.
std::string_view recorded_as(const Verdict& verdict) {
    return verdict.settled && verdict.settled->kind == "trial" ? "trial" : to_string(verdict.decision);
}

FetchRow fetch_row(const Checked& checked, const EnvironmentClaim& claim, const std::string& consumer) {
    FetchRow row{checked.version.model,
                 checked.version.version,
                 consumer,
                 "",
                 std::string(std::holds_alternative<NoEnvironment>(claim) ? "none" : recorded_as(checked.verdict)),
                 "",
                 "",
                 0};
    if (const auto* digest = std::get_if<Digest>(&claim)) row.environment = digest->to_string();
    return row;
}

Result<bool> is_recorded(const Registry& registry, SqlSession& sql, const FetchRow& row, RecordFetch record) {
    if (record == RecordFetch::no) return true;
    if (record == RecordFetch::yes) return false;
    return fetches::recorded_since(sql, row, Timestamp{registry.clock.now().microseconds - one_fetch_microseconds}.to_string());
}

Result<void> write_fetch(Registry& registry, FetchRow row, const EnvironmentClaim& claim, bool refused, RecordFetch record) {
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        const std::string now = registry.now();
        TRY_ASSIGN(row.environment, environment_digest_of(sql, claim, now));
        TRY_ASSIGN(const bool known_meanwhile,
                   is_recorded(registry, sql, row, record));  // the files of one fetch may come at the same time
        if (known_meanwhile) return {};
        TRY(fetches::record(sql, row, now));
        return lineage_tables::add_edge(
            sql, {version_node(row.model, row.version), consumer_node(row.consumer, row.environment), refused ? "refused" : "fetched"},
            now);
    });
}

Result<void> record_fetch(Registry& registry, const Checked& checked, const EnvironmentClaim& claim, RecordFetch record,
                          const std::string& consumer) {
    FetchRow row = fetch_row(checked, claim, consumer);
    TRY_ASSIGN(const bool recorded, registry.database.read([&](SqlSession& sql) { return is_recorded(registry, sql, row, record); }));
    if (recorded) return {};
    return write_fetch(registry, std::move(row), claim, checked.verdict.decision == Verdict::Decision::refuse, record);
}

/// `find` gives the version, of which is judged what the same snapshot has.
Result<Checked> check_found(Registry& registry, const std::function<Result<VersionRow>(SqlSession&)>& find, const EnvironmentClaim& claim,
                            RecordFetch record, const std::string& consumer, Trial trial) {
    const auto rules = registry.rules.get();
    Checked checked;
    FetchRow row;
    TRY_ASSIGN(const bool recorded, registry.database.read([&](SqlSession& sql) -> Result<bool> {
        TRY_ASSIGN(checked.version, find(sql));
        TRY_ASSIGN(checked.verdict, judge_claim(registry, sql, checked.version, claim, *rules, trial));
        row = fetch_row(checked, claim, consumer);
        return is_recorded(registry, sql, row, record);
    }));
    if (!recorded) {
        const bool refused = checked.verdict.decision == Verdict::Decision::refuse;
        TRY(write_fetch(registry, std::move(row), claim, refused, record));
    }
    return checked;
}

}  // namespace

Result<std::optional<Environment>> environment_of(SqlSession& sql, const EnvironmentClaim& claim) {
    if (const auto* environment = std::get_if<Environment>(&claim)) return *environment;
    const auto* digest = std::get_if<Digest>(&claim);
    if (digest == nullptr) return std::nullopt;
    auto found = find_environment(sql, *digest);
    if (!found && found.error().kind == ErrorKind::not_found) {
        found.error().kind = ErrorKind::incompatible;
        found.error().code = "environment-unknown";
    }
    return found;
}

Result<Verdict> judge_version(const Registry& registry, SqlSession& sql, const VersionRow& row, const Environment& environment,
                              const RuleSet& rules, Trial trial) {
    TRY_ASSIGN(const Recorded recorded, recorded_of(sql, row));
    Verdict verdict = judge(recorded, environment, rules);
    TRY_ASSIGN(Evidence evidence, evidence_of(registry, sql, row, recorded, environment));
    evidence.trial = trial == Trial::yes;
    weigh(verdict, evidence);
    advise(verdict, recorded, environment, rules);
    return verdict;
}

Result<Checked> check_version(Registry& registry, const std::string& model, const VersionRef& ref, const EnvironmentClaim& claim,
                              RecordFetch record, const std::string& consumer, Trial trial) {
    return check_found(registry, [&](SqlSession& sql) { return resolve_ready(registry, sql, model, ref); }, claim, record, consumer, trial);
}

Result<Checked> check_version(Registry& registry, const VersionRow& version, const EnvironmentClaim& claim, RecordFetch record,
                              const std::string& consumer) {
    const auto find = [&](SqlSession& sql) -> Result<VersionRow> {
        TRY(require_ready(registry, sql, version));
        return version;
    };
    return check_found(registry, find, claim, record, consumer, Trial::no);
}

Result<FetchedFile> fetch_file(Registry& registry, const std::string& model, const VersionRef& ref, const std::string& path,
                               const EnvironmentClaim& claim, RecordFetch record, const std::string& consumer, Trial trial) {
    TRY_ASSIGN(const std::string wanted, file_path(path));
    struct Found {
        FileRow file;
        blobs::Row blob;
    };
    // The record comes last: an attempt that fails for another reason than the gate is no fetch.
    TRY_ASSIGN(Checked checked, check_version(registry, model, ref, claim, RecordFetch::no, consumer, trial));
    if (checked.verdict.decision == Verdict::Decision::refuse) {
        TRY(record_fetch(registry, checked, claim, record, consumer));
        return fail(to_error(checked.verdict));
    }
    TRY_ASSIGN(Found found, registry.database.read([&](SqlSession& sql) -> Result<Found> {
        const VersionRow& row = checked.version;
        TRY_ASSIGN(auto file, versions::find_file(sql, row.model, row.version, wanted));
        if (!file)
            return fail(ErrorKind::not_found, "file-not-found",
                        fmt::format("{}@{} has no file '{}'", printable(row.model, 300), row.version, printable(wanted, 300)));
        TRY_ASSIGN(const Digest digest, Digest::parse(file->digest));
        TRY_ASSIGN(auto blob, blobs::find(sql, digest));
        if (!blob) return fail(ErrorKind::internal, "blob-unrecorded", fmt::format("the blob {} has no record", file->digest));
        return Found{*std::move(file), *std::move(blob)};
    }));
    if (found.blob.state == BlobState::corrupt) {
        return fail(Error(ErrorKind::integrity, "blob-corrupt",
                          fmt::format("'{}' of {}@{} is damaged in the store", printable(wanted, 300),
                                      printable(checked.version.model, 300), checked.version.version))
                        .with_because(fmt::format("the bytes of {} are not those that were registered", found.file.digest))
                        .with_fix("push the same file again (it heals the blob), or restore it from a backup"));
    }
    auto reader = registry.blobs.open(found.blob.info);
    if (!reader) {
        if (reader.error().code == "blob-corrupt" || reader.error().kind == ErrorKind::not_found) {
            TRY(mark_if_corrupt(registry, found.blob.info.digest));
            reader.error().kind = ErrorKind::integrity;
            reader.error().code = "blob-corrupt";
        }
        return fail(std::move(reader).error());
    }
    TRY(record_fetch(registry, checked, claim, record, consumer));
    return FetchedFile{std::move(checked.verdict), std::move(checked.version), std::move(found.file), *std::move(reader)};
}

Result<std::vector<FetchRow>> list_fetches(Registry& registry, const std::string& model, const VersionRef& ref, std::int64_t limit) {
    return registry.database.read([&](SqlSession& sql) -> Result<std::vector<FetchRow>> {
        TRY_ASSIGN(const VersionRow row, resolve(sql, model, ref));
        return fetches::of_version(sql, row.model, row.version, limit);
    });
}

}  // namespace assay
