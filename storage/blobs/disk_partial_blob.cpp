#include "storage/blobs/disk_partial_blob.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

Result<void> DiskPartialBlob::append(std::span<const std::byte> bytes) {
    if (failure_) return fail(*failure_);
    if (auto written = file_->write_at(size_, bytes); !written) {
        // A full disk has kept what it has taken before; the rest can come again.
        return written.error().kind == ErrorKind::no_space ? std::move(written) : spoiled_by(std::move(written).error());
    }
    if (hasher_.size() == size_) hasher_.update(bytes);
    size_ += bytes.size();
    if (size_ - sent_ < writeback_bytes) return {};
    if (auto started = file_->start_writeback(sent_, size_ - sent_); !started) return spoiled_by(std::move(started).error());
    sent_ = size_;
    return {};
}

Result<BlobInfo> DiskPartialBlob::describe() {
    if (failure_) return fail(*failure_);
    const auto window = std::make_unique_for_overwrite<std::byte[]>(blob_chunk_bytes);
    while (hasher_.size() < size_) {
        const std::uint64_t offset = hasher_.size();
        const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(blob_chunk_bytes, size_ - offset));
        TRY_ASSIGN(const std::size_t count, file_->read_at(offset, {window.get(), length}));
        if (count == 0) return fail(ErrorKind::internal, "upload-cut", fmt::format("the stored bytes of an upload end at {}", offset));
        hasher_.update({window.get(), count});
    }
    return hasher_.finish();
}

Result<void> DiskPartialBlob::sync() {
    if (failure_) return fail(*failure_);
    if (auto synced = file_->sync(); !synced) return spoiled_by(std::move(synced).error());
    return {};
}

Result<void> DiskPartialBlob::spoiled_by(Error error) {
    failure_ = error;
    return fail(std::move(error));
}

}  // namespace assay
