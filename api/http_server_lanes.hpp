#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace assay {

struct ClientConnection;

/// A bounded pool of threads that answer requests. Threads start when there is work that no idle one could take.
class LanePool {
public:
    /// `run` must not throw. `queued` shows how many wait.
    LanePool(std::size_t max_threads, std::size_t max_queued, std::atomic<std::int64_t>& queued,
             std::function<void(ClientConnection&)> run);
    ~LanePool();

    /// False when the queue is full or the pool is finished: the connection stays with the caller.
    [[nodiscard]] bool submit(ClientConnection& connection);
    /// Takes nothing more, runs what is queued, returns when every thread has ended.
    void finish();

private:
    void work();

    std::size_t max_threads_;
    std::size_t max_queued_;
    std::atomic<std::int64_t>& queued_;
    std::function<void(ClientConnection&)> run_;

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<ClientConnection*> queue_;
    std::vector<std::thread> threads_;
    std::size_t busy_ = 0;
    bool finished_ = false;
};

}  // namespace assay
