#pragma once

#include "api/http_server_exchange.hpp"
#include "api/http_server_lanes.hpp"
#include "api/http_server_loop.hpp"
#include "api/http_server_response.hpp"

namespace assay {

/// What happens to a connection between its first byte and its last: head, gate, lane, answer, next request. Each step ends with the
/// connection handed on: to the loop, to a lane, or closed; after that it must not be touched.
class RequestFlow final : public LoopEvents {
public:
    RequestFlow(const Router& router, const ServerOptions& options, Metrics& metrics);

    /// Before any event.
    void attach(EventLoop& loop) { loop_ = &loop; }
    /// Runs what is queued and ends the workers.
    void finish();

    void on_readable(Connection& connection) override;
    void on_writable(Connection& connection) override;
    void on_expired(Connection& connection) override;
    void on_refused(Connection& connection) override;

private:
    void guarded(Connection& connection, void (RequestFlow::*step)(Connection&));

    void receive(Connection& connection);
    void drain(Connection& connection);
    void advance(Connection& connection);
    [[nodiscard]] bool take_head(Connection& connection);
    void dispatch(Connection& connection);
    void run(Connection& connection);
    void expire(Connection& connection);
    void turn_away(Connection& connection);

    void refuse(Connection& connection, const Error& error);
    void deliver(Connection& connection, RequestRecord record, Response response, ResponseFrame frame);
    void send_rest(Connection& connection);
    [[nodiscard]] bool send_stream(Connection& connection, BodyStream& stream, const std::string& head, RequestRecord& record);
    void finish_answer(Connection& connection, const RequestRecord& record, bool close);
    void cut(Connection& connection, RequestRecord record);

    [[nodiscard]] Pace pace() const { return {options_.body_grace, options_.min_bytes_per_second}; }

    const ServerOptions& options_;
    Metrics& metrics_;
    Exchange exchange_;
    EventLoop* loop_ = nullptr;
    LanePool quick_;
    LanePool commit_;
    LanePool transfer_;
};

}  // namespace assay
