#include "api/http_server_lanes.hpp"

#include "api/http_server_connection.hpp"

#include <utility>

namespace assay {

void ConnectionLine::push(ClientConnection& connection) {
    connection.behind = nullptr;
    if (last_ != nullptr)
        last_->behind = &connection;
    else
        first_ = &connection;
    last_ = &connection;
    ++size_;
}

ClientConnection* ConnectionLine::pop() {
    ClientConnection* connection = first_;
    if (connection == nullptr) return nullptr;
    first_ = std::exchange(connection->behind, nullptr);
    if (first_ == nullptr) last_ = nullptr;
    --size_;
    return connection;
}

RequestLane::RequestLane(std::size_t slots, std::size_t max_queued, std::atomic<std::int64_t>& queued)
    : slots_(slots), max_queued_(max_queued), queued_(queued) {}

RequestLane::Entry RequestLane::enter(ClientConnection& connection) {
    const std::scoped_lock lock(mutex_);
    if (busy_ < slots_) {
        ++busy_;
        connection.entered = true;
        return Entry::entered;
    }
    if (line_.size() >= max_queued_) return Entry::full;
    line_.push(connection);
    queued_.store(static_cast<std::int64_t>(line_.size()), std::memory_order_relaxed);
    return Entry::queued;
}

ClientConnection* RequestLane::leave() {
    const std::scoped_lock lock(mutex_);
    ClientConnection* next = line_.pop();
    if (next == nullptr) {
        --busy_;
        return nullptr;
    }
    next->entered = true;
    queued_.store(static_cast<std::int64_t>(line_.size()), std::memory_order_relaxed);
    return next;
}

}  // namespace assay
