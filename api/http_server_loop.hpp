#pragma once

#include "api/http_server.hpp"
#include "api/http_server_connection.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

namespace assay {

/// What the loop tells, on one of its threads, of a connection that is that thread's. Each call must end with the connection handed on: to
/// the loop again (watch), closed, or to a lane.
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

/// Accepts, and waits for every connection that no thread holds. Its threads wait together, and the one that is woken answers the request
/// itself: nothing is handed over. Whoever goes to work for longer says so (leave), and when nobody waits any more, another thread starts.
class EventLoop {
public:
    /// `events` must outlive the loop.
    EventLoop(const ServerOptions& options, LoopEvents& events, Metrics& metrics);
    ~EventLoop();

    [[nodiscard]] Result<void> listen();
    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] Result<void> start();

    /// The calling thread does not wait for events until it calls rejoin().
    void leave();
    void rejoin();

    /// From the thread that the connection belongs to; afterwards it is the loop's.
    void watch_input(ClientConnection& connection);
    void watch_output(ClientConnection& connection);
    /// From the thread that the connection belongs to; frees it. `reset`: so that the client's end breaks instead of ending.
    void close(ClientConnection& connection, bool reset);

    /// No new connections, and those without a running request are closed.
    void begin_stop();
    [[nodiscard]] bool stopping() const { return stopping_.load(std::memory_order_relaxed); }
    /// True when no connection is left before the deadline.
    [[nodiscard]] bool wait_until_empty(SteadyTime deadline);
    /// Breaks every connection, also under a handler's hands: its next read or write fails.
    void abort();
    /// Ends the threads, when they have answered what they were at.
    void finish();

private:
    void run();
    [[nodiscard]] Result<void> start_thread();
    [[nodiscard]] Result<void> add(int fd, std::uint64_t id, std::uint32_t events) const;
    void accept_all();
    void adopt(int fd);
    [[nodiscard]] bool make_room();
    void handle_event(std::uint64_t id, std::uint32_t events);
    void sweep();
    void watch(ClientConnection& connection, std::uint32_t events);

    const ServerOptions& options_;
    LoopEvents& events_;
    std::atomic<std::int64_t>& open_gauge_;
    int listener_ = -1;
    int epoll_ = -1;
    int tick_ = -1;    ///< a timer: deadlines are looked at
    int finish_ = -1;  ///< readable from finish() on
    int port_ = 0;

    std::mutex mutex_;  ///< of what follows; held while a connection changes hands, and by who looks at all of them
    std::unordered_map<std::uint64_t, std::unique_ptr<ClientConnection>> connections_;
    std::uint64_t next_id_ = 0;
    bool accepting_ = true;
    bool aborted_ = false;
    std::condition_variable emptied_;

    std::mutex threads_mutex_;
    std::vector<std::thread> threads_;
    std::atomic<int> waiting_{0};  ///< threads that wait for events
    std::atomic<bool> stopping_{false};
    std::atomic<bool> finished_{false};
};

}  // namespace assay
