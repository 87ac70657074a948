#include "storage/blobs/memory_blob_store.hpp"

#include "base/crypto.hpp"
#include "storage/blobs/hash_pipeline.hpp"
#include "storage/blobs/verified_reader.hpp"

#include <algorithm>
#include <cstring>

namespace assay {

namespace {

std::size_t copy_at(const std::string& bytes, std::uint64_t offset, std::span<std::byte> buffer) {
    if (offset >= bytes.size()) return 0;
    const auto start = static_cast<std::size_t>(offset);
    const std::size_t count = std::min(buffer.size(), bytes.size() - start);
    std::memcpy(buffer.data(), bytes.data() + start, count);
    return count;
}

class MemoryPartialBlob final : public PartialBlob {
public:
    explicit MemoryPartialBlob(std::shared_ptr<std::string> bytes) : bytes_(std::move(bytes)) {}
    [[nodiscard]] std::uint64_t size() const override { return bytes_->size(); }
    [[nodiscard]] Result<void> append(std::span<const std::byte> bytes) override {
        bytes_->append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return {};
    }
    [[nodiscard]] bool is_usable() const override { return true; }
    [[nodiscard]] const std::string& bytes() const { return *bytes_; }

private:
    std::shared_ptr<std::string> bytes_;
};

}  // namespace

MemoryBlobStore::Bytes MemoryBlobStore::find(const Digest& digest) const {
    const std::lock_guard lock(mutex_);
    const auto found = blobs_.find(digest);
    return found == blobs_.end() ? nullptr : found->second;
}

Result<BlobInfo> MemoryBlobStore::put(Source& source, const PutExpectation& expectation) {
    std::string bytes;
    TRY_ASSIGN(BlobInfo info, receive_blob(source, expectation, [&](std::uint64_t, std::span<const std::byte> chunk) -> Result<void> {
                   bytes.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
                   return {};
               }));
    const std::lock_guard lock(mutex_);
    Bytes& stored = blobs_[info.digest];
    if (stored && sha256(*stored) != info.digest) quarantined_.emplace(info.digest, std::exchange(stored, nullptr));
    if (!stored) stored = std::make_shared<const std::string>(std::move(bytes));
    return info;
}

Result<std::unique_ptr<BlobReader>> MemoryBlobStore::open(const BlobInfo& info) {
    const Bytes bytes = find(info.digest);
    if (!bytes) return fail(blob_not_found(info.digest));
    if (bytes->size() != info.size) return fail(blob_corrupt(info.digest, "it has another size"));
    return make_verified_reader(info, [bytes](std::uint64_t offset, std::span<std::byte> buffer) -> Result<std::size_t> {
        return copy_at(*bytes, offset, buffer);
    });
}

Result<std::optional<std::uint64_t>> MemoryBlobStore::stat(const Digest& digest) {
    const Bytes bytes = find(digest);
    if (!bytes) return std::nullopt;
    return bytes->size();
}

Result<BlobInfo> MemoryBlobStore::describe(const Digest& digest) {
    const Bytes bytes = find(digest);
    if (!bytes) return fail(blob_not_found(digest));
    MemorySource source(*bytes);
    return receive_blob(source, {}, [](std::uint64_t, std::span<const std::byte>) -> Result<void> { return {}; });
}

Result<void> MemoryBlobStore::quarantine(const Digest& digest) {
    const std::lock_guard lock(mutex_);
    const auto found = blobs_.find(digest);
    if (found == blobs_.end() || sha256(*found->second) == digest) return {};
    quarantined_.emplace(digest, found->second);
    blobs_.erase(found);
    return {};
}

Result<std::unique_ptr<PartialBlob>> MemoryBlobStore::begin_partial(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto [place, is_new] = partials_.emplace(name, std::make_shared<std::string>());
    if (!is_new) return fail(ErrorKind::conflict, "file-exists", "there is a partial blob " + name + " already");
    return std::make_unique<MemoryPartialBlob>(place->second);
}

Result<std::unique_ptr<PartialBlob>> MemoryBlobStore::open_partial(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto found = partials_.find(name);
    if (found == partials_.end()) return fail(partial_blob_not_found(name));
    return std::make_unique<MemoryPartialBlob>(found->second);
}

Result<BlobInfo> MemoryBlobStore::complete(PartialBlob& partial, const PutExpectation& expectation) {
    MemorySource source(dynamic_cast<MemoryPartialBlob&>(partial).bytes());
    return put(source, expectation);
}

Result<void> MemoryBlobStore::remove_partial(const std::string& name) {
    const std::lock_guard lock(mutex_);
    partials_.erase(name);
    return {};
}

Result<std::vector<PartialBlobEntry>> MemoryBlobStore::partials() {
    const std::lock_guard lock(mutex_);
    std::vector<PartialBlobEntry> entries;
    for (const auto& [name, bytes] : partials_) entries.push_back({name, bytes->size(), SystemClock().now()});
    return entries;
}

Result<void> MemoryBlobStore::for_each(const std::function<Result<void>(const Digest&, std::uint64_t size)>& visit) {
    std::map<Digest, Bytes> blobs;
    {
        const std::lock_guard lock(mutex_);
        blobs = blobs_;
    }
    for (const auto& [digest, bytes] : blobs) TRY(visit(digest, bytes->size()));
    return {};
}

void MemoryBlobStore::damage(const Digest& digest, const std::function<void(std::string& bytes)>& change) {
    const std::lock_guard lock(mutex_);
    Bytes& stored = blobs_.at(digest);
    std::string bytes = *stored;
    change(bytes);
    stored = std::make_shared<const std::string>(std::move(bytes));
}

}  // namespace assay
