#pragma once

#include "api/http_server.hpp"
#include "api/http_server_connection.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <unordered_map>
#include <vector>

namespace assay {

/// What the loop tells, on its own thread, of a connection that is its own. Each call must end with the connection
/// handed on: to the loop again (watch, close) or to a worker.
class LoopEvents {
public:
    virtual ~LoopEvents() = default;
    virtual void on_readable(ClientConnection& connection) = 0;
    virtual void on_writable(ClientConnection& connection) = 0;
    /// Its deadline has passed.
    virtual void on_expired(ClientConnection& connection) = 0;
    /// A new one for which there is no room; it is closed afterwards.
    virtual void on_refused(ClientConnection& connection) = 0;
};

/// Accepts, and waits for every connection that no worker holds. All sockets are closed on its thread, so that a descriptor's number
/// never means another connection to somebody else.
class EventLoop {
public:
    /// `events` must outlive the loop.
    EventLoop(const ServerOptions& options, LoopEvents& events, Metrics& metrics);
    ~EventLoop();

    [[nodiscard]] Result<void> listen();
    [[nodiscard]] int port() const { return port_; }
    void start();

    /// From the thread that the connection belongs to; afterwards it is the loop's.
    void watch_input(ClientConnection& connection);
    void watch_output(ClientConnection& connection);
    /// `reset`: so that the client's end breaks instead of ending.
    void close(ClientConnection& connection, bool reset);

    /// No new connections, and those without a running request are closed.
    void begin_stop();
    [[nodiscard]] bool stopping() const { return stopping_.load(std::memory_order_relaxed); }
    /// True when no connection is left before the deadline.
    [[nodiscard]] bool wait_until_empty(SteadyTime deadline);
    /// Breaks every connection, also under a worker's hands: its next read or write fails.
    void abort();
    /// Closes what is left and ends the thread.
    void finish();

private:
    struct Closing {
        ClientConnection* connection;
        bool reset;
    };

    void run();
    void accept_all();
    void adopt(int fd);
    [[nodiscard]] bool make_room();
    void handle_event(ClientConnection& connection, std::uint32_t events);
    void sweep();
    void obey_orders();
    void close_now(ClientConnection& connection, bool reset);
    void watch(ClientConnection& connection, std::uint32_t events);
    void wake();
    [[nodiscard]] bool on_loop_thread() const { return std::this_thread::get_id() == thread_.get_id(); }

    const ServerOptions& options_;
    LoopEvents& events_;
    std::atomic<std::int64_t>& open_gauge_;
    int listener_ = -1;
    int epoll_ = -1;
    int wake_ = -1;
    int port_ = 0;
    bool accepting_ = true;
    std::chrono::milliseconds tick_;
    std::thread thread_;

    std::unordered_map<ClientConnection*, std::unique_ptr<ClientConnection>> connections_;  ///< the loop's alone
    std::vector<std::unique_ptr<ClientConnection>> closed_;                           ///< freed after the round of events

    std::mutex handover_;  ///< held while a connection changes hands, and by who looks at all of them
    std::mutex orders_mutex_;
    std::vector<Closing> closing_;
    bool abort_ordered_ = false;
    bool finish_ordered_ = false;
    bool empty_ = true;
    std::condition_variable emptied_;
    std::atomic<bool> stopping_{false};
};

}  // namespace assay
