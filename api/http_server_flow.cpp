#include "api/http_server_flow.hpp"

#include "api/errors.hpp"
#include "base/log.hpp"

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <exception>
#include <thread>
#include <utility>

namespace assay {

namespace {

std::size_t slots_of(const LaneOptions& lane) {
    return lane.threads > 0 ? lane.threads : std::size_t{2} * std::max(1U, std::thread::hardware_concurrency());
}

std::atomic<std::int64_t>& queue_gauge(Metrics& metrics, std::string_view lane) {
    return metrics.gauge("assay_http_queued_requests", "Requests waiting for a worker, by lane.", {{"lane", std::string(lane)}});
}

/// Closing a socket with unread bytes resets it, which takes the answer from a client that has not read it yet.
bool has_unread_bytes(int fd) {
    int count = 0;
    return ::ioctl(fd, FIONREAD, &count) == 0 && count > 0;
}

bool has_left(int fd) {
    char next = 0;
    return ::recv(fd, &next, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

}  // namespace

RequestFlow::RequestFlow(const Router& router, const ServerOptions& options, Metrics& metrics)
    : options_(options),
      metrics_(metrics),
      exchange_(router, options),
      quick_(slots_of(options.quick), options.quick.queue, queue_gauge(metrics, "quick")),
      search_(slots_of(options.search), options.search.queue, queue_gauge(metrics, "search")),
      commit_(options.commit.threads, options.commit.queue, queue_gauge(metrics, "commit")),
      transfer_(options.transfer.threads, options.transfer.queue, queue_gauge(metrics, "transfer")) {}

/// Memory that ran out costs one connection, not the server. Nothing throws once a connection is handed on.
void RequestFlow::guarded(ClientConnection& connection, void (RequestFlow::*step)(ClientConnection&)) {
    try {
        (this->*step)(connection);
    } catch (const std::exception& error) {
        log(LogLevel::error, "connection dropped", {{"because", std::string(error.what())}});
        loop_->close(connection, true);
    }
}

void RequestFlow::on_readable(ClientConnection& connection) {
    guarded(connection, connection.phase == Phase::draining ? &RequestFlow::drain : &RequestFlow::receive);
}
void RequestFlow::on_writable(ClientConnection& connection) { guarded(connection, &RequestFlow::send_rest); }
void RequestFlow::on_expired(ClientConnection& connection) { guarded(connection, &RequestFlow::expire); }
void RequestFlow::on_refused(ClientConnection& connection) { guarded(connection, &RequestFlow::turn_away); }

void RequestFlow::receive(ClientConnection& connection) {
    std::array<char, std::size_t{64} << 10U> buffer;
    // A head is taken in small bites: what is read beyond it waits in memory until its turn.
    const std::size_t bite = connection.pending ? buffer.size() : options_.head.max_bytes;
    const IoResult result = receive_now(connection.fd, std::span(buffer).first(std::min(bite, buffer.size())));
    if (result.state == IoState::would_block) return loop_->watch_input(connection);
    if (result.state != IoState::done) {
        if (!connection.pending) return loop_->close(connection, false);
        if (result.state == IoState::closed) return refuse(connection, body_truncated(connection.input.size()));
        return cut(connection, std::move(connection.pending->record));
    }
    connection.input.append(buffer.data(), result.bytes);
    advance(connection);
}

void RequestFlow::drain(ClientConnection& connection) {
    std::array<char, std::size_t{64} << 10U> buffer;
    for (int i = 0; i < 16; ++i) {  // then it is the turn of others
        const IoResult result = receive_now(connection.fd, buffer);
        connection.drained += result.bytes;
        const bool over = result.state == IoState::closed || result.state == IoState::broken || connection.drained > options_.linger_bytes;
        if (over) return loop_->close(connection, false);
        if (result.state == IoState::would_block) break;
        connection.deadline = std::min(std::chrono::steady_clock::now() + options_.linger, connection.drain_end);
    }
    loop_->watch_input(connection);
}

void RequestFlow::advance(ClientConnection& connection) {
    if (connection.pending || take_head(connection)) dispatch(connection);
}

/// True when a head is complete and good; else the connection has been handed on.
bool RequestFlow::take_head(ClientConnection& connection) {
    const auto refused = [&](const Error& error) {
        refuse(connection, error);
        return false;
    };
    while (true) {
        if (!connection.input.empty() && !connection.head_begun) {
            connection.head_begun = true;
            connection.deadline = std::chrono::steady_clock::now() + options_.head_deadline;
        }
        const HeadScan::State state = connection.scan.advance(connection.input.view());
        if (state == HeadScan::State::malformed)
            return refused(Error(ErrorKind::invalid, "invalid-line-end", "a line of the header does not end with CR LF"));
        if (state == HeadScan::State::incomplete) {
            if (connection.input.size() >= options_.head.max_bytes) {
                return refused(Error(ErrorKind::too_large, "header-too-large",
                                     fmt::format("the request's header is longer than {} bytes", options_.head.max_bytes)));
            }
            loop_->watch_input(connection);
            return false;
        }
        if (connection.scan.length > 2 || connection.blank_line_skipped) break;
        // RFC 9112 §2.2: one empty line before the request line is to be overlooked.
        connection.blank_line_skipped = true;
        connection.input.consume(2);
        connection.scan = {};
    }
    auto head = check_head(connection.input.view().substr(0, connection.scan.length), options_.head);
    if (!head) return refused(head.error());
    connection.input.consume(connection.scan.length);
    connection.pending = exchange_.begin(*std::move(head), connection);
    return true;
}

/// Answers it on this thread, if its lane has room. What comes of that (the next request of the same client, those that waited for the same
/// lane) is not called from inside the answer, but stands in line until it is over.
void RequestFlow::dispatch(ClientConnection& connection) {
    connection.lane = lane_of(connection);
    connection.entered = false;
    if (connection.lane == nullptr) return loop_->watch_input(connection);
    thread_local ConnectionLine* under_way = nullptr;
    if (under_way != nullptr) return under_way->push(connection);
    ConnectionLine line;
    line.push(connection);
    under_way = &line;
    work(line);
    under_way = nullptr;
}

/// Null when the body is to be collected first.
RequestLane* RequestFlow::lane_of(ClientConnection& connection) {
    const PendingRequest& pending = *connection.pending;
    const Route* route = pending.match ? pending.match->route : nullptr;
    const std::uint64_t length = pending.head.content_length.value_or(0);
    const Lane lane = route != nullptr ? route->lane : Lane::quick;
    const bool is_here = !pending.head.chunked && connection.input.size() >= length;
    const bool will_be_read = route != nullptr && length <= route->max_body_bytes;
    if (!is_here && will_be_read) {
        const bool collect = !pending.head.chunked && !pending.head.expects_continue && !route->before_body && lane != Lane::transfer &&
                             length <= options_.collected_body_bytes;
        if (!collect) return &transfer_;  // its handler waits for the client
        connection.deadline = pace().deadline(pending.record.began, connection.input.size());
        return nullptr;
    }
    return lane == Lane::quick ? &quick_ : lane == Lane::search ? &search_ : lane == Lane::commit ? &commit_ : &transfer_;
}

void RequestFlow::work(ConnectionLine& line) {
    bool away = false;
    while (ClientConnection* connection = line.pop()) {
        RequestLane& lane = *connection->lane;
        if (!connection->entered) {
            const RequestLane::Entry entry = lane.enter(*connection);
            if (entry == RequestLane::Entry::full) guarded(*connection, &RequestFlow::put_off);
            if (entry != RequestLane::Entry::entered) continue;
        }
        if (!std::exchange(away, true)) loop_->leave();
        guarded(*connection, &lane == &search_ ? &RequestFlow::run_search : &RequestFlow::run);
        if (ClientConnection* next = lane.leave()) line.push(*next);
    }
    if (away) loop_->rejoin();
}

void RequestFlow::run(ClientConnection& connection) {
    const PendingRequest& pending = *connection.pending;
    RequestRecord record = pending.record;
    const Route* route = pending.match ? pending.match->route : nullptr;
    RequestBody body(connection, pending.head, route != nullptr ? route->max_body_bytes : 0, pace());
    Response response = exchange_.answer(connection, pending, body, record);
    record.bytes_in = body.received();
    if (record.code.empty()) record.code = response.error_code;
    if (body.connection_lost()) {
        record.status = response.status;
        return cut(connection, std::move(record));
    }
    if (body.failure()) {  // the handler may have called it otherwise; the client shall hear what is wrong with its request
        record.code = body.failure()->code;
        response = exchange_.tell(*body.failure(), pending);
    } else if (!body.complete()) {
        body.skip_what_is_here();
    }
    connection.unread_body = !body.complete();
    ResponseFrame frame;
    frame.head_only = pending.head.method == "HEAD";
    frame.keep_alive = pending.head.keep_alive && body.complete() && !loop_->stopping();
    frame.http_1_0 = pending.head.http_1_0;
    deliver(connection, std::move(record), std::move(response), frame);
}

/// Nobody waits for the answer to a question whose client has left: it would only keep the others waiting, and the server from stopping.
void RequestFlow::run_search(ClientConnection& connection) {
    const RequestRecord& record = connection.pending->record;
    const bool waited = std::chrono::steady_clock::now() - record.began >= options_.search_wait;
    if (waited && has_left(connection.fd)) return cut(connection, record);
    run(connection);
}

void RequestFlow::expire(ClientConnection& connection) {
    if (connection.phase == Phase::draining) return loop_->close(connection, false);
    if (connection.phase == Phase::sending) return cut(connection, std::move(connection.output_record));
    if (!connection.pending && !connection.head_begun) return loop_->close(connection, false);  // idle
    refuse(connection, Error(ErrorKind::invalid, "request-timeout",
                             connection.pending ? "the body did not arrive in time" : "the header did not arrive in time"));
}

void RequestFlow::turn_away(ClientConnection& connection) {
    refuse(connection,
           Error(ErrorKind::unavailable, "too-many-connections", "the server has as many connections as it takes; try again in a second"));
}

void RequestFlow::put_off(ClientConnection& connection) {
    refuse(connection,
           Error(ErrorKind::unavailable, "overloaded", "the server has more requests waiting than it takes; try again in a second"));
}

/// Answers without a handler, and closes: where the next request would begin is unknown, or there is no room for it.
void RequestFlow::refuse(ClientConnection& connection, const Error& error) {
    RequestRecord record;
    ResponseFrame frame;
    if (connection.pending) {
        record = connection.pending->record;
        frame.head_only = connection.pending->head.method == "HEAD";
    } else {
        record.id = new_request_id();
        record.remote = connection.remote;
        record.began = std::chrono::steady_clock::now();
    }
    record.code = error.code;
    frame.keep_alive = false;
    connection.unread_body = true;
    Response response = connection.pending ? exchange_.tell(error, *connection.pending) : problem(error, record.id);
    deliver(connection, std::move(record), std::move(response), frame);
}

void RequestFlow::deliver(ClientConnection& connection, RequestRecord record, Response response, ResponseFrame frame) {
    const std::string id = record.id;
    frame.request_id = id;
    auto head = render_head(response, frame);
    if (!head) {
        record.code = head.error().code;
        response = problem(head.error(), id);
        head = render_head(response, frame);
    }
    if (!head) return cut(connection, std::move(record));
    record.status = response.status;
    const bool has_body = !frame.head_only && !is_bodiless(response.status);
    if (has_body && response.stream) {
        if (!send_stream(connection, *response.stream, *head, record)) return cut(connection, std::move(record));
        response.stream.reset();  // what it holds open is not held while the connection idles
        return finish_answer(connection, record, !frame.keep_alive);
    }
    if (!has_body) response.body.clear();
    const std::array<iovec, 2> parts = {iovec{head->data(), head->size()}, iovec{response.body.data(), response.body.size()}};
    IoResult result = send_now(connection.fd, std::span(parts).first(response.body.empty() ? 1 : 2), false);
    if (result.state == IoState::would_block) result = {};
    if (result.state != IoState::done) return cut(connection, std::move(record));
    record.bytes_out = response.body.size();
    if (result.bytes == head->size() + response.body.size()) return finish_answer(connection, record, !frame.keep_alive);

    // The client takes it slowly: the loop sends the rest, no thread waits for it.
    connection.output = std::move(*head) + response.body;
    connection.output_sent = result.bytes;
    connection.close_after_output = !frame.keep_alive;
    connection.output_record = std::move(record);
    connection.output_began = std::chrono::steady_clock::now();
    connection.deadline = connection.output_began + std::min(options_.write_stall, options_.body_grace);
    connection.phase = Phase::sending;
    loop_->watch_output(connection);
}

void RequestFlow::send_rest(ClientConnection& connection) {
    const std::string_view rest = std::string_view(connection.output).substr(connection.output_sent);
    const iovec part{const_cast<char*>(rest.data()), rest.size()};
    const IoResult result = send_now(connection.fd, {&part, 1}, false);
    if (result.state == IoState::broken) return cut(connection, std::move(connection.output_record));
    connection.output_sent += result.bytes;
    if (connection.output_sent < connection.output.size()) {
        if (result.bytes > 0) {
            const auto now = std::chrono::steady_clock::now();
            connection.deadline = std::min(now + options_.write_stall, pace().deadline(connection.output_began, connection.output_sent));
        }
        return loop_->watch_output(connection);
    }
    connection.output = {};
    const RequestRecord record = std::move(connection.output_record);
    finish_answer(connection, record, connection.close_after_output);
}

/// False when the body did not leave completely: the connection must be cut, so that nobody takes the part for the whole.
bool RequestFlow::send_stream(ClientConnection& connection, BodyStream& stream, const std::string& head, RequestRecord& record) {
    const std::uint64_t size = stream.size();
    const auto broken = [&](std::string code, std::string because) {
        record.code = code;
        log(LogLevel::error, "body cut", {{"request_id", record.id}, {"code", std::move(code)}, {"because", std::move(because)}});
        return false;
    };
    Sender sender(connection.fd, pace(), options_.write_stall);
    if (sender.send(std::as_bytes(std::span(head)), size > 0) != IoState::done) return false;
    while (record.bytes_out < size) {
        const auto window = [&]() -> Result<std::span<const std::byte>> {
            try {
                return stream.next();
            } catch (const std::exception& error) {
                return fail(ErrorKind::internal, "internal-error", error.what());
            }
        }();
        if (!window) return broken(window.error().code, window.error().message);
        if (window->empty() || window->size() > size - record.bytes_out)
            return broken("invalid-response", "a body is not as long as it said");
        if (sender.send(*window, false) != IoState::done) return false;
        record.bytes_out += window->size();
    }
    return true;
}

void RequestFlow::finish_answer(ClientConnection& connection, const RequestRecord& record, bool close) {
    record_request(record, metrics_);
    connection.pending.reset();
    if (close) {
        if (!connection.unread_body && connection.input.empty() && !has_unread_bytes(connection.fd)) return loop_->close(connection, false);
        ::shutdown(connection.fd, SHUT_WR);
        connection.input = {};
        connection.phase = Phase::draining;
        connection.deadline = std::chrono::steady_clock::now() + options_.linger;
        connection.drain_end = std::chrono::steady_clock::now() + options_.linger_total;
        return loop_->watch_input(connection);
    }
    connection.scan = {};
    connection.head_begun = false;
    connection.blank_line_skipped = false;
    connection.phase = Phase::reading;
    connection.deadline = std::chrono::steady_clock::now() + options_.keep_alive_idle;
    advance(connection);  // the next request may be here already
}

void RequestFlow::cut(ClientConnection& connection, RequestRecord record) {
    record.cut = true;
    record_request(record, metrics_);
    loop_->close(connection, true);
}

}  // namespace assay
