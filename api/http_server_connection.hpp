#pragma once

#include "api/header_gate.hpp"
#include "api/request_log.hpp"
#include "api/router.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

using SteadyTime = std::chrono::steady_clock::time_point;

/// Bytes received and not yet used. Survives the end of a request, so that pipelined ones are not lost.
class InputBuffer {
public:
    [[nodiscard]] std::string_view view() const { return std::string_view(bytes_).substr(begin_); }
    [[nodiscard]] std::size_t size() const { return bytes_.size() - begin_; }
    [[nodiscard]] bool empty() const { return size() == 0; }

    void append(const char* data, std::size_t count) {
        if (begin_ > 0) {
            bytes_.erase(0, begin_);
            begin_ = 0;
        }
        bytes_.append(data, count);
    }
    /// Idle connections keep no memory for it.
    void consume(std::size_t count) {
        begin_ += count;
        if (begin_ < bytes_.size()) return;
        begin_ = 0;
        if (bytes_.capacity() > 4096)
            bytes_ = {};
        else
            bytes_.clear();
    }

private:
    std::string bytes_;
    std::size_t begin_ = 0;
};

/// A request whose head is complete and has passed the gate.
struct PendingRequest {
    RequestHead head;
    std::string id;
    std::optional<Method> method;  ///< absent for OPTIONS
    Result<Router::Match> match;
    RequestRecord record;
};

enum class Phase {
    reading,   ///< idle, or its head or small body is arriving
    sending,   ///< the rest of an answer waits for the client to take it
    draining,  ///< answered and half closed: unread bytes are discarded so that the answer is not
};

class RequestLane;

/// One client. At any time it belongs to one thread, or to the loop that waits for it; whom it belongs to closes it.
struct ClientConnection {
    std::uint64_t id = 0;  ///< of no other connection, ever
    int fd = -1;
    std::string remote;  ///< address of the peer, without port
    std::string local;   ///< address the connection came in on, without port

    Phase phase = Phase::reading;
    SteadyTime deadline{};
    InputBuffer input;
    HeadScan scan;
    bool head_begun = false;
    bool blank_line_skipped = false;
    std::unique_ptr<PendingRequest> pending;

    std::string output;  ///< of an answer that did not fit into the socket at once
    std::size_t output_sent = 0;
    bool close_after_output = false;
    bool unread_body = false;  ///< the rest of a body would be taken for the next request
    SteadyTime output_began{};
    RequestRecord output_record;
    std::uint64_t drained = 0;
    SteadyTime drain_end{};  ///< however much the client still sends

    RequestLane* lane = nullptr;         ///< that its request waits for or runs in
    bool entered = false;                ///< it runs
    ClientConnection* behind = nullptr;  ///< in the same line

    bool with_loop = false;  ///< under the loop's lock: no thread has it
};

}  // namespace assay
