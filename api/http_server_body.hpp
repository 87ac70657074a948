#pragma once

#include "api/http_server_io.hpp"
#include "base/stream.hpp"

#include <optional>

namespace assay {

/// The client closed its side inside of a body. It may still be reading.
[[nodiscard]] Error body_truncated(std::uint64_t received);

/// The body of one request: by Content-Length or chunked (RFC 9112 §7.1), never beyond its end, so that the next
/// request stays where it is. Reads straight into the handler's buffer. Waits for the client no longer than the pace allows.
///
/// The library's own reader is not used for bodies: it hands them on in pieces of 4 KiB (a poll and a recv each), takes
/// chunk sizes that are none, and leaves the body of a GET in the stream.
class RequestBody final : public Source {
public:
    RequestBody(ClientConnection& connection, const RequestHead& head, std::uint64_t max_bytes, Pace pace);

    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> buffer) override;

    /// Everything was read: the next byte belongs to the next request.
    [[nodiscard]] bool complete() const { return complete_; }
    /// Reads what has arrived already (up to 64 KiB), without waiting and without asking for more; then complete() tells.
    void skip_what_is_here();
    /// Why no more can be read; the connection is then of no use. Absent as long as all is well.
    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
    [[nodiscard]] bool connection_lost() const { return lost_; }
    [[nodiscard]] std::uint64_t received() const { return received_; }

private:
    enum class Step { size_line, data, data_end, trailer };

    [[nodiscard]] Result<std::size_t> read_plain(std::span<std::byte> buffer);
    [[nodiscard]] Result<std::size_t> read_chunked(std::span<std::byte> buffer);
    [[nodiscard]] Result<std::size_t> take(std::span<std::byte> buffer);
    [[nodiscard]] Result<std::string> line(std::size_t max_bytes);
    [[nodiscard]] Result<void> begin_chunk();
    [[nodiscard]] Result<void> read_trailer();
    [[nodiscard]] Result<std::size_t> receive(std::span<char> buffer);
    [[nodiscard]] Result<void> send_continue();
    [[nodiscard]] std::unexpected<Error> broken(Error error);
    [[nodiscard]] std::unexpected<Error> lost();

    ClientConnection& connection_;
    Pace pace_;
    SteadyTime began_ = std::chrono::steady_clock::now();
    bool chunked_;
    bool owes_continue_;
    bool may_wait_ = true;
    bool complete_ = false;
    bool lost_ = false;
    Step step_ = Step::size_line;
    std::uint64_t remaining_;  ///< of the body, or of the chunk
    std::uint64_t max_bytes_;
    std::uint64_t received_ = 0;
    std::size_t trailers_ = 0;
    std::optional<Error> failure_;
};

}  // namespace assay
