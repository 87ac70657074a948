#include "registry/replay.hpp"

#include "artifact/byte_cursor.hpp"
#include "artifact/pipeline/from_archive.hpp"
#include "artifact/pipeline/model_file.hpp"
#include "artifact/pipeline/pipeline.hpp"
#include "artifact/pmml/verification.hpp"
#include "artifact/sample.hpp"
#include "base/crypto.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "registry/blobs.hpp"
#include "registry/check_samples.hpp"
#include "registry/environments.hpp"
#include "registry/trust.hpp"
#include "storage/tables/environments.hpp"
#include "storage/tables/inspections.hpp"
#include "storage/tables/proofs.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>

#include <sys/utsname.h>

namespace assay {

namespace {

constexpr std::size_t max_rows_named = 20;
constexpr std::size_t max_reason_bytes = 2'000 - 3;  // and "…"
constexpr std::string_view no_sample = "it has no sample";
constexpr std::string_view server_actor = "server";

/// A decoded model takes a few times its bytes in memory.
std::mutex one_replay_at_a_time;

ServerReplay not_replayable(std::string because) {
    ServerReplay replay;
    replay.outcome = "not-replayable";
    replay.because = printable(because, max_reason_bytes);
    return replay;
}

/// The rows that a PMML document verifies itself by; absent when it has none.
Result<std::optional<Sample>> read_verification(Registry& registry, const Digest& digest) {
    constexpr std::size_t max_bytes = std::size_t{64} << 20U;
    auto reader = open_blob(registry, digest);
    if (!reader) return fail(std::move(reader).error());
    RangeSource source(**reader);
    const auto text = read_all(source, max_bytes);
    if (!text) return text.error().kind == ErrorKind::too_large ? Result<std::optional<Sample>>(std::nullopt) : fail(text.error());
    return verification_of_pmml(*text);
}

std::string in_words(const Error& error) { return error.because.empty() ? error.message : error.message + ": " + error.because; }

/// What is wrong with a file, or with the store.
Result<ServerReplay> not_replayable_unless_ours(Registry& registry, const Digest& digest, Error error) {
    if (error.code == "blob-corrupt") TRY(mark_if_corrupt(registry, digest));
    if (error.kind == ErrorKind::internal || error.code == "blob-corrupt" || error.kind == ErrorKind::unavailable)
        return fail(std::move(error));
    return not_replayable(in_words(error));
}

/// Whether a file that is called a model's is not the archive of a C++ program, which only that program can read.
Result<bool> may_hold_pipeline(Registry& registry, const ManifestFile& file) {
    if (!file.path.ends_with(".assay")) return true;
    TRY_ASSIGN(const auto reader, open_blob(registry, file.digest));
    RangeSource source(*reader);
    ByteCursor cursor(source);
    return pipeline::begins_like_pipeline_archive(cursor.peek(16));
}

std::string outcome_of(const Replay& found) {
    switch (found.outcome) {
        case Replay::Outcome::equal: return "equal";
        case Replay::Outcome::close: return "close";
        case Replay::Outcome::different: return "different";
        case Replay::Outcome::load_error:
        case Replay::Outcome::predict_error: break;
    }
    return "not-replayable";
}

}  // namespace

Result<ServerReplay> replay_files(Registry& registry, const std::vector<ManifestFile>& files) {
    const ManifestFile* sample_file = nullptr;
    std::vector<const ManifestFile*> models;
    std::vector<const ManifestFile*> documents;
    for (const ManifestFile& file : files) {
        if (file.media_type == sample_media_type) sample_file = &file;
        if (is_model_file(file.path, file.media_type)) {
            TRY_ASSIGN(const bool holds_model, may_hold_pipeline(registry, file));
            if (holds_model) models.push_back(&file);
        }
        if (file.media_type == "application/vnd.pmml+xml") documents.push_back(&file);
    }
    if (models.empty()) return not_replayable("it holds no joblib, pickle or skops file, and no archive of a pipeline");
    if (models.size() > 1) return not_replayable(fmt::format("it holds {} models, and the sample does not say whose it is", models.size()));
    const ManifestFile& model = *models.front();

    const std::scoped_lock lock(one_replay_at_a_time);
    std::optional<Sample> sample;
    if (sample_file != nullptr) {
        auto read = read_sample_of(registry, sample_file->digest);
        if (!read) return not_replayable_unless_ours(registry, sample_file->digest, std::move(read).error());
        sample = *std::move(read);
    }
    auto reader = open_blob(registry, model.digest);
    if (!reader) return not_replayable_unless_ours(registry, model.digest, std::move(reader).error());
    const auto pipeline = Pipeline::decode(**reader);
    if (!pipeline) return not_replayable_unless_ours(registry, model.digest, pipeline.error());
    ServerReplay replay;
    if (sample) {
        replay.sample = sample_file->digest;
    } else if (pipeline->own_sample() != nullptr) {
        sample = *pipeline->own_sample();
        replay.sample = model.digest;
    } else if (documents.size() == 1) {
        TRY_ASSIGN(sample, read_verification(registry, documents.front()->digest));
        replay.sample = documents.front()->digest;
    }
    if (!sample) return not_replayable(std::string(no_sample));
    replay.found = assay::replay(*sample, *pipeline);
    replay.outcome = outcome_of(replay.found);
    if (replay.outcome == "not-replayable") replay.because = printable(replay.found.message, max_reason_bytes);
    return replay;
}

Error replay_error(const std::string& message, const ServerReplay& replay) {
    const auto checked = check(replay.found);
    Error error = checked ? Error(ErrorKind::prediction_differs, "prediction-differs", message) : checked.error();
    error.because = error.because.empty() ? error.message : error.message + "; " + error.because;
    error.message = message;
    error.fixes = {"push the sample that belongs to this model: assay.sample(model, X), of the very object that is saved",
                   "if the model is right and the replay is not, report it, and keep such versions aside meanwhile: [replay] different = "
                   "\"quarantine\" in the policy of the server"};
    return error;
}

Environment server_environment() {
    Environment environment{.python = std::nullopt, .implementation = "native", .platform = "unknown", .packages = {}};
    utsname system{};
    if (::uname(&system) == 0) environment.platform = to_lower_ascii(std::string(system.sysname) + "-" + system.machine);
    environment.packages["assay"] = std::string(assay_version);
    environment.packages["eigen"] = eigen_release();
    return environment;
}

Proof proof_of(const ServerReplay& replay) {
    Proof proof;
    proof.outcome = replay.outcome;
    proof.tool = fmt::format("assay {} (server)", assay_version);
    proof.message = replay.because;
    proof.sample = replay.sample;
    if (replay.outcome == "not-replayable") return proof;
    proof.rows = static_cast<std::int64_t>(replay.found.rows);
    proof.methods = replay.found.methods;
    if (replay.differs() && !replay.found.differences.empty()) {
        proof.methods.clear();
        for (const SampleDifference& difference : replay.found.differences) proof.methods.push_back(difference.method);
    }
    SampleDifference all = altogether(replay.found.differences);
    if (!replay.differs()) {
        all.max_abs = replay.found.max_abs;
        all.max_ulp = replay.found.max_ulp;
    }
    proof.differing = std::ssize(all.rows);
    for (std::size_t i = 0; i < std::min(all.rows.size(), max_rows_named); ++i)
        proof.first_rows.push_back(static_cast<std::int64_t>(all.rows[i]));
    if (std::isfinite(all.max_abs)) proof.max_abs = all.max_abs;
    proof.max_ulp = static_cast<std::int64_t>(std::min<std::uint64_t>(all.max_ulp, static_cast<std::uint64_t>(max_version)));
    if (replay.differs() && !replay.found.differences.empty())
        proof.message = printable(replay.found.differences.front().because, max_reason_bytes);
    return proof;
}

Result<RecordedProof> record_replay(Registry& registry, SqlWrite& sql, const VersionRow& version, const ServerReplay& replay) {
    const Environment environment = server_environment();
    TRY_ASSIGN(const std::string bytes, canonical_bytes(environment));
    Proof proof = proof_of(replay);
    proof.environment = sha256(bytes);
    TRY_ASSIGN(const bool made, environments::insert(sql, proof.environment->to_string(), bytes, registry.now()));
    (void)made;
    return keep_proof(registry, sql, version, environment, proof, "server", std::string(server_actor));
}

Result<Replayed> replay_version(Registry& registry, const std::string& model, const VersionRef& ref, const std::string& actor,
                                bool changed_only) {
    TRY_ASSIGN(const VersionRow row, registry.database.read([&](SqlSession& sql) { return resolve(sql, model, ref); }));
    const std::string name = fmt::format("{}@{}", printable(row.model, 300), row.version);
    if (row.state == VersionState::deleted)
        return fail(Error(ErrorKind::conflict, "version-deleted", name + " is deleted").with_fix("assay undelete " + name));
    if (changed_only) {
        TRY_ASSIGN(const Digest here, digest_of(server_environment()));
        TRY_ASSIGN(const auto latest,
                   registry.database.read([&](SqlSession& sql) { return proofs::latest_by(sql, row.model, row.version, "server"); }));
        if (latest && latest->environment == here.to_string()) return Replayed{row, row.state, std::nullopt};
    }
    TRY_ASSIGN(const Manifest manifest, read_manifest(row.manifest));
    TRY_ASSIGN(const ServerReplay found, replay_files(registry, manifest.files));
    TRY_ASSIGN(const VersionInspection inspection, inspect_version(registry, row));
    // Meanwhile it may have been deleted, or trusted.
    return registry.database.write([&](SqlWrite& sql) -> Result<Replayed> {
        TRY_ASSIGN(auto current, versions::find(sql, row.model, row.version));
        if (!current || current->state == VersionState::deleted)
            return fail(Error(ErrorKind::conflict, "version-deleted", name + " was deleted while it was replayed"));
        Replayed replayed{*std::move(current), VersionState::ready, std::nullopt};
        replayed.before = replayed.row.state;
        TRY_ASSIGN(replayed.proof, record_replay(registry, sql, replayed.row, found));
        TRY_ASSIGN(const auto trust, inspections::find_trust(sql, row.model, row.version));
        // What was found different stays so until a replay finds it right.
        TRY_ASSIGN(const auto doubt, server_finds_different(sql, replayed.row));
        const VersionState now = state_for(registry, inspection.verdict, doubt.has_value(), trust.has_value());
        if (now == replayed.before) return replayed;
        TRY(change_state(registry, sql, replayed.row, now, "replay: " + found.outcome, actor));
        replayed.row.state = now;
        return replayed;
    });
}

Result<ReplayCounts> replay_all(Registry& registry, const std::function<bool()>& stop,
                                const std::function<void(const Replayed&)>& differs) {
    ReplayCounts counts;
    std::string model;
    std::int64_t version = 0;
    while (!stop()) {
        // One at a time: what is registered or deleted meanwhile is met as it is.
        TRY_ASSIGN(const auto next, registry.database.read([&](SqlSession& sql) { return versions::after(sql, model, version, 1); }));
        if (next.empty()) break;
        model = next.front().model;
        version = next.front().version;
        if (next.front().state == VersionState::deleted) continue;
        const auto replayed = replay_version(registry, model, VersionRef{VersionRef::Number{version}}, std::string(server_actor), false);
        if (!replayed) {
            ++counts.failed;
            log(LogLevel::error, "a version was not replayed",
                {{"version", fmt::format("{}@{}", printable(model, 300), version)}, {"because", replayed.error().message}});
            continue;
        }
        const std::string& outcome = replayed->proof->row.outcome;
        (outcome == "equal"       ? counts.equal
         : outcome == "close"     ? counts.close
         : outcome == "different" ? counts.different
                                  : counts.not_replayable) += 1;
        if (outcome == "different") differs(*replayed);
    }
    return counts;
}

}  // namespace assay
