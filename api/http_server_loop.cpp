#include "api/http_server_loop.hpp"

#include "api/http_server_listen.hpp"
#include "base/log.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace assay {

using namespace std::chrono_literals;

namespace {

// What an event is of, where it is of no connection; they are numbered from first_id.
constexpr std::uint64_t listener_id = 0;
constexpr std::uint64_t tick_id = 1;
constexpr std::uint64_t finish_id = 2;
constexpr std::uint64_t first_id = 3;

epoll_event event_of(std::uint64_t id, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = id;
    return event;
}

itimerspec every(std::chrono::milliseconds tick) {
    const timespec time{tick.count() / 1000, tick.count() % 1000 * 1'000'000};
    return {time, time};
}

}  // namespace

EventLoop::EventLoop(const ServerOptions& options, LoopEvents& events, Metrics& metrics)
    : options_(options), events_(events), open_gauge_(metrics.gauge("assay_http_connections", "Open connections.")), next_id_(first_id) {}

EventLoop::~EventLoop() {
    finish();
    for (const auto& [id, connection] : connections_) ::close(connection->fd);
    for (const int fd : {listener_, epoll_, tick_, finish_}) {
        if (fd >= 0) ::close(fd);
    }
}

Result<void> EventLoop::listen() {
    TRY_ASSIGN(const Listener listener, listen_on(options_.host, options_.port));
    listener_ = listener.fd;
    port_ = listener.port;
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    tick_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    finish_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    // Deadlines are looked at once a tick: none is missed by more than a quarter of the shortest, or a second.
    const auto shortest =
        std::min({options_.head_deadline, options_.body_grace, options_.write_stall, options_.keep_alive_idle, options_.linger});
    const itimerspec ticks = every(std::clamp(shortest / 4, 5ms, 1000ms));
    if (epoll_ < 0 || finish_ < 0 || tick_ < 0 || ::timerfd_settime(tick_, 0, &ticks, nullptr) != 0)
        return fail(posix_error("cannot wait for connections", errno));
    TRY(add(listener_, listener_id, EPOLLIN | EPOLLONESHOT));
    TRY(add(tick_, tick_id, EPOLLIN | EPOLLONESHOT));
    return add(finish_, finish_id, EPOLLIN);  // wakes every thread
}

Result<void> EventLoop::add(int fd, std::uint64_t id, std::uint32_t events) const {
    epoll_event event = event_of(id, events);
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) return fail(posix_error("cannot wait for connections", errno));
    return {};
}

Result<void> EventLoop::start() { return start_thread(); }

Result<void> EventLoop::start_thread() {
    const std::scoped_lock lock(threads_mutex_);
    if (finished_) return {};
    waiting_.fetch_add(1);
    try {
        threads_.emplace_back([this] { run(); });
    } catch (const std::system_error& error) {
        waiting_.fetch_sub(1);
        return fail(
            Error(ErrorKind::unavailable, "no-thread", "the system gives no thread to wait for connections").with_because(error.what()));
    }
    return {};
}

void EventLoop::leave() {
    if (waiting_.fetch_sub(1) > 1) return;
    // Without one, the clients wait until somebody comes back.
    if (const auto started = start_thread(); !started) log(LogLevel::error, "connections wait", {{"error", describe(started.error())}});
}

void EventLoop::rejoin() { waiting_.fetch_add(1); }

void EventLoop::run() {
    while (!finished_) {
        epoll_event event{};
        const int count = ::epoll_wait(epoll_, &event, 1, -1);
        if (count < 0 && errno != EINTR) {
            log(LogLevel::error, "epoll failed", {{"because", std::string(std::strerror(errno))}});
        }
        if (count <= 0) continue;
        switch (event.data.u64) {
            case listener_id: accept_all(); break;
            case tick_id: sweep(); break;
            case finish_id: return;
            default: handle_event(event.data.u64, event.events); break;
        }
    }
}

void EventLoop::accept_all() {
    bool out_of_descriptors = false;
    for (int i = 0; i < 64 && !out_of_descriptors; ++i) {  // then it is the turn of those who are here already
        const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            adopt(fd);
            continue;
        }
        if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM) break;
        // Nothing to accept with. Clients wait in the backlog until the next tick instead of spinning this loop.
        const int error = errno;
        if (make_room()) continue;
        log(LogLevel::warning, "cannot accept", {{"because", std::string(std::strerror(error))}});
        out_of_descriptors = true;
    }
    const std::scoped_lock lock(mutex_);
    accepting_ = !out_of_descriptors;
    epoll_event event = event_of(listener_id, EPOLLIN | EPOLLONESHOT);
    if (accepting_ && !stopping()) ::epoll_ctl(epoll_, EPOLL_CTL_MOD, listener_, &event);
}

void EventLoop::adopt(int fd) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto made = std::make_unique<ClientConnection>();
    ClientConnection& connection = *made;
    connection.fd = fd;
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0) connection.remote = address_text(address);
    size = sizeof address;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0) connection.local = address_text(address);
    connection.deadline = std::chrono::steady_clock::now() + options_.keep_alive_idle;

    bool room = false;
    {
        const std::scoped_lock lock(mutex_);
        connection.id = next_id_++;
        room = connections_.size() < options_.max_connections;
        connections_.emplace(connection.id, std::move(made));
    }
    open_gauge_.fetch_add(1, std::memory_order_relaxed);
    if (!add(fd, connection.id, 0)) return close(connection, true);
    if (!room && !make_room()) return events_.on_refused(connection);
    watch_input(connection);
}

