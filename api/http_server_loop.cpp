#include "api/http_server_loop.hpp"

#include "api/http_server_listen.hpp"
#include "base/log.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace assay {

using namespace std::chrono_literals;

EventLoop::EventLoop(const ServerOptions& options, LoopEvents& events, Metrics& metrics)
    : options_(options), events_(events), open_gauge_(metrics.gauge("assay_http_connections", "Open connections.")) {
    // Deadlines are looked at once a tick: none is missed by more than a quarter of the shortest, or a second.
    const auto shortest =
        std::min({options.head_deadline, options.body_grace, options.write_stall, options.keep_alive_idle, options.linger});
    tick_ = std::clamp(shortest / 4, 5ms, 1000ms);
}

EventLoop::~EventLoop() {
    if (thread_.joinable()) finish();
    for (const int fd : {listener_, epoll_, wake_}) {
        if (fd >= 0) ::close(fd);
    }
}

Result<void> EventLoop::listen() {
    TRY_ASSIGN(const Listener listener, listen_on(options_.host, options_.port));
    listener_ = listener.fd;
    port_ = listener.port;
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    wake_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (epoll_ < 0 || wake_ < 0) return fail(posix_error("cannot wait for connections", errno));
    for (int* fd : {&listener_, &wake_}) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = fd;
        if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, *fd, &event) != 0) return fail(posix_error("cannot wait for connections", errno));
    }
    return {};
}

void EventLoop::start() {
    // The thread looks at thread_ itself: it must not run before the assignment is complete.
    const std::scoped_lock lock(orders_mutex_);
    thread_ = std::thread([this] {
        {
            const std::scoped_lock wait(orders_mutex_);
        }
        run();
    });
}

void EventLoop::run() {
    std::array<epoll_event, 256> events;
    auto next_sweep = std::chrono::steady_clock::now() + tick_;
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_sweep - std::chrono::steady_clock::now());
        const int count =
            ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
        if (count < 0 && errno != EINTR) {
            log(LogLevel::error, "epoll failed", {{"because", std::string(std::strerror(errno))}});
        }
        for (const epoll_event& event : std::span(events).first(static_cast<std::size_t>(std::max(count, 0)))) {
            if (event.data.ptr == &listener_)
                accept_all();
            else if (event.data.ptr != &wake_)
                handle_event(*static_cast<ClientConnection*>(event.data.ptr), event.events);
        }
        obey_orders();
        if (std::chrono::steady_clock::now() >= next_sweep) {
            sweep();
            next_sweep = std::chrono::steady_clock::now() + tick_;
        }
        closed_.clear();
        const std::scoped_lock lock(orders_mutex_);
        empty_ = connections_.empty();
        if (empty_) emptied_.notify_all();
        if (finish_ordered_ && empty_) return;
    }
}

void EventLoop::accept_all() {
    for (int i = 0; i < 64; ++i) {  // then it is the turn of those who are here already
        const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            adopt(fd);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            // Nothing to accept with. Clients wait in the backlog until the next tick instead of spinning this loop.
            if (make_room()) continue;
            log(LogLevel::warning, "cannot accept", {{"because", std::string(std::strerror(errno))}});
            ::epoll_ctl(epoll_, EPOLL_CTL_DEL, listener_, nullptr);
            accepting_ = false;
        }
        return;
    }
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

    const bool room = connections_.size() < options_.max_connections || make_room();
    connections_.emplace(&connection, std::move(made));
    open_gauge_.fetch_add(1, std::memory_order_relaxed);
    epoll_event event{};
    event.data.ptr = &connection;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) return close_now(connection, true);
    if (!room) return events_.on_refused(connection);
    connection.deadline = std::chrono::steady_clock::now() + options_.keep_alive_idle;
    watch_input(connection);
}

/// Closes the connection that has been idle for longest, or has had its answer and is only being drained. False when none is.
bool EventLoop::make_room() {
    ClientConnection* oldest = nullptr;
    {
        const std::scoped_lock lock(handover_);
        for (const auto& [connection, owned] : connections_) {
            const bool idle = connection->phase == Phase::reading && connection->input.empty() && !connection->pending;
            const bool spare = connection->with_loop && (idle || connection->phase == Phase::draining);
            if (spare && (oldest == nullptr || connection->deadline < oldest->deadline)) oldest = connection;
        }
    }
    if (oldest == nullptr) return false;
    close_now(*oldest, false);
    return true;
}

