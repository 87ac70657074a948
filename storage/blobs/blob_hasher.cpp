#include "storage/blobs/blob_hasher.hpp"

#include <algorithm>
#include <future>
#include <utility>

namespace assay {

namespace {

/// From here on a thread costs less than it saves (measured: 20 µs beside 90 µs of hashing).
constexpr std::size_t worth_a_thread = std::size_t{128} << 10U;

}  // namespace

void BlobHasher::update(std::span<const std::byte> bytes) {
    if (bytes.size() < worth_a_thread) {
        whole_.update(bytes);
        update_chunks(bytes);
    } else {
        // Without `launch::async` alone: when there is no thread, get() does the work.
        auto whole = std::async(std::launch::async | std::launch::deferred, [&] { whole_.update(bytes); });
        update_chunks(bytes);
        whole.get();
    }
    size_ += bytes.size();
}

void BlobHasher::update_chunks(std::span<const std::byte> bytes) {
    std::uint64_t position = size_;
    while (!bytes.empty()) {
        const std::uint64_t left = blob_chunk_bytes - position % blob_chunk_bytes;
        const auto part = bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, bytes.size())));
        chunk_.update(part);
        position += part.size();
        if (position % blob_chunk_bytes == 0) chunks_.push_back(chunk_.finish());
        bytes = bytes.subspan(part.size());
    }
}

BlobInfo BlobHasher::finish() {
    if (size_ % blob_chunk_bytes != 0) chunks_.push_back(chunk_.finish());
    return {whole_.finish(), std::exchange(size_, 0), std::exchange(chunks_, {})};
}

}  // namespace assay
