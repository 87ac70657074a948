#pragma once

#include "storage/fs/fs.hpp"
#include "tests/simulation/crash_simulation/timeline.hpp"

namespace assay::simulation {

/// A file system in memory that records what it is asked to do. Carries the store (as an Fs) and SQLite (through
/// SimVfs) on one timeline. One thread at a time: the simulation is deterministic.
class SimFs final : public Fs {
public:
    /// Starts from `image`; records on `timeline` when there is one. It must outlive this.
    explicit SimFs(SimImage image, Timeline* timeline = nullptr) : image_(std::move(image)), timeline_(timeline) {
        for (const auto& [inode, content] : image_.files) last_inode_ = std::max(last_inode_, inode);
    }

    // Fs
    [[nodiscard]] Result<std::unique_ptr<FsFile>> create_unnamed(const std::string& directory) override;
    [[nodiscard]] Result<void> link(FsFile& file, const std::string& path) override;
    [[nodiscard]] Result<std::unique_ptr<FsFile>> open(const std::string& path) override;
    [[nodiscard]] Result<std::unique_ptr<FsFile>> open_to_append(const std::string& path) override { return open(path); }
    [[nodiscard]] Result<void> sync_directory(const std::string& path) override;
    [[nodiscard]] Result<void> make_directory(const std::string& path) override;
    [[nodiscard]] Result<void> remove(const std::string& path) override;
    [[nodiscard]] Result<void> rename(const std::string& from, const std::string& to) override;
    [[nodiscard]] Result<std::vector<FsEntry>> list(const std::string& directory) override;
    [[nodiscard]] Result<std::optional<FsEntry>> stat(const std::string& path) override;

    // For SQLite
    [[nodiscard]] std::optional<InodeId> find(const std::string& path) const;
    InodeId create(const std::string& path);  ///< a new file with this name; its directory exists
    InodeId create_without_name();
    [[nodiscard]] const std::string& content(InodeId inode) const { return *image_.files.at(inode); }
    void write(InodeId inode, std::uint64_t position, std::string bytes);
    void truncate(InodeId inode, std::uint64_t size);
    [[nodiscard]] Result<void> sync(InodeId inode);

    // Trouble
    /// Flips one bit of a stored file on the disk itself, synced or not.
    void rot(InodeId inode, std::uint64_t position, unsigned bit);
    /// The next sync of a file fails, and what it should have written is never written.
    void fail_next_file_sync() { next_file_sync_fails_ = true; }
    void forget_failure() { next_file_sync_fails_ = false; }

private:
    void record(SimOperation operation) {
        if (timeline_ != nullptr) timeline_->push_back(std::move(operation));
    }
    [[nodiscard]] const SimEntry* entry(const std::string& path) const;

    SimImage image_;
    Timeline* timeline_;
    InodeId last_inode_ = 0;
    bool next_file_sync_fails_ = false;
};

}  // namespace assay::simulation
