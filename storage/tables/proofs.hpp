#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The table `proofs`: what replaying a version's sample in an environment gave.

namespace assay::proofs {

/// Keeps the proof, or counts it once more when the same prover has found the same before; detail, sample and last_at are the latest.
/// True when it is new.
[[nodiscard]] Result<bool> record(SqlWrite& sql, const ProofRow& proof, const std::string& now);
/// Up to `limit` proofs of a version, newest first.
[[nodiscard]] Result<std::vector<ProofRow>> of_version(SqlSession& sql, const std::string& model, std::int64_t version, std::int64_t limit);
/// The newest of a version by a prover ("server").
[[nodiscard]] Result<std::optional<ProofRow>> latest_by(SqlSession& sql, const std::string& model, std::int64_t version,
                                                        const std::string& prover);
/// The same among those that say something (not-replayable says nothing).
[[nodiscard]] Result<std::optional<ProofRow>> latest_answer_by(SqlSession& sql, const std::string& model, std::int64_t version,
                                                               const std::string& prover);
/// Up to `limit` ready versions of which the server's newest proof that says something is "different", by model and version.
[[nodiscard]] Result<std::vector<std::pair<std::string, std::int64_t>>> server_differs(SqlSession& sql, std::int64_t limit);
/// The one of the same version, environment, prover, actor and outcome as `like`.
[[nodiscard]] Result<std::optional<ProofRow>> find(SqlSession& sql, const ProofRow& like);
/// Up to `limit` proofs of a version in environments that are the same as far as they count: failures first, then the newest. Those that
/// say nothing (not-replayable) are left out.
[[nodiscard]] Result<std::vector<ProofRow>> in_environment(SqlSession& sql, const std::string& model, std::int64_t version,
                                                           const std::string& considered, std::int64_t limit);

/// How many ready versions with the same needs are proven in environments that are the same as far as they count.
struct ByNeeds {
    std::int64_t needs = 0;
    std::string considered;
    bool failed = false;  ///< some proof of each of them says that it fails
    std::int64_t versions = 0;
};
/// Those that are proven in one of these environments.
[[nodiscard]] Result<std::vector<ByNeeds>> by_needs(SqlSession& sql, const std::vector<std::string>& considered);

}  // namespace assay::proofs
