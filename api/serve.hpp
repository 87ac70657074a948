#pragma once

#include "base/result.hpp"
#include "registry/policy.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace assay {

struct ServeOptions {
    std::string host = "127.0.0.1";
    int port = 8080;  ///< 0: any free one
    std::string data = "./assay-data";
    Policy policy;
    bool allow_raw_blobs = false;
    bool require_facts = false;      ///< of registrations by MLflow's clients
    bool refuse_undeclared = false;  ///< clients of MLflow that do not name their environment
    bool allow_volatile = false;
    std::vector<std::string> allowed_hosts;
    std::chrono::hours upload_expiry{24};                 ///< an unfinished upload lives so long after its last byte
    std::optional<std::chrono::hours> replay_every;       ///< every version is replayed so often; absent: only when somebody asks
    std::optional<std::uint64_t> upload_limit_bytes;      ///< what unfinished uploads may have announced; absent: half of what is free
};

/// The composition root: opens the data directory, wires the rooms together and serves until `wait` returns.
/// `listening` is called once with the port, when the first request can be answered.
[[nodiscard]] Result<void> serve(const ServeOptions& options, const std::function<void(int port)>& listening,
                                 const std::function<void()>& wait);

}  // namespace assay
