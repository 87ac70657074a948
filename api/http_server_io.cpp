#include "api/http_server_io.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

namespace assay {

SteadyTime Pace::deadline(SteadyTime began, std::uint64_t bytes) const {
    const auto seconds = static_cast<double>(bytes) / static_cast<double>(std::max<std::uint64_t>(bytes_per_second, 1));
    // A day is as good as for ever, and does not overflow the clock.
    const auto earned = std::chrono::milliseconds(static_cast<std::int64_t>(std::min(seconds, 86400.0) * 1000));
    return began + grace + earned;
}

IoResult receive_now(int fd, std::span<char> buffer) {
    while (true) {
        const ssize_t count = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (count > 0) return {IoState::done, static_cast<std::size_t>(count)};
        if (count == 0) return {IoState::closed, 0};
        if (errno == EINTR) continue;
        return {errno == EAGAIN || errno == EWOULDBLOCK ? IoState::would_block : IoState::broken, 0};
    }
}

IoResult send_now(int fd, std::span<const iovec> parts, bool more) {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts.data());  // sendmsg does not write through it
    message.msg_iovlen = parts.size();
    while (true) {
        const ssize_t count = ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT | (more ? MSG_MORE : 0));
        if (count >= 0) return {IoState::done, static_cast<std::size_t>(count)};
        if (errno == EINTR) continue;
        return {errno == EAGAIN || errno == EWOULDBLOCK ? IoState::would_block : IoState::broken, 0};
    }
}

IoState wait_for(int fd, short events, SteadyTime deadline) {
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
        if (left <= 0) return IoState::timed_out;
        pollfd entry{fd, events, 0};
        const int count = ::poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(left, 3'600'000)));
        if (count > 0) return IoState::done;
        if (count < 0 && errno != EINTR) return IoState::broken;
    }
}

IoState Sender::send(std::span<const std::byte> bytes, bool more) {
    auto last_progress = std::chrono::steady_clock::now();
    while (!bytes.empty()) {
        const iovec part{const_cast<std::byte*>(bytes.data()), bytes.size()};
        const IoResult result = send_now(fd_, {&part, 1}, more);
        if (result.state == IoState::done) {
            sent_ += result.bytes;
            bytes = bytes.subspan(result.bytes);
            last_progress = std::chrono::steady_clock::now();
            continue;
        }
        if (result.state != IoState::would_block) return result.state;
        const IoState waited = wait_for(fd_, POLLOUT, std::min(last_progress + stall_, pace_.deadline(began_, sent_)));
        if (waited != IoState::done) return waited;
    }
    return IoState::done;
}

}  // namespace assay
