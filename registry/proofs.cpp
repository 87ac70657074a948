#include "registry/proofs.hpp"

#include "artifact/sample.hpp"
#include "base/text.hpp"
#include "registry/check_samples.hpp"
#include "registry/environments.hpp"
#include "registry/manifest.hpp"
#include "registry/needs.hpp"
#include "storage/tables/proofs.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace assay {

namespace {

constexpr std::array<std::string_view, 5> outcomes = {"equal", "close", "different", "load-error", "predict-error"};
constexpr std::size_t max_methods = 16;
constexpr std::size_t max_first_rows = 20;
constexpr std::size_t max_message_bytes = 2'000;
constexpr std::size_t max_tool_bytes = 200;
constexpr std::int64_t max_rows = 1'000'000;
constexpr std::int64_t max_weighed = 20;  // proofs of one version in one environment: more say the same

std::string text_in(JsonReader& reader, std::string_view key, std::size_t max_bytes) {
    std::string text = reader.optional_string(key).value_or("");
    if (text.size() > max_bytes || has_control_characters(text))
        reader.problem(key, fmt::format("must be at most {} bytes without control characters", max_bytes));
    return text;
}

std::optional<Digest> digest_in(JsonReader& reader, std::string_view key, const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    const auto digest = Digest::parse(*text);
    if (digest) return *digest;
    reader.problem(key, "must be sha256: and 64 hexadecimal digits");
    return std::nullopt;
}

void read_rows(JsonReader& reader, Proof& proof) {
    proof.rows = reader.optional_integer("rows").value_or(0);
    proof.differing = reader.optional_integer("differing").value_or(0);
    if (proof.rows < 0 || proof.rows > max_rows) reader.problem("rows", fmt::format("must be 0 to {}", max_rows));
    if (proof.differing < 0 || proof.differing > proof.rows) reader.problem("differing", "must be 0 to rows");
    const Json* first = reader.optional_array("first_rows");
    if (first == nullptr) return;
    if (first->size() > max_first_rows) reader.problem("first_rows", fmt::format("lists more than {} rows", max_first_rows));
    for (std::size_t i = 0; i < std::min(first->size(), max_first_rows); ++i) {
        const Json& row = first->at(i);
        if (!row.is_number_integer() || row < 0 || row >= proof.rows) {
            reader.problem("first_rows", "lists rows by their number from 0, each below rows");
            return;
        }
        proof.first_rows.push_back(row.get<std::int64_t>());
    }
}

void read_methods(JsonReader& reader, Proof& proof) {
    const Json* methods = reader.optional_array("methods");
    if (methods == nullptr) return;
    if (methods->size() > max_methods) reader.problem("methods", fmt::format("lists more than {}", max_methods));
    for (std::size_t i = 0; i < std::min(methods->size(), max_methods); ++i) {
        const auto* name = methods->at(i).get_ptr<const std::string*>();
        if (name == nullptr || name->empty() || name->size() > 64 || has_control_characters(*name)) {
            reader.problem("methods", "lists names of methods such as \"predict\"");
            return;
        }
        proof.methods.push_back(*name);
    }
}

void check_outcome(JsonReader& reader, const Proof& proof) {
    if (std::ranges::find(outcomes, proof.outcome) == outcomes.end()) {
        reader.problem("outcome", "must be one of " + join({outcomes.begin(), outcomes.end()}, ", "));
        return;
    }
    if (proof.outcome.ends_with("-error")) {
        if (proof.message.empty()) reader.problem("message", "is required: what was raised?");
        return;
    }
    if (!proof.sample) reader.problem("sample", "is required: which file of the version was replayed?");
    if (proof.rows < 1) reader.problem("rows", "must be at least 1: nothing was replayed otherwise");
    if (proof.methods.empty()) reader.problem("methods", "is required: which predictions were compared?");
    if (proof.outcome == "different" && proof.differing < 1) reader.problem("differing", "must be at least 1 when predictions differ");
    if (proof.outcome != "different" && proof.differing != 0) reader.problem("differing", "must be 0 when no prediction differs");
}

Json detail_of(const Proof& proof) {
    return {{"rows", proof.rows},
            {"methods", proof.methods},
            {"differing", proof.differing},
            {"first_rows", proof.first_rows},
            {"max_abs", proof.max_abs ? Json(*proof.max_abs) : Json(nullptr)},
            {"max_ulp", proof.max_ulp ? Json(*proof.max_ulp) : Json(nullptr)},
            {"message", proof.message},
            {"tool", proof.tool}};
}

Result<void> must_be_a_sample(const Manifest& manifest, const std::optional<Digest>& sample) {
    if (!sample) return {};
    const bool there = std::ranges::any_of(
        manifest.files, [&](const ManifestFile& file) { return file.digest == *sample && file.media_type == sample_media_type; });
    if (there) return {};
    return fail(Error(ErrorKind::invalid, "invalid-proof", fmt::format("this is no proof of {}", printable(manifest.name(), 300)))
                    .with_problems(
                        {{"sample", "is no sample of this version", "the digest of its file of type " + std::string(sample_media_type)}}));
}

/// Who says that the predictions are as they were has made all of them.
Result<void> must_be_a_replay(Registry& registry, const Proof& proof) {
    if (!proof.sample || proof.outcome.ends_with("-error")) return {};
    TRY_ASSIGN(const auto sample, read_sample_content(registry, *proof.sample));
    if (!sample)
        return fail(ErrorKind::integrity, "blob-corrupt", "the sample is damaged in the store, and nothing can be held against it");
    Problems problems;
    if (proof.rows != sample->rows) problems.push_back({"rows", fmt::format("the sample has {}", sample->rows), ""});
    const std::set<std::string> all(sample->methods.begin(), sample->methods.end());
    const std::set<std::string> replayed(proof.methods.begin(), proof.methods.end());
    const bool good = proof.outcome != "different";
    if (!std::ranges::includes(all, replayed) || (good && all != replayed))
        problems.push_back({"methods", fmt::format("the sample has {}{}", good ? "exactly " : "", join(sample->methods, ", ")), ""});
    return refuse_if_any(problems, "invalid-proof", "this is no replay of the version's sample");
}

}  // namespace

