#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace assay {

struct ClientConnection;

/// Connections one behind the other, linked through themselves: adding one needs no memory. Not for concurrent use.
class ConnectionLine {
public:
    void push(ClientConnection& connection);
    /// The one that came first; null when there is none.
    [[nodiscard]] ClientConnection* pop();
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    ClientConnection* first_ = nullptr;
    ClientConnection* last_ = nullptr;
    std::size_t size_ = 0;
};

/// So many requests are answered at once, so many more may wait; it has no threads of its own.
class RequestLane {
public:
    enum class Entry {
        entered,  ///< to be answered now, by the caller, who calls leave() afterwards
        queued,   ///< somebody's leave() will give it out: no longer the caller's
        full,     ///< stays with the caller
    };

    /// `queued` shows how many wait.
    RequestLane(std::size_t slots, std::size_t max_queued, std::atomic<std::int64_t>& queued);

    [[nodiscard]] Entry enter(ClientConnection& connection);
    /// The one that has waited longest, which has entered by this; null when none waits.
    [[nodiscard]] ClientConnection* leave();

private:
    const std::size_t slots_;
    const std::size_t max_queued_;
    std::atomic<std::int64_t>& queued_;

    std::mutex mutex_;
    ConnectionLine line_;
    std::size_t busy_ = 0;
};

}  // namespace assay
