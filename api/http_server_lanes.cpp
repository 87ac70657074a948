#include "api/http_server_lanes.hpp"

#include "base/log.hpp"

#include <system_error>
#include <utility>

namespace assay {

LanePool::LanePool(std::size_t max_threads, std::size_t max_queued, std::atomic<std::int64_t>& queued,
                   std::function<void(ClientConnection&)> run)
    : max_threads_(max_threads), max_queued_(max_queued), queued_(queued), run_(std::move(run)) {}

LanePool::~LanePool() { finish(); }

bool LanePool::submit(ClientConnection& connection) {
    {
        const std::scoped_lock lock(mutex_);
        const std::size_t requests = queue_.size() + busy_;
        if (finished_ || requests >= max_threads_ + max_queued_) return false;
        if (requests >= threads_.size() && threads_.size() < max_threads_) {
            try {
                threads_.emplace_back([this] { work(); });
            } catch (const std::system_error& error) {
                // Without a thread there is nobody to answer; with some, the request waits for one of them.
                log(LogLevel::error, "no thread for a lane", {{"because", std::string(error.what())}});
                if (threads_.empty()) return false;
            }
        }
        queue_.push_back(&connection);
        queued_.store(static_cast<std::int64_t>(queue_.size()), std::memory_order_relaxed);
    }
    wake_.notify_one();
    return true;
}

void LanePool::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return finished_ || !queue_.empty(); });
        if (queue_.empty()) return;
        ClientConnection* connection = queue_.front();
        queue_.pop_front();
        queued_.store(static_cast<std::int64_t>(queue_.size()), std::memory_order_relaxed);
        ++busy_;
        lock.unlock();
        run_(*connection);
        lock.lock();
        --busy_;
    }
}

void LanePool::finish() {
    std::vector<std::thread> threads;
    {
        const std::scoped_lock lock(mutex_);
        finished_ = true;
        threads.swap(threads_);
    }
    wake_.notify_all();
    for (std::thread& thread : threads) thread.join();
}

}  // namespace assay
