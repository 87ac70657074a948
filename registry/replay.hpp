#pragma once

#include "artifact/sample_comparison.hpp"
#include "registry/manifest.hpp"
#include "registry/proofs.hpp"
#include "registry/registry.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace assay {

/// What came of letting the server's own re-creation of a model answer its sample, without Python and without running a file of it.
struct ServerReplay {
    std::string outcome;            ///< equal (bit for bit) · close (within rounding) · different · not-replayable
    std::optional<Digest> sample;   ///< of the file that has the rows: sample.json, or the model or PMML document that carries its own
    Replay found;                   ///< when it was replayed
    std::string because;            ///< when it was not: why

    [[nodiscard]] bool differs() const { return outcome == "different"; }
};

/// Of files whose blobs are here. `not-replayable` when there is no sample, not one model, a model that is not decodable, or a sample that
/// does not fit it. Fails only when the store or the database does.
[[nodiscard]] Result<ServerReplay> replay_files(Registry& registry, const std::vector<ManifestFile>& files);

/// "its predictions differ …", as a person meets it: kind prediction_differs. REQUIRES that it differs.
[[nodiscard]] Error replay_error(const std::string& message, const ServerReplay& replay);

/// The proof that a replay is, in the server's environment.
[[nodiscard]] Proof proof_of(const ServerReplay& replay);
/// The environment in which the server replays: its own release, and Eigen's.
[[nodiscard]] Environment server_environment();
/// Keeps the proof of a replay for a version that is registered.
[[nodiscard]] Result<RecordedProof> record_replay(Registry& registry, SqlWrite& sql, const VersionRow& version, const ServerReplay& replay);

struct Replayed {
    VersionRow row;
    VersionState before = VersionState::ready;
    std::optional<RecordedProof> proof;  ///< absent: skipped
};

/// Replays a version's sample, keeps the proof, and puts the version into the state that it would have now: one that predicts otherwise
/// waits in quarantine, unless it is trusted or policy says that this is only reported. With `changed_only` a version that this release of
/// the server has replayed is skipped. A deleted version is not replayed: `conflict`.
[[nodiscard]] Result<Replayed> replay_version(Registry& registry, const std::string& model, const VersionRef& ref, const std::string& actor,
                                              bool changed_only);

/// What replaying every version came to.
struct ReplayCounts {
    std::int64_t equal = 0;
    std::int64_t close = 0;
    std::int64_t different = 0;
    std::int64_t not_replayable = 0;
    std::int64_t failed = 0;  ///< to be replayed at all: a damaged blob
};
/// Replays every version that is not deleted, one after the other, until `stop` says so. Calls `differs` with each that does.
[[nodiscard]] Result<ReplayCounts> replay_all(Registry& registry, const std::function<bool()>& stop,
                                              const std::function<void(const Replayed&)>& differs);

}  // namespace assay