/// Closes the connection that has been idle for longest, or has had its answer and is only being drained. False when none is.
bool EventLoop::make_room() {
    ClientConnection* oldest = nullptr;
    {
        const std::scoped_lock lock(mutex_);
        for (const auto& [id, connection] : connections_) {
            if (!connection->with_loop) continue;
            const bool idle = connection->phase == Phase::reading && connection->input.empty() && !connection->pending;
            const bool spare = idle || connection->phase == Phase::draining;
            if (spare && (oldest == nullptr || connection->deadline < oldest->deadline)) oldest = connection.get();
        }
        if (oldest == nullptr) return false;
        oldest->with_loop = false;
    }
    close(*oldest, false);
    return true;
}

void EventLoop::handle_event(std::uint64_t id, std::uint32_t events) {
    ClientConnection* connection = nullptr;
    {
        const std::scoped_lock lock(mutex_);
        const auto found = connections_.find(id);
        // It may be gone, or expire in another thread's hands, since the event was taken.
        if (found == connections_.end() || !found->second->with_loop) return;
        connection = found->second.get();
        connection->with_loop = false;
    }
    if (connection->phase == Phase::sending)
        events_.on_writable(*connection);
    else if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP)) != 0)
        events_.on_readable(*connection);
    else
        watch_input(*connection);
}

void EventLoop::sweep() {
    std::uint64_t ticks = 0;
    (void)!::read(tick_, &ticks, sizeof ticks);
    const auto now = std::chrono::steady_clock::now();
    std::vector<ClientConnection*> expired;
    {
        const std::scoped_lock lock(mutex_);
        for (const auto& [id, connection] : connections_) {
            if (!connection->with_loop) continue;
            const bool idle = connection->phase != Phase::sending;
            if (connection->deadline > now && !(stopping() && idle)) continue;
            expired.push_back(connection.get());
            connection->with_loop = false;
        }
    }
    for (ClientConnection* connection : expired) {
        if (stopping())
            close(*connection, false);
        else
            events_.on_expired(*connection);
    }
    const std::scoped_lock lock(mutex_);
    if (!accepting_ && !stopping()) {
        epoll_event listening = event_of(listener_id, EPOLLIN | EPOLLONESHOT);
        accepting_ = ::epoll_ctl(epoll_, EPOLL_CTL_MOD, listener_, &listening) == 0;
    }
    epoll_event event = event_of(tick_id, EPOLLIN | EPOLLONESHOT);
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, tick_, &event);
}

void EventLoop::watch(ClientConnection& connection, std::uint32_t events) {
    // Under the lock, so that nobody who walks over all connections frees it between the two steps.
    std::unique_lock lock(mutex_);
    if (aborted_) {
        lock.unlock();
        return close(connection, true);
    }
    epoll_event event = event_of(connection.id, events | EPOLLONESHOT);
    connection.with_loop = true;
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.fd, &event);
}

void EventLoop::watch_input(ClientConnection& connection) { watch(connection, EPOLLIN | EPOLLRDHUP); }
void EventLoop::watch_output(ClientConnection& connection) { watch(connection, EPOLLOUT); }

void EventLoop::close(ClientConnection& connection, bool reset) {
    if (reset) {
        const linger now{1, 0};
        ::setsockopt(connection.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    std::unique_ptr<ClientConnection> closed;
    {
        // Before its descriptor's number may mean another connection.
        const std::scoped_lock lock(mutex_);
        const auto found = connections_.find(connection.id);
        closed = std::move(found->second);
        connections_.erase(found);
        open_gauge_.fetch_sub(1, std::memory_order_relaxed);
        if (connections_.empty()) emptied_.notify_all();
    }
    ::close(closed->fd);
}

void EventLoop::begin_stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_.store(true, std::memory_order_relaxed);
        ::shutdown(listener_, SHUT_RDWR);  // refuses who comes; closed at the end, so that its number means nothing else
    }
    sweep();
}

bool EventLoop::wait_until_empty(SteadyTime deadline) {
    std::unique_lock lock(mutex_);
    return emptied_.wait_until(lock, deadline, [this] { return connections_.empty(); });
}

void EventLoop::abort() {
    std::vector<ClientConnection*> held;
    {
        const std::scoped_lock lock(mutex_);
        aborted_ = true;
        for (const auto& [id, connection] : connections_) {
            if (!connection->with_loop) {
                ::shutdown(connection->fd, SHUT_RDWR);  // its handler notices
                continue;
            }
            held.push_back(connection.get());
            connection->with_loop = false;
        }
    }
    for (ClientConnection* connection : held) close(*connection, true);
}

void EventLoop::finish() {
    std::vector<std::thread> threads;
    {
        const std::scoped_lock lock(threads_mutex_);
        finished_ = true;
        threads.swap(threads_);
    }
    const std::uint64_t one = 1;
    if (finish_ >= 0) (void)!::write(finish_, &one, sizeof one);
    for (std::thread& thread : threads) thread.join();
}

}  // namespace assay
