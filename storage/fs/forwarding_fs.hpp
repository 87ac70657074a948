#pragma once

#include "storage/fs/fs.hpp"

#include <utility>

namespace assay {

/// An FsFile that passes every call on. Base of doubles that change one of them.
class ForwardingFsFile : public FsFile {
public:
    explicit ForwardingFsFile(std::unique_ptr<FsFile> inner) : inner_(std::move(inner)) {}

    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) override {
        return inner_->read_at(offset, buffer);
    }
    [[nodiscard]] Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
        return inner_->write_at(offset, bytes);
    }
    [[nodiscard]] Result<void> reserve(std::uint64_t size) override { return inner_->reserve(size); }
    [[nodiscard]] Result<void> start_writeback(std::uint64_t offset, std::uint64_t size) override {
        return inner_->start_writeback(offset, size);
    }
    [[nodiscard]] Result<void> sync() override { return inner_->sync(); }
    [[nodiscard]] Result<std::uint64_t> size() override { return inner_->size(); }

    [[nodiscard]] FsFile& inner() { return *inner_; }

private:
    std::unique_ptr<FsFile> inner_;
};

/// An Fs that passes every call on to another, which must outlive it. Base of doubles that change some of them; a
/// double may wrap the files it hands out in a ForwardingFsFile: link() finds the file inside.
class ForwardingFs : public Fs {
public:
    explicit ForwardingFs(Fs& inner) : inner_(inner) {}

    [[nodiscard]] Result<std::unique_ptr<FsFile>> create_unnamed(const std::string& directory) override {
        return inner_.create_unnamed(directory);
    }
    [[nodiscard]] Result<void> link(FsFile& file, const std::string& path) override {
        auto* wrapped = dynamic_cast<ForwardingFsFile*>(&file);
        return inner_.link(wrapped != nullptr ? wrapped->inner() : file, path);
    }
    [[nodiscard]] Result<std::unique_ptr<FsFile>> open(const std::string& path) override { return inner_.open(path); }
    [[nodiscard]] Result<std::unique_ptr<FsFile>> open_to_append(const std::string& path) override { return inner_.open_to_append(path); }
    [[nodiscard]] Result<void> sync_directory(const std::string& path) override { return inner_.sync_directory(path); }
    [[nodiscard]] Result<void> make_directory(const std::string& path) override { return inner_.make_directory(path); }
    [[nodiscard]] Result<void> remove(const std::string& path) override { return inner_.remove(path); }
    [[nodiscard]] Result<void> rename(const std::string& from, const std::string& to) override { return inner_.rename(from, to); }
    [[nodiscard]] Result<std::vector<FsEntry>> list(const std::string& directory) override { return inner_.list(directory); }
    [[nodiscard]] Result<std::optional<FsEntry>> stat(const std::string& path) override { return inner_.stat(path); }

protected:
    [[nodiscard]] Fs& inner() { return inner_; }

private:
    Fs& inner_;
};

}  // namespace assay
