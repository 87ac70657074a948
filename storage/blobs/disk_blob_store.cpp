#include "storage/blobs/disk_blob_store.hpp"

#include "base/crypto.hpp"
#include "storage/blobs/disk_partial_blob.hpp"
#include "storage/blobs/hash_pipeline.hpp"
#include "storage/blobs/verified_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

/// How often a put may lose the race for a name against others that publish or quarantine the same bytes.
constexpr int max_attempts = 16;

class FileSource final : public Source {
public:
    explicit FileSource(FsFile& file) : file_(file) {}
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> buffer) override {
        TRY_ASSIGN(const std::size_t count, file_.read_at(offset_, buffer));
        offset_ += count;
        return count;
    }

private:
    FsFile& file_;
    std::uint64_t offset_ = 0;
};

/// Receives a stream into `file`, sending it to the disk as it grows.
Result<BlobInfo> write_file(FsFile& file, Source& source, const PutExpectation& expectation) {
    std::uint64_t sent = 0;
    return receive_blob(source, expectation, [&](std::uint64_t offset, std::span<const std::byte> bytes) -> Result<void> {
        TRY(file.write_at(offset, bytes));
        const std::uint64_t written = offset + bytes.size();
        if (written - sent >= writeback_bytes) {
            TRY(file.start_writeback(sent, written - sent));
            sent = written;
        }
        return {};
    });
}

}  // namespace

DiskBlobStore::DiskBlobStore(Fs& fs, std::string root, std::string quarantine, std::string uploads)
    : fs_(fs), root_(std::move(root)), quarantine_(std::move(quarantine)), uploads_(std::move(uploads)) {}

Result<std::unique_ptr<DiskBlobStore>> DiskBlobStore::open(Fs& fs, std::string root, std::string quarantine, std::string uploads) {
    std::unique_ptr<DiskBlobStore> store(new DiskBlobStore(fs, std::move(root), std::move(quarantine), std::move(uploads)));
    for (unsigned byte = 0; byte < 256; ++byte) TRY(fs.make_directory(fmt::format("{}/{:02x}", store->root_, byte)));
    // Always, and not only after creating one: who created them may have died before this line.
    TRY(fs.sync_directory(store->root_));
    return store;
}

std::string DiskBlobStore::shard_path(const Digest& digest) const { return fmt::format("{}/{:02x}", root_, digest.bytes()[0]); }

std::string DiskBlobStore::path(const Digest& digest) const { return shard_path(digest) + "/" + digest.hex(); }

Result<BlobInfo> DiskBlobStore::put(Source& source, const PutExpectation& expectation) {
    TRY_ASSIGN(const auto file, fs_.create_unnamed(root_));
    if (expectation.size) TRY(file->reserve(*expectation.size));
    TRY_ASSIGN(BlobInfo info, write_file(*file, source, expectation));
    TRY_WHILE(publish(*file, info, [&] { return file->sync(); }), "storing blob " + info.digest.to_string());
    return info;
}

Result<void> DiskBlobStore::publish(FsFile& file, const BlobInfo& info, const std::function<Result<void>()>& sync) {
    bool synced = false;
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        TRY_ASSIGN(const Copy copy, examine(info.digest, info.size));
        if (copy == Copy::damaged) TRY(quarantine(info.digest));
        if (copy != Copy::good && !synced) {
            TRY(sync());
            synced = true;
        }
        const std::lock_guard lock(shard(info.digest).mutex);
        if (copy == Copy::good) {
            // Whoever linked it may not have synced the directory yet, or may just have taken it back.
            TRY_ASSIGN(const auto entry, fs_.stat(path(info.digest)));
            if (!entry) continue;
            return sync_shard(info.digest);
        }
        const auto linked = link_durably(file, info.digest);
        if (linked || linked.error().code != "file-exists") return linked;
    }
    return fail(ErrorKind::unavailable, "blob-contended", "blob " + info.digest.to_string() + " keeps changing under the upload");
}

Result<void> DiskBlobStore::link_durably(FsFile& file, const Digest& digest) {
    TRY(fs_.link(file, path(digest)));
    auto durable = sync_shard(digest);
    if (!durable) {
        // Nobody can have acknowledged this name: they would have needed the mutex.
        auto removed = fs_.remove(path(digest));
        if (!removed) return fail(std::move(durable).error().with_context("then removing it failed too: " + removed.error().message));
    }
    return durable;
}

Result<void> DiskBlobStore::sync_shard(const Digest& digest) {
    Shard& state = shard(digest);
    if (state.degraded) {
        return fail(Error(ErrorKind::unavailable, "store-degraded", shard_path(digest) + " takes no more blobs")
                        .with_because("making it durable has failed once, and a second success would prove nothing")
                        .with_fix("look into the system log for the disk's error, then restart the server"));
    }
    auto durable = fs_.sync_directory(shard_path(digest));
    if (!durable) state.degraded = true;
    return durable;
}

