#include "storage/blobs/hash_pipeline.hpp"

#include "base/crypto.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

namespace assay {

namespace {

using Buffer = std::unique_ptr<std::byte[]>;

Buffer new_buffer() { return std::make_unique_for_overwrite<std::byte[]>(blob_chunk_bytes); }

/// Fills a chunk from the source; fewer bytes only at the end.
Result<std::size_t> fill(Source& source, std::span<std::byte> chunk) {
    std::size_t filled = 0;
    while (filled < chunk.size()) {
        TRY_ASSIGN(const std::size_t count, source.read(chunk.subspan(filled)));
        if (count == 0) break;
        filled += count;
    }
    return filled;
}

/// A ring of chunks with one producer and two consumers, each of which sees every chunk in order.
class HashRing {
public:
    /// The buffers of the two chunks already received: next() gives them out first, filled as they are.
    HashRing(Buffer first, Buffer second) {
        slots_[0].buffer = std::move(first);
        slots_[1].buffer = std::move(second);
    }

    ~HashRing() {
        close();
        for (auto& thread : threads_) {
            if (thread.joinable()) thread.join();
        }
    }
    HashRing(const HashRing&) = delete;
    HashRing& operator=(const HashRing&) = delete;

    void start() {
        threads_[0] = std::thread([this] { consume(0, [this](std::span<const std::byte> bytes) { whole_.update(bytes); }); });
        threads_[1] = std::thread([this] { consume(1, [this](std::span<const std::byte> bytes) { chunks_.push_back(sha256(bytes)); }); });
    }

    /// The buffer for the next chunk, once both hashes are done with what it held before.
    std::span<std::byte> next() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return produced_ - std::min(consumed_[0], consumed_[1]) < hash_ring_buffers || failure_; });
        if (failure_) std::rethrow_exception(failure_);
        Buffer& buffer = slots_[produced_ % hash_ring_buffers].buffer;
        if (!buffer) buffer = new_buffer();
        return {buffer.get(), blob_chunk_bytes};
    }

    /// Hands the chunk that next() gave, of which `size` bytes are filled, to the hashes.
    void publish(std::size_t size) {
        const std::lock_guard lock(mutex_);
        slots_[produced_ % hash_ring_buffers].size = size;
        ++produced_;
        changed_.notify_all();
    }

    /// Waits for the hashes of everything published. Call once.
    BlobInfo finish(std::uint64_t size) {
        close();
        for (auto& thread : threads_) thread.join();
        if (failure_) std::rethrow_exception(failure_);
        return {whole_.finish(), size, std::move(chunks_)};
    }

private:
    struct Slot {
        Buffer buffer;
        std::size_t size = 0;
    };

    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        changed_.notify_all();
    }

    template <class Hash>
    void consume(std::size_t consumer, Hash hash) {
        try {
            for (std::uint64_t index = 0;; ++index) {
                std::unique_lock lock(mutex_);
                changed_.wait(lock, [&] { return produced_ > index || closed_; });
                if (produced_ <= index) return;
                const Slot& slot = slots_[index % hash_ring_buffers];
                lock.unlock();
                hash({slot.buffer.get(), slot.size});
                lock.lock();
                consumed_[consumer] = index + 1;
                changed_.notify_all();
            }
        } catch (...) {  // out of memory: it belongs to the caller's thread
            const std::lock_guard lock(mutex_);
            failure_ = std::current_exception();
            changed_.notify_all();
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::array<Slot, hash_ring_buffers> slots_;
    std::uint64_t produced_ = 0;
    std::array<std::uint64_t, 2> consumed_{};
    bool closed_ = false;
    std::exception_ptr failure_;
    Sha256 whole_;                // used by the first thread until finish()
    std::vector<Digest> chunks_;  // used by the second thread until finish()
    std::array<std::thread, 2> threads_;
};

Result<void> check_not_longer(std::uint64_t size, const PutExpectation& expectation) {
    if (!expectation.size || size <= *expectation.size) return {};
    return fail(ErrorKind::integrity, "size-mismatch", fmt::format("there are more than the {} bytes announced", *expectation.size));
}

/// `second` holds the first `count` bytes of the second chunk.
Result<BlobInfo> receive_in_ring(Source& source, const PutExpectation& expectation, const ChunkSink& sink, Buffer first, Buffer second,
                                 std::size_t count) {
    HashRing ring(std::move(first), std::move(second));
    try {
        ring.start();
    } catch (const std::system_error& error) {
        return fail(Error(ErrorKind::unavailable, "no-thread", "there is no thread to hash with").with_because(error.what()));
    }
    std::span<std::byte> chunk = ring.next();
    ring.publish(blob_chunk_bytes);
    TRY(sink(0, chunk));
    std::uint64_t size = blob_chunk_bytes;
    chunk = ring.next();
    while (count > 0) {
        ring.publish(count);
        TRY(sink(size, chunk.first(count)));
        size += count;
        if (count < blob_chunk_bytes) break;
        chunk = ring.next();
        TRY_ASSIGN(count, fill(source, chunk));
        TRY(check_not_longer(size + count, expectation));
    }
    return check_expectation(ring.finish(size), expectation);
}

}  // namespace

Result<BlobInfo> check_expectation(BlobInfo info, const PutExpectation& expectation) {
    if (expectation.size && info.size != *expectation.size) {
        return fail(ErrorKind::integrity, "size-mismatch",
                    fmt::format("the bytes end after {} of the {} announced", info.size, *expectation.size));
    }
    if (expectation.digest && info.digest != *expectation.digest) {
        return fail(ErrorKind::integrity, "digest-mismatch",
                    fmt::format("the bytes are {}, not {}", info.digest.to_string(), expectation.digest->to_string()));
    }
    return info;
}

Result<BlobInfo> receive_blob(Source& source, const PutExpectation& expectation, const ChunkSink& sink) {
    Buffer first = new_buffer();
    TRY_ASSIGN(const std::size_t count, fill(source, {first.get(), blob_chunk_bytes}));
    TRY(check_not_longer(count, expectation));
    const std::span<const std::byte> bytes(first.get(), count);
    if (count == blob_chunk_bytes) {
        // A full chunk may be the whole: only the next read tells.
        Buffer second = new_buffer();
        TRY_ASSIGN(const std::size_t more, fill(source, {second.get(), blob_chunk_bytes}));
        TRY(check_not_longer(count + more, expectation));
        if (more > 0) return receive_in_ring(source, expectation, sink, std::move(first), std::move(second), more);
    }
    BlobInfo info{sha256(bytes), count, {}};
    if (count > 0) {
        info.chunks.push_back(info.digest);
        TRY(sink(0, bytes));
    }
    return check_expectation(std::move(info), expectation);
}

}  // namespace assay