Result<Proof> read_proof(const Json& value) {
    Problems problems;
    JsonReader reader(value, "", problems);
    Proof proof;
    const std::string environment = reader.nonempty_string("environment");
    if (!environment.empty()) proof.environment = digest_in(reader, "environment", environment);
    proof.outcome = reader.string("outcome");
    proof.sample = digest_in(reader, "sample", reader.optional_string("sample"));
    read_rows(reader, proof);
    read_methods(reader, proof);
    proof.max_abs = reader.optional_number("max_abs");
    proof.max_ulp = reader.optional_integer("max_ulp");
    if (proof.max_abs && *proof.max_abs < 0) reader.problem("max_abs", "must not be negative");
    if (proof.max_ulp && *proof.max_ulp < 0) reader.problem("max_ulp", "must not be negative");
    // More ulps than canonical JSON can hold are not worth telling apart.
    if (proof.max_ulp) proof.max_ulp = std::min(*proof.max_ulp, max_version);
    proof.message = text_in(reader, "message", max_message_bytes);
    proof.tool = text_in(reader, "tool", max_tool_bytes);
    reader.refuse_unknown();
    if (problems.empty()) check_outcome(reader, proof);
    TRY(refuse_if_any(problems, "invalid-proof", "the proof cannot be read"));
    return proof;
}

Result<RecordedProof> record_proof(Registry& registry, const std::string& model, const VersionRef& ref, const Proof& proof,
                                   const std::string& actor) {
    TRY(registry.database.read([&](SqlSession& sql) -> Result<void> {
        TRY_ASSIGN(const VersionRow version, resolve_ready(registry, sql, model, ref));
        TRY_ASSIGN(const Manifest manifest, read_manifest(version.manifest));
        return must_be_a_sample(manifest, proof.sample);
    }));
    TRY(must_be_a_replay(registry, proof));
    return registry.database.write([&](SqlWrite& sql) -> Result<RecordedProof> {
        TRY_ASSIGN(const VersionRow version, resolve_ready(registry, sql, model, ref));
        TRY_ASSIGN(const Environment environment, find_environment(sql, *proof.environment));
        return keep_proof(registry, sql, version, environment, proof, "client", actor);
    });
}

Result<RecordedProof> keep_proof(Registry& registry, SqlWrite& sql, const VersionRow& version, const Environment& environment,
                                 const Proof& proof, const std::string& prover, const std::string& actor) {
    TRY_ASSIGN(const Recorded needs, needs_of(sql, version));
    TRY_ASSIGN(const std::string considered, considered_text(needs, environment));
    TRY_ASSIGN(const std::string detail, canonical_json(detail_of(proof)));
    const ProofRow row{version.model,
                       version.version,
                       proof.environment->to_string(),
                       considered,
                       prover,
                       actor,
                       proof.outcome,
                       proof.sample ? proof.sample->to_string() : "",
                       detail,
                       "",
                       "",
                       0};
    TRY_ASSIGN(const bool created, proofs::record(sql, row, registry.now()));
    TRY_ASSIGN(auto recorded, proofs::find(sql, row));
    if (!recorded) return fail(ErrorKind::internal, "proof-lost", "a proof that was recorded is not there");
    return RecordedProof{*std::move(recorded), created};
}

Result<std::vector<ProofRow>> list_proofs(Registry& registry, const std::string& model, const VersionRef& ref, std::int64_t limit) {
    return registry.database.read([&](SqlSession& sql) -> Result<std::vector<ProofRow>> {
        TRY_ASSIGN(const VersionRow row, resolve(sql, model, ref));
        return proofs::of_version(sql, row.model, row.version, limit);
    });
}

namespace {

Proven proven_of(const ProofRow& row, const Json& detail) { return {row.outcome, row.actor, row.last_at, detail.value("message", "")}; }

}  // namespace

Result<std::vector<Proven>> proven_in(SqlSession& sql, const VersionRow& version, const std::string& considered) {
    TRY_ASSIGN(const auto rows, proofs::in_environment(sql, version.model, version.version, considered, max_weighed));
    std::vector<Proven> proven;
    for (const ProofRow& row : rows) {
        TRY_ASSIGN(const Json detail, parse_json(row.detail));
        proven.push_back(proven_of(row, detail));
    }
    return proven;
}

Result<std::optional<Proven>> server_finds_different(SqlSession& sql, const VersionRow& version) {
    TRY_ASSIGN(const auto latest, proofs::latest_answer_by(sql, version.model, version.version, "server"));
    if (!latest || latest->outcome != "different") return std::nullopt;
    TRY_ASSIGN(const Json detail, parse_json(latest->detail));
    Proven proven = proven_of(*latest, detail);
    if (proven.message.empty())
        proven.message =
            fmt::format("{} of {} rows differ", detail.value("differing", std::int64_t{0}), detail.value("rows", std::int64_t{0}));
    return proven;
}

}  // namespace assay
