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

    void on_readable(ClientConnection& connection) override;
    void on_writable(ClientConnection& connection) override;
    void on_expired(ClientConnection& connection) override;
    void on_refused(ClientConnection& connection) override;

private:
    void guarded(ClientConnection& connection, void (RequestFlow::*step)(ClientConnection&));

    void receive(ClientConnection& connection);
    void drain(ClientConnection& connection);
    void advance(ClientConnection& connection);
    [[nodiscard]] bool take_head(ClientConnection& connection);
    void dispatch(ClientConnection& connection);
    [[nodiscard]] RequestLane* lane_of(ClientConnection& connection);
    void work(ConnectionLine& line);
    void run(ClientConnection& connection);
    void run_search(ClientConnection& connection);
    void expire(ClientConnection& connection);
    void turn_away(ClientConnection& connection);
    void put_off(ClientConnection& connection);

    void refuse(ClientConnection& connection, const Error& error);
    void deliver(ClientConnection& connection, RequestRecord record, Response response, ResponseFrame frame);
    void send_rest(ClientConnection& connection);
    [[nodiscard]] bool send_stream(ClientConnection& connection, BodyStream& stream, const std::string& head, RequestRecord& record);
    void finish_answer(ClientConnection& connection, const RequestRecord& record, bool close);
    void cut(ClientConnection& connection, RequestRecord record);

    [[nodiscard]] Pace pace() const { return {options_.body_grace, options_.min_bytes_per_second}; }

    const ServerOptions& options_;
    Metrics& metrics_;
    Exchange exchange_;
    EventLoop* loop_ = nullptr;
    RequestLane quick_;
    RequestLane search_;
    RequestLane commit_;
    RequestLane transfer_;
};

}  // namespace assay
