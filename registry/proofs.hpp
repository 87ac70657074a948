#pragma once

#include "base/json_reader.hpp"
#include "registry/gate.hpp"
#include "registry/versions.hpp"

#include <optional>
#include <string>
#include <vector>

namespace assay {

/// What a client, or the server itself, found when it replayed a version's sample (docs/api.md, "Proofs").
struct Proof {
    std::optional<Digest> environment;  ///< always there after read_proof
    std::string outcome;  ///< equal (bit for bit) · close (within the sample's tolerance) · different · load-error · predict-error;
                          ///< of the server also not-replayable
    std::optional<Digest> sample;  ///< of the file that was replayed; absent when the version could not be loaded
    std::int64_t rows = 0;
    std::vector<std::string> methods;
    std::int64_t differing = 0;  ///< rows with another prediction
    std::vector<std::int64_t> first_rows;  ///< the first of them, from 0
    std::optional<double> max_abs;  ///< largest absolute difference; absent when it is no number
    std::optional<std::int64_t> max_ulp;
    std::string message;  ///< of the error
    std::string tool;  ///< what replayed it: "assay 0.1.0 (python)"
};

/// Reads a proof from a stranger. `invalid`, code "invalid-proof", with every problem.
[[nodiscard]] Result<Proof> read_proof(const Json& value);

struct RecordedProof {
    ProofRow row;
    bool created = false;  ///< false: the same prover had found the same in this environment
};

/// Keeps a client's proof for a ready version. From then on the gate counts it. `invalid`, code "invalid-proof", when `sample` is no sample
/// of the version; `not_found`, code "environment-not-found".
[[nodiscard]] Result<RecordedProof> record_proof(Registry& registry, const std::string& model, const VersionRef& ref, const Proof& proof,
                                                 const std::string& actor);
/// Keeps a proof of a version that is registered, in an environment that is stored.
[[nodiscard]] Result<RecordedProof> keep_proof(Registry& registry, SqlWrite& sql, const VersionRow& version, const Environment& environment,
                                               const Proof& proof, const std::string& prover, const std::string& actor);
/// Newest first.
[[nodiscard]] Result<std::vector<ProofRow>> list_proofs(Registry& registry, const std::string& model, const VersionRef& ref,
                                                        std::int64_t limit);

/// What is proven of a version in environments that are `considered` (needs.hpp): failures first.
[[nodiscard]] Result<std::vector<Proven>> proven_in(SqlSession& sql, const VersionRow& version, const std::string& considered);
/// The server's own newest proof of a version, when it is "different". Its message is never empty.
[[nodiscard]] Result<std::optional<Proven>> server_finds_different(SqlSession& sql, const VersionRow& version);

}  // namespace assay