Result<DiskBlobStore::Copy> DiskBlobStore::examine(const Digest& digest, std::optional<std::uint64_t> size) {
    auto opened = fs_.open(path(digest));
    if (!opened) {
        if (opened.error().kind == ErrorKind::not_found) return Copy::absent;
        if (opened.error().code == "not-a-file") return Copy::damaged;
        return fail(std::move(opened).error());
    }
    FsFile& file = **opened;
    TRY_ASSIGN(const std::uint64_t stored_size, file.size());
    if (size && stored_size != *size) return Copy::damaged;

    Sha256 hash;
    const auto window = std::make_unique_for_overwrite<std::byte[]>(std::min<std::uint64_t>(stored_size, blob_chunk_bytes));
    for (std::uint64_t offset = 0; offset < stored_size;) {
        const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(blob_chunk_bytes, stored_size - offset));
        const auto count = file.read_at(offset, {window.get(), length});
        if (!count || *count == 0) return Copy::damaged;
        hash.update(std::span<const std::byte>(window.get(), *count));
        offset += *count;
    }
    if (hash.finish() != digest) return Copy::damaged;
    // Costs nothing for what a put() stored, and makes a file durable that came here another way (a restored backup).
    TRY(file.sync());
    return Copy::good;
}

Result<std::unique_ptr<BlobReader>> DiskBlobStore::open(const BlobInfo& info) {
    auto opened = fs_.open(path(info.digest));
    if (!opened) {
        if (opened.error().kind == ErrorKind::not_found) return fail(blob_not_found(info.digest));
        if (opened.error().code == "not-a-file") return fail(blob_corrupt(info.digest, opened.error().message));
        return fail(std::move(opened).error());
    }
    const std::shared_ptr<FsFile> file = std::move(*opened);
    TRY_ASSIGN(const std::uint64_t size, file->size());
    if (size != info.size) return fail(blob_corrupt(info.digest, fmt::format("it has {} bytes instead of {}", size, info.size)));
    return make_verified_reader(info, [file](std::uint64_t offset, std::span<std::byte> buffer) { return file->read_at(offset, buffer); });
}

Result<std::optional<std::uint64_t>> DiskBlobStore::stat(const Digest& digest) {
    TRY_ASSIGN(const auto entry, fs_.stat(path(digest)));
    if (!entry || entry->is_directory) return std::nullopt;
    return entry->size;
}

Result<BlobInfo> DiskBlobStore::describe(const Digest& digest) {
    auto opened = fs_.open(path(digest));
    if (!opened) {
        if (opened.error().kind == ErrorKind::not_found) return fail(blob_not_found(digest));
        return fail(std::move(opened).error().with_context("reading blob " + digest.to_string()));
    }
    FileSource source(**opened);
    return receive_blob(source, {}, [](std::uint64_t, std::span<const std::byte>) -> Result<void> { return {}; });
}

Result<void> DiskBlobStore::quarantine(const Digest& digest) {
    const std::lock_guard lock(shard(digest).mutex);
    // Looked at again under the mutex: a put may have healed it since the caller saw the damage.
    TRY_ASSIGN(const Copy copy, examine(digest, std::nullopt));
    if (copy != Copy::damaged) return {};
    for (std::uint64_t number = 1;; ++number) {
        const std::string aside = fmt::format("{}/{}-{}", quarantine_, digest.hex(), number);
        TRY_ASSIGN(const auto taken, fs_.stat(aside));
        if (taken) continue;
        TRY(fs_.rename(path(digest), aside));
        TRY(fs_.sync_directory(quarantine_));
        return sync_shard(digest);
    }
}

Result<std::unique_ptr<PartialBlob>> DiskBlobStore::begin_partial(const std::string& name) {
    TRY_ASSIGN(auto file, fs_.create_unnamed(uploads_));
    TRY(fs_.link(*file, uploads_ + "/" + name));  // durable when it is: nothing is promised of it
    return std::make_unique<DiskPartialBlob>(std::move(file), 0);
}

Result<std::unique_ptr<PartialBlob>> DiskBlobStore::open_partial(const std::string& name) {
    auto file = fs_.open_to_append(uploads_ + "/" + name);
    if (!file && file.error().kind == ErrorKind::not_found) return fail(partial_blob_not_found(name));
    if (!file) return fail(std::move(file).error());
    TRY_ASSIGN(const std::uint64_t size, (*file)->size());
    return std::make_unique<DiskPartialBlob>(*std::move(file), size);
}

Result<BlobInfo> DiskBlobStore::complete(PartialBlob& partial, const PutExpectation& expectation) {
    auto& disk = dynamic_cast<DiskPartialBlob&>(partial);
    TRY_ASSIGN(BlobInfo described, disk.describe());
    TRY_ASSIGN(BlobInfo info, check_expectation(std::move(described), expectation));
    TRY_WHILE(publish(disk.file(), info, [&] { return disk.sync(); }), "storing blob " + info.digest.to_string());
    return info;
}

Result<void> DiskBlobStore::remove_partial(const std::string& name) {
    auto removed = fs_.remove(uploads_ + "/" + name);
    if (!removed && removed.error().kind == ErrorKind::not_found) return {};
    return removed;
}

Result<std::vector<PartialBlobEntry>> DiskBlobStore::partials() {
    TRY_ASSIGN(const auto files, fs_.list(uploads_));
    std::vector<PartialBlobEntry> entries;
    for (const FsEntry& file : files) {
        if (!file.is_directory) entries.push_back({file.name, file.size, file.modified});
    }
    return entries;
}

Result<void> DiskBlobStore::for_each(const std::function<Result<void>(const Digest&, std::uint64_t size)>& visit) {
    for (unsigned byte = 0; byte < 256; ++byte) {
        TRY_ASSIGN(const auto entries, fs_.list(fmt::format("{}/{:02x}", root_, byte)));
        for (const FsEntry& entry : entries) {
            const auto digest = Digest::parse_hex(entry.name);
            if (!digest || digest->bytes()[0] != byte || entry.is_directory) continue;  // not a blob of ours
            TRY(visit(*digest, entry.size));
        }
    }
    return {};
}

}  // namespace assay
