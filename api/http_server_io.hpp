#pragma once

#include "api/http_server_connection.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

struct iovec;

// Sockets that never block, with deadlines in front of them. SIGPIPE is never raised.

namespace assay {

/// How long a transfer may take: `grace`, plus what its bytes take at the slowest pace allowed.
struct Pace {
    std::chrono::milliseconds grace;
    std::uint64_t bytes_per_second;

    [[nodiscard]] SteadyTime deadline(SteadyTime began, std::uint64_t bytes) const;
};

enum class IoState { done, would_block, closed, broken, timed_out };

struct IoResult {
    IoState state = IoState::done;
    std::size_t bytes = 0;
};

/// One recv without waiting. `closed` at the peer's end of stream.
[[nodiscard]] IoResult receive_now(int fd, std::span<char> buffer);
/// One sendmsg without waiting. `more`: the rest follows at once.
[[nodiscard]] IoResult send_now(int fd, std::span<const iovec> parts, bool more);
/// Waits for POLLIN or POLLOUT.
[[nodiscard]] IoState wait_for(int fd, short events, SteadyTime deadline);

/// Sends everything, waiting for the client: `timed_out` after `stall` without a byte taken, or behind the pace.
class Sender {
public:
    Sender(int fd, Pace pace, std::chrono::milliseconds stall) : fd_(fd), pace_(pace), stall_(stall) {}
    [[nodiscard]] IoState send(std::span<const std::byte> bytes, bool more);

private:
    int fd_;
    Pace pace_;
    std::chrono::milliseconds stall_;
    SteadyTime began_ = std::chrono::steady_clock::now();
    std::uint64_t sent_ = 0;
};

}  // namespace assay
