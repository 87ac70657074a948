#pragma once

#include "api/metrics.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace assay {

/// What is remembered of a request: no header values and no query, which may hold what nobody should keep.
struct RequestRecord {
    std::string id;
    std::string method = "-";         ///< "-" when the head could not be read
    std::string route = "-";          ///< the pattern; "-" when none matched
    std::string remote;               ///< address of the peer
    int status = 0;
    std::uint64_t bytes_in = 0;       ///< of the body
    std::uint64_t bytes_out = 0;      ///< of the body
    std::string code;                 ///< of the error that was answered or met; empty if none
    bool cut = false;                 ///< the connection broke, or was cut, before the answer was complete
    std::chrono::steady_clock::time_point began{};
};

/// Writes the one log line of a request and counts it. To be called once, when its answer has left or failed.
void record_request(const RequestRecord& record, Metrics& metrics);

}  // namespace assay
