#pragma once

#include "api/header_gate.hpp"
#include "api/metrics.hpp"
#include "api/router.hpp"
#include "base/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace assay {

/// Threads are started when there is work for them and kept.
struct LaneOptions {
    std::size_t threads = 1;  ///< at most, that answer its requests at once
    std::size_t queue = 1;    ///< requests that may wait; beyond that the answer is 503
};

struct ServerOptions {
    std::string host = "127.0.0.1";  ///< address or name to listen on
    int port = 0;                    ///< 0: any free one, see HttpServer::port()

    /// Host names that requests may be for besides "localhost", loopback addresses and the address that the connection
    /// came in on; each with or without port. "*" takes any: for a server behind a proxy that checks them.
    std::vector<std::string> allowed_hosts = {};
    /// Origins ("https://ui.example.org") that pages may call from besides the server's own.
    std::vector<std::string> allowed_origins = {};

    HeadLimits head = {};
    std::chrono::milliseconds head_deadline{10'000};    ///< from a head's first byte to its last
    std::chrono::milliseconds body_grace{10'000};       ///< a body, or the reading of an answer, may be this late …
    std::uint64_t min_bytes_per_second = 1024;          ///< … behind this pace, then it is cut
    std::chrono::milliseconds write_stall{30'000};      ///< a client that takes no byte of its answer for so long is cut
    std::chrono::milliseconds keep_alive_idle{75'000};  ///< a connection without a request
    std::chrono::milliseconds stop_grace{10'000};       ///< stop() waits so long for running requests
    /// After an answer that came before the end of its request, what the client still sends is read and dropped, so that a client
    /// that sends first and reads then gets to read it instead of a reset: until it pauses for `linger`, and at most for
    /// `linger_total` or `linger_bytes`. Holds no thread; the first to go when connections run out.
    std::chrono::milliseconds linger{5'000};
    std::chrono::milliseconds linger_total{30'000};
    std::uint64_t linger_bytes = std::uint64_t{1} << 30U;
    /// A body up to this size is collected without a thread before its request runs in its route's lane. Requests
    /// with longer (or chunked) bodies run in the transfer lane, where a slow sender delays no reader.
    std::size_t collected_body_bytes = std::size_t{64} << 10U;
    std::size_t max_connections = 4096;  ///< at the limit, the longest idle one makes room, else a new one gets 503

    LaneOptions quick{0, 1024};  ///< 0 threads: two per core
    LaneOptions search{0, 256};
    std::chrono::milliseconds search_wait{1'000};  ///< a search that waited longer is dropped when its client has left meanwhile
    LaneOptions commit{64, 1024};
    LaneOptions transfer{32, 256};
};

/// Serves the routes of a Router over HTTP/1.1. Threads wait together for what comes, and the one that is woken takes the request and
/// answers it; one more than are at work always waits. A connection has a thread only while a complete request of it is being answered.
/// Handlers run concurrently.
///
/// A handler's Response goes out with Content-Length, Date, X-Request-Id and `nosniff`; its own Content-Length counts
/// only for HEAD. Nothing is ever compressed. A handler that throws is answered 500; the exception's text is logged only.
/// Streamed answers belong into the transfer lane.
class HttpServer {
public:
    /// `metrics` must outlive the server.
    HttpServer(Router router, ServerOptions options, Metrics& metrics);
    ~HttpServer();  ///< stops
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Listens and returns. `invalid` (code "invalid-listen-address") for an address that is none, `conflict` (code
    /// "address-in-use") when another program has it. Once per object.
    [[nodiscard]] Result<void> start();
    /// The port listened on; 0 before start().
    [[nodiscard]] int port() const;
    /// Stops accepting, closes what is idle, finishes running requests until `stop_grace` has passed, then cuts them; returns
    /// when no handler runs any more. Safe to call twice; not from a handler.
    void stop();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace assay
