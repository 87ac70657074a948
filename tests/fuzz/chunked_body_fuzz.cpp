// Chunked bodies: whether their bytes are there at once or arrive in pieces, they mean the same, and the next request stays where it is.
#include "api/http_server_body.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace {

using assay::test::require;

constexpr std::uint64_t max_bytes = 5000;

struct Outcome {
    std::string body;
    std::string rest;  ///< what would be the next request
    std::string error;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// Reads a body of which `buffered` has arrived already and `later` is still in the socket; then the client goes away.
Outcome read_body(std::string_view buffered, std::string_view later, std::size_t piece) {
    std::array<int, 2> ends{};
    require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) == 0);
    require(::send(ends[1], later.data(), later.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(later.size()));
    ::close(ends[1]);

    assay::ClientConnection connection;
    connection.fd = ends[0];
    connection.input.append(buffered.data(), buffered.size());
    assay::RequestHead head;
    head.chunked = true;
    assay::RequestBody body(connection, head, max_bytes, {std::chrono::seconds(10), 1});
    Outcome outcome;
    std::array<std::byte, 700> buffer;
    while (true) {
        const auto count = body.read(std::span(buffer).first(piece));
        if (!count) {
            require(body.failure() && !body.complete());
            outcome.error = count.error().code;
            outcome.body.clear();  // how much of a broken body was read does not matter
            break;
        }
        if (*count == 0) {
            require(body.complete());
            break;
        }
        outcome.body.append(reinterpret_cast<const char*>(buffer.data()), *count);
        require(outcome.body.size() <= max_bytes && outcome.body.size() == body.received());
    }
    if (outcome.error.empty()) {
        outcome.rest = connection.input.view();
        std::array<char, 4096> more;
        for (ssize_t count = 0; (count = ::read(ends[0], more.data(), more.size())) > 0;)
            outcome.rest.append(more.data(), static_cast<std::size_t>(count));
    }
    ::close(ends[0]);
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = assay::test::text_of(data, size);
    const Outcome whole = read_body(bytes, "", 700);
    require(bytes.ends_with(whole.rest));
    require(whole == read_body("", bytes, 700));
    require(whole == read_body(bytes.substr(0, size / 2), bytes.substr(size / 2), 3));
    return 0;
}
