#pragma once

#include "storage/fs/forwarding_fs.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace assay::test {

/// An Fs that fails one chosen call and writes down every call that changes something. Calls are named by what they
/// are: "create", "reserve", "write", "writeback", "sync", "link", "sync-directory", "make-directory", "remove", "rename".
class FaultyFs final : public ForwardingFs {
public:
    explicit FaultyFs(Fs& real) : ForwardingFs(real) {}

    /// From now on the call number `index` (from 0, of all changing calls) fails with `error`.
    void fail_call(std::size_t index, Error error) {
        const std::lock_guard lock(mutex_);
        calls_.clear();
        failing_index_ = index;
        error_ = std::move(error);
    }
    /// From now on every call of this name fails.
    void fail_all(const std::string& name, Error error) {
        const std::lock_guard lock(mutex_);
        calls_.clear();
        failing_name_ = name;
        error_ = std::move(error);
    }
    /// From now on nothing fails and the record starts over.
    void heal() {
        const std::lock_guard lock(mutex_);
        calls_.clear();
        failing_index_.reset();
        failing_name_.clear();
    }
    [[nodiscard]] std::vector<std::string> calls() const {
        const std::lock_guard lock(mutex_);
        return calls_;
    }
    [[nodiscard]] std::size_t count(const std::string& name) const {
        const std::lock_guard lock(mutex_);
        std::size_t total = 0;
        for (const std::string& call : calls_) total += call == name ? 1 : 0;
        return total;
    }

    [[nodiscard]] Result<std::unique_ptr<FsFile>> create_unnamed(const std::string& directory) override {
        TRY(pass("create"));
        TRY_ASSIGN(auto file, inner().create_unnamed(directory));
        return std::make_unique<File>(std::move(file), *this);
    }
    [[nodiscard]] Result<std::unique_ptr<FsFile>> open(const std::string& path) override {
        TRY_ASSIGN(auto file, inner().open(path));
        return std::make_unique<File>(std::move(file), *this);
    }
    [[nodiscard]] Result<std::unique_ptr<FsFile>> open_to_append(const std::string& path) override {
        TRY_ASSIGN(auto file, inner().open_to_append(path));
        return std::make_unique<File>(std::move(file), *this);
    }
    [[nodiscard]] Result<void> link(FsFile& file, const std::string& path) override {
        TRY(pass("link"));
        return ForwardingFs::link(file, path);
    }
    [[nodiscard]] Result<void> sync_directory(const std::string& path) override {
        TRY(pass("sync-directory"));
        return inner().sync_directory(path);
    }
    [[nodiscard]] Result<void> make_directory(const std::string& path) override {
        TRY(pass("make-directory"));
        return inner().make_directory(path);
    }
    [[nodiscard]] Result<void> remove(const std::string& path) override {
        TRY(pass("remove"));
        return inner().remove(path);
    }
    [[nodiscard]] Result<void> rename(const std::string& from, const std::string& to) override {
        TRY(pass("rename"));
        return inner().rename(from, to);
    }

private:
    class File final : public ForwardingFsFile {
    public:
        File(std::unique_ptr<FsFile> real, FaultyFs& fs) : ForwardingFsFile(std::move(real)), fs_(fs) {}
        [[nodiscard]] Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
            TRY(fs_.pass("write"));
            return inner().write_at(offset, bytes);
        }
        [[nodiscard]] Result<void> reserve(std::uint64_t size) override {
            TRY(fs_.pass("reserve"));
            return inner().reserve(size);
        }
        [[nodiscard]] Result<void> start_writeback(std::uint64_t offset, std::uint64_t size) override {
            TRY(fs_.pass("writeback"));
            return inner().start_writeback(offset, size);
        }
        [[nodiscard]] Result<void> sync() override {
            TRY(fs_.pass("sync"));
            return inner().sync();
        }

    private:
        FaultyFs& fs_;
    };

    Result<void> pass(const std::string& name) {
        const std::lock_guard lock(mutex_);
        const bool fails = failing_index_ == calls_.size() || failing_name_ == name;
        calls_.push_back(name);
        if (fails) return fail(error_);
        return {};
    }

    mutable std::mutex mutex_;
    std::vector<std::string> calls_;
    std::optional<std::size_t> failing_index_;
    std::string failing_name_;
    Error error_;
};

}  // namespace assay::test
