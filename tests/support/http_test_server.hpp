#pragma once

#include "api/errors.hpp"
#include "api/http_server.hpp"
#include "tests/support/http_probe.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

namespace assay::test {

/// A door that handlers wait at until the test opens it, and that counts who came: so that tests order events without sleeping.
class Door {
public:
    void pass();
    void wait_for_visitors(int count);
    void open();
    [[nodiscard]] int visitors();  ///< so far

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int visitors_ = 0;
    bool open_ = false;
};

/// A running server on a free port with routes for every behaviour under test:
///   - GET /hello, /throw, /wait (at the door), /big?size=N, /stream?size=N, /broken-stream, /inject (a value with CR LF)
///   - GET /search: as /wait, in the lane of searches
///   - GET /headers, /things/{name}, /things/{name}/files/{path*}: JSON of headers, params, query, remote
///   - POST /things/{ref}:check, /echo and /small (at most 1 MiB; transfer and quick lane), /json (JSON, at most 64 KiB)
///   - POST /ignore (at most 64 MiB, the body unread), PUT /early (before_body answers "is-here" to X-Have)
///   - DELETE /things/{name} (204), HEAD /length (says 12345)
class HttpTestServer {
public:
    explicit HttpTestServer(ServerOptions options = {});
    ~HttpTestServer();

    [[nodiscard]] int port() const { return server_->port(); }
    [[nodiscard]] HttpProbe probe() const { return HttpProbe(port()); }
    [[nodiscard]] HttpServer& server() { return *server_; }
    [[nodiscard]] Metrics& metrics() { return metrics_; }
    Door door;

private:
    Metrics metrics_;
    std::unique_ptr<HttpServer> server_;
};

/// Members of an answer's problem.
[[nodiscard]] std::string code_of(const HttpProbe::Answer& answer);

}  // namespace assay::test
