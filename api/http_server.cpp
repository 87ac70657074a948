#include "api/http_server.hpp"

#include "api/http_server_flow.hpp"

#include <mutex>

namespace assay {

struct HttpServer::Parts {
    Router router;
    ServerOptions options;
    RequestFlow flow;
    EventLoop loop;
    std::mutex stopping;
    bool started = false;

    Parts(Router router_, ServerOptions options_, Metrics& metrics)
        : router(std::move(router_)), options(std::move(options_)), flow(router, options, metrics), loop(options, flow, metrics) {
        flow.attach(loop);
    }
};

HttpServer::HttpServer(Router router, ServerOptions options, Metrics& metrics)
    : parts_(std::make_unique<Parts>(std::move(router), std::move(options), metrics)) {}

HttpServer::~HttpServer() { stop(); }

Result<void> HttpServer::start() {
    TRY(parts_->loop.listen());
    TRY(parts_->loop.start());
    const std::scoped_lock lock(parts_->stopping);
    parts_->started = true;
    return {};
}

int HttpServer::port() const { return parts_->loop.port(); }

void HttpServer::stop() {
    const std::scoped_lock lock(parts_->stopping);
    if (!parts_->started) return;
    parts_->started = false;
    parts_->loop.begin_stop();
    if (!parts_->loop.wait_until_empty(std::chrono::steady_clock::now() + parts_->options.stop_grace)) parts_->loop.abort();
    parts_->loop.finish();
}

}  // namespace assay
