#pragma once

#include "base/digest.hpp"
#include "base/json.hpp"
#include "clients/cpp/connection.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace assay {

struct RemoteFile {
    std::string path;  ///< inside the version; safe to join to a folder
    std::uint64_t size = 0;
    Digest digest;
};

/// One version as its manifest says, after the manifest's bytes were found to have the version's digest.
struct RemoteVersion {
    std::string model;
    std::int64_t number = 0;
    Digest digest;
    Json manifest;
    std::vector<RemoteFile> files;

    [[nodiscard]] std::string name() const { return model + "@" + std::to_string(number); }
};

/// Resolves a reference once and reads the manifest of the version it names; `integrity` when the manifest is not what its digest,
/// or the digest `pinned` by the reference, says, or when a path in it would leave the folder fetched to. `target` is where the API
/// has the version ("/v1/models/churn/versions/@production"), `model` the name in NFC.
[[nodiscard]] Result<RemoteVersion> resolve_version(Connection& server, const std::string& target, const std::string& model,
                                                    const std::optional<Digest>& pinned);

/// An environment as the gate wants it: its RFC 8785 bytes have the digest.
struct OfferedEnvironment {
    Digest digest;
    Json document;
};

/// The gate's verdict on a version. `environment` absent says that there is none to judge. With `fetch` the server records the
/// attempt. With `trial` a version passes that is refused only as unproven: the smoke test is to decide.
[[nodiscard]] Result<Json> ask_gate(Connection& server, const RemoteVersion& version, const std::optional<OfferedEnvironment>& environment,
                                    bool fetch, bool trial = false);

}  // namespace assay
