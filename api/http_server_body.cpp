#include "api/http_server_body.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <poll.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace assay {

namespace {

constexpr std::size_t max_chunk_line = 256;    // bytes: 15 digits and whatever extension a client thinks of
constexpr std::size_t max_trailer_line = 1024; // bytes
constexpr std::size_t max_trailers = 20;
constexpr std::size_t max_skipped = 65536;     // bytes: beyond that a new connection is cheaper
constexpr std::size_t max_digits = 15;         // keeps sums of sizes below 2^63

}  // namespace

Error body_truncated(std::uint64_t received) {
    return Error(ErrorKind::integrity, "body-truncated",
                 fmt::format("the connection ended after {} bytes, before the body was complete", received));
}

RequestBody::RequestBody(ClientConnection& connection, const RequestHead& head, std::uint64_t max_bytes, Pace pace)
    : connection_(connection),
      pace_(pace),
      chunked_(head.chunked),
      owes_continue_(head.expects_continue && head.has_body()),
      complete_(!head.has_body()),
      remaining_(head.chunked ? 0 : head.content_length.value_or(0)),
      max_bytes_(max_bytes) {}

Result<std::size_t> RequestBody::read(std::span<std::byte> buffer) {
    if (failure_) return fail(*failure_);
    if (complete_ || buffer.empty()) return std::size_t{0};
    if (owes_continue_) TRY(send_continue());
    auto count = chunked_ ? read_chunked(buffer) : read_plain(buffer);
    if (count) received_ += *count;
    return count;
}

void RequestBody::skip_what_is_here() {
    // An owed "100 Continue" was never sent: whether the client sends the body now is its choice, so what follows on the
    // connection is ambiguous.
    if (owes_continue_) return;
    may_wait_ = false;
    std::array<std::byte, 16384> ignored;
    for (std::size_t skipped = 0; !complete_ && skipped < max_skipped;) {
        const auto count = read(ignored);
        if (!count) return;
        skipped += *count;
    }
}

Result<std::size_t> RequestBody::read_plain(std::span<std::byte> buffer) {
    TRY_ASSIGN(const std::size_t count, take(buffer));
    complete_ = remaining_ == 0;
    return count;
}

Result<std::size_t> RequestBody::read_chunked(std::span<std::byte> buffer) {
    while (true) {
        switch (step_) {
            case Step::size_line: TRY(begin_chunk()); break;
            case Step::data: {
                TRY_ASSIGN(const std::size_t count, take(buffer));
                if (remaining_ == 0) step_ = Step::data_end;
                return count;
            }
            case Step::data_end: {
                TRY(line(0));
                step_ = Step::size_line;
                break;
            }
            case Step::trailer:
                TRY(read_trailer());
                if (complete_) return std::size_t{0};
                break;
        }
    }
}

Result<void> RequestBody::begin_chunk() {
    TRY_ASSIGN(const std::string text, line(max_chunk_line));
    const std::string digits = to_lower_ascii(std::string_view(text).substr(0, text.find(';')));
    const bool hex =
        !digits.empty() && digits.size() <= max_digits && std::ranges::all_of(digits, [](char c) { return hex_value(c) >= 0; });
    if (!hex || has_control_characters(text)) {
        return broken(Error(ErrorKind::invalid, "invalid-chunk", "a chunk of the body does not begin with its size"));
    }
    remaining_ = 0;
    for (const char c : digits) remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(hex_value(c));
    if (remaining_ > max_bytes_ - std::min(received_, max_bytes_)) {
        return broken(Error(ErrorKind::too_large, "body-too-large", fmt::format("the body is longer than {} bytes", max_bytes_)));
    }
    step_ = remaining_ == 0 ? Step::trailer : Step::data;
    return {};
}

/// Trailers are checked and dropped: nothing here reads them, and merged into the head they would go round its gate.
Result<void> RequestBody::read_trailer() {
    TRY_ASSIGN(const std::string text, line(max_trailer_line));
    complete_ = text.empty();
    if (!complete_ && (++trailers_ > max_trailers || !is_token(std::string_view(text).substr(0, text.find(':'))) ||
                       text.find(':') == std::string::npos)) {
        return broken(Error(ErrorKind::invalid, "invalid-chunk", "the body ends with trailers that are malformed or too many"));
    }
    return {};
}

/// Bytes of the body or chunk: what is buffered, else straight from the socket.
Result<std::size_t> RequestBody::take(std::span<std::byte> buffer) {
    std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), remaining_));
    if (!connection_.input.empty()) {
        count = std::min(count, connection_.input.size());
        std::memcpy(buffer.data(), connection_.input.view().data(), count);
        connection_.input.consume(count);
    } else {
        TRY_ASSIGN(count, receive({reinterpret_cast<char*>(buffer.data()), count}));
    }
    remaining_ -= count;
    return count;
}

/// The next line of the framing, without CR LF.
Result<std::string> RequestBody::line(std::size_t max_bytes) {
    std::array<char, 4096> piece;
    while (true) {
        const std::string_view view = connection_.input.view();
        const std::size_t end = view.find('\n');
        if (end == std::string_view::npos ? view.size() > max_bytes + 1 : (end > max_bytes + 1 || end == 0 || view[end - 1] != '\r')) {
            return broken(Error(ErrorKind::invalid, "invalid-chunk", "the framing of the chunked body is broken"));
        }
        if (end != std::string_view::npos) {
            std::string text(view.substr(0, end - 1));
            connection_.input.consume(end + 1);
            return text;
        }
        TRY_ASSIGN(const std::size_t count, receive(piece));
        connection_.input.append(piece.data(), count);
    }
}

Result<std::size_t> RequestBody::receive(std::span<char> buffer) {
    while (true) {
        const IoResult result = receive_now(connection_.fd, buffer);
        if (result.state == IoState::done) return result.bytes;
        if (result.state == IoState::closed) return broken(body_truncated(received_));
        if (result.state != IoState::would_block) return lost();
        if (!may_wait_) return broken(Error(ErrorKind::internal, "body-unread", "the rest of the body has not arrived"));
        const IoState waited = wait_for(connection_.fd, POLLIN, pace_.deadline(began_, received_));
        if (waited == IoState::timed_out) {
            return broken(Error(ErrorKind::invalid, "request-timeout",
                                fmt::format("the body arrived slower than {} bytes a second", pace_.bytes_per_second)));
        }
        if (waited != IoState::done) return lost();
    }
}

Result<void> RequestBody::send_continue() {
    owes_continue_ = false;
    if (!connection_.input.empty()) return {};  // the client did not wait
    constexpr std::string_view text = "HTTP/1.1 100 Continue\r\n\r\n";
    Sender sender(connection_.fd, pace_, pace_.grace);
    if (sender.send(std::as_bytes(std::span(text)), false) != IoState::done) return lost();
    began_ = std::chrono::steady_clock::now();
    return {};
}

std::unexpected<Error> RequestBody::broken(Error error) {
    failure_ = error;
    return fail(std::move(error));
}

std::unexpected<Error> RequestBody::lost() {
    lost_ = true;
    return broken(Error(ErrorKind::network, "connection-lost", "the client went away before its request was complete"));
}

}  // namespace assay