void EventLoop::handle_event(ClientConnection& connection, std::uint32_t events) {
    {
        const std::scoped_lock lock(handover_);  // the worker that handed it over has let go of it
        if (connection.closed || !connection.with_loop) return;
        connection.with_loop = false;
    }
    if (connection.phase == Phase::sending)
        events_.on_writable(connection);
    else if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP)) != 0)
        events_.on_readable(connection);
    else
        watch_input(connection);
}

void EventLoop::sweep() {
    const auto now = std::chrono::steady_clock::now();
    std::vector<ClientConnection*> expired;
    {
        const std::scoped_lock lock(handover_);
        for (const auto& [connection, owned] : connections_) {
            if (!connection->with_loop) continue;
            const bool idle = connection->phase != Phase::sending;
            if (connection->deadline > now && !(stopping() && idle)) continue;
            connection->with_loop = false;
            expired.push_back(connection);
        }
    }
    for (ClientConnection* connection : expired) {
        if (stopping())
            close_now(*connection, false);
        else
            events_.on_expired(*connection);
    }
    if (!accepting_ && !stopping()) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = &listener_;
        accepting_ = ::epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event) == 0;
    }
}

void EventLoop::obey_orders() {
    std::uint64_t ignored = 0;
    (void)!::read(wake_, &ignored, sizeof ignored);
    std::vector<Closing> closing;
    bool abort = false;
    {
        const std::scoped_lock lock(orders_mutex_);
        closing.swap(closing_);
        abort = std::exchange(abort_ordered_, false);
        if (finish_ordered_) abort = true;
    }
    for (const Closing& order : closing) close_now(*order.connection, order.reset);
    if (stopping() && listener_ >= 0) {
        ::close(listener_);
        listener_ = -1;
        sweep();
    }
    if (!abort) return;
    std::vector<ClientConnection*> held;
    {
        const std::scoped_lock lock(handover_);
        for (const auto& [connection, owned] : connections_) {
            if (connection->with_loop)
                held.push_back(connection);
            else
                ::shutdown(connection->fd, SHUT_RDWR);  // the worker notices, and hands it back
        }
    }
    for (ClientConnection* connection : held) close_now(*connection, true);
}

void EventLoop::close_now(ClientConnection& connection, bool reset) {
    if (connection.closed) return;
    if (reset) {
        const linger now{1, 0};
        ::setsockopt(connection.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    ::close(connection.fd);
    connection.closed = true;
    open_gauge_.fetch_sub(1, std::memory_order_relaxed);
    const auto it = connections_.find(&connection);
    closed_.push_back(std::move(it->second));
    connections_.erase(it);
}

void EventLoop::watch(ClientConnection& connection, std::uint32_t events) {
    // Under the lock, so that nobody who walks over all connections frees it between the two steps.
    const std::scoped_lock lock(handover_);
    epoll_event event{};
    event.events = events | EPOLLONESHOT;
    event.data.ptr = &connection;
    connection.with_loop = true;
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.fd, &event);
}

void EventLoop::watch_input(ClientConnection& connection) { watch(connection, EPOLLIN | EPOLLRDHUP); }
void EventLoop::watch_output(ClientConnection& connection) { watch(connection, EPOLLOUT); }

void EventLoop::close(ClientConnection& connection, bool reset) {
    if (on_loop_thread()) return close_now(connection, reset);
    {
        const std::scoped_lock lock(orders_mutex_);
        closing_.push_back({&connection, reset});
    }
    wake();
}

void EventLoop::wake() {
    const std::uint64_t one = 1;
    (void)!::write(wake_, &one, sizeof one);
}

void EventLoop::begin_stop() {
    stopping_.store(true, std::memory_order_relaxed);
    {
        const std::scoped_lock lock(orders_mutex_);
        empty_ = false;  // until the loop has looked again
    }
    wake();
}

bool EventLoop::wait_until_empty(SteadyTime deadline) {
    std::unique_lock lock(orders_mutex_);
    return emptied_.wait_until(lock, deadline, [this] { return empty_; });
}

void EventLoop::abort() {
    {
        const std::scoped_lock lock(orders_mutex_);
        abort_ordered_ = true;
    }
    wake();
}

void EventLoop::finish() {
    {
        const std::scoped_lock lock(orders_mutex_);
        finish_ordered_ = true;
    }
    wake();
    if (thread_.joinable()) thread_.join();
}

}  // namespace assay
