#include "tests/simulation/crash_simulation/sim_fs.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace assay::simulation {

namespace {

struct SplitPath {
    std::string directory;
    std::string name;
};

SplitPath split_path(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return {path.substr(0, slash), path.substr(slash + 1)};
}

class SimFile final : public FsFile {
public:
    SimFile(SimFs& fs, InodeId inode) : fs_(fs), inode_(inode) {}

    [[nodiscard]] InodeId inode() const { return inode_; }

    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) override {
        const std::string& content = fs_.content(inode_);
        if (offset >= content.size()) return 0;
        const std::size_t count = std::min<std::size_t>(buffer.size(), content.size() - offset);
        std::memcpy(buffer.data(), content.data() + offset, count);
        return count;
    }
    [[nodiscard]] Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
        fs_.write(inode_, offset, std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
        return {};
    }
    [[nodiscard]] Result<void> reserve(std::uint64_t /*size*/) override { return {}; }
    [[nodiscard]] Result<void> sync() override { return fs_.sync(inode_); }
    [[nodiscard]] Result<std::uint64_t> size() override { return fs_.content(inode_).size(); }

private:
    SimFs& fs_;
    InodeId inode_;
};

using Kind = SimOperation::Kind;

}  // namespace

const SimEntry* SimFs::entry(const std::string& path) const {
    const auto [parent, name] = split_path(path);
    const auto directory = image_.directories.find(parent);
    if (directory == image_.directories.end()) return nullptr;
    const auto found = directory->second->find(name);
    return found == directory->second->end() ? nullptr : &found->second;
}

std::optional<InodeId> SimFs::find(const std::string& path) const {
    const SimEntry* found = entry(path);
    if (found == nullptr || found->is_directory()) return std::nullopt;
    return found->inode;
}

InodeId SimFs::create_without_name() {
    image_.files.emplace(++last_inode_, std::make_shared<std::string>());
    return last_inode_;
}

InodeId SimFs::create(const std::string& path) {
    const InodeId inode = create_without_name();
    const auto [directory, name] = split_path(path);
    own(image_.directories.at(directory))[name] = {inode};
    record({.kind = Kind::add_name, .inode = inode, .directory = directory, .name = name});
    return inode;
}

void SimFs::write(InodeId inode, std::uint64_t position, std::string bytes) {
    write_into(own(image_.files.at(inode)), position, bytes);
    record({.kind = Kind::write, .inode = inode, .position = position, .bytes = std::move(bytes)});
}

void SimFs::truncate(InodeId inode, std::uint64_t size) {
    own(image_.files.at(inode)).resize(size, '\0');
    record({.kind = Kind::truncate, .inode = inode, .position = size});
}

Result<void> SimFs::sync(InodeId inode) {
    if (std::exchange(next_file_sync_fails_, false)) {
        record({.kind = Kind::lose_writes, .inode = inode});
        return fail(posix_error("a simulated file", EIO));
    }
    record({.kind = Kind::sync_file, .inode = inode});
    return {};
}

void SimFs::rot(InodeId inode, std::uint64_t position, unsigned bit) {
    std::string& content = own(image_.files.at(inode));
    content[position] = static_cast<char>(static_cast<unsigned char>(content[position]) ^ (1U << bit));
    record({.kind = Kind::rot, .inode = inode, .position = position, .bytes = std::string(1, content[position])});
}

Result<std::unique_ptr<FsFile>> SimFs::create_unnamed(const std::string& directory) {
    if (!image_.directories.contains(directory)) return fail(posix_error(directory, ENOENT));
    return std::make_unique<SimFile>(*this, create_without_name());
}

Result<void> SimFs::link(FsFile& file, const std::string& path) {
    if (entry(path) != nullptr) return fail(ErrorKind::conflict, "file-exists", path + " exists already");
    const auto [directory, name] = split_path(path);
    const auto names = image_.directories.find(directory);
    if (names == image_.directories.end()) return fail(posix_error(path, ENOENT));
    const InodeId inode = dynamic_cast<SimFile&>(file).inode();
    own(names->second)[name] = {inode};
    record({.kind = Kind::add_name, .inode = inode, .directory = directory, .name = name});
    return {};
}

Result<std::unique_ptr<FsFile>> SimFs::open(const std::string& path) {
    const SimEntry* found = entry(path);
    if (found == nullptr) return fail(posix_error(path, ENOENT));
    if (found->is_directory()) return fail(ErrorKind::invalid, "not-a-file", path + " is not a regular file");
    return std::make_unique<SimFile>(*this, found->inode);
}

Result<void> SimFs::sync_directory(const std::string& path) {
    if (!image_.directories.contains(path)) return fail(posix_error(path, ENOENT));
    record({.kind = Kind::sync_directory, .directory = path});
    return {};
}

Result<void> SimFs::make_directory(const std::string& path) {
    if (image_.directories.contains(path)) return {};
    const auto [directory, name] = split_path(path);
    const auto names = image_.directories.find(directory);
    if (names == image_.directories.end()) return fail(posix_error(path, ENOENT));
    if (names->second->contains(name)) return fail(ErrorKind::conflict, "not-a-directory", path + " exists and is not a directory");
    own(names->second)[name] = {};
    image_.directories.emplace(path, std::make_shared<SimNames>());
    record({.kind = Kind::make_directory, .directory = directory, .name = name});
    return {};
}

Result<void> SimFs::remove(const std::string& path) {
    const SimEntry* found = entry(path);
    if (found == nullptr) return fail(posix_error(path, ENOENT));
    if (found->is_directory()) return fail(posix_error(path, EISDIR));
    const auto [directory, name] = split_path(path);
    own(image_.directories.at(directory)).erase(name);
    record({.kind = Kind::remove_name, .directory = directory, .name = name});
    return {};
}

Result<void> SimFs::rename(const std::string& from, const std::string& to) {
    const SimEntry* found = entry(from);
    if (found == nullptr) return fail(posix_error(from, ENOENT));
    if (found->is_directory()) return fail(posix_error(from, EISDIR));  // the store renames files only
    const SimEntry moved = *found;
    const auto [directory, name] = split_path(from);
    const auto [to_directory, to_name] = split_path(to);
    if (!image_.directories.contains(to_directory)) return fail(posix_error(to, ENOENT));
    own(image_.directories.at(directory)).erase(name);
    own(image_.directories.at(to_directory))[to_name] = moved;
    record({.kind = Kind::rename,
            .inode = moved.inode,
            .directory = directory,
            .name = name,
            .to_directory = to_directory,
            .to_name = to_name});
    return {};
}

Result<std::vector<FsEntry>> SimFs::list(const std::string& directory) {
    const auto names = image_.directories.find(directory);
    if (names == image_.directories.end()) return fail(posix_error(directory, ENOENT));
    std::vector<FsEntry> entries;
    for (const auto& [name, found] : *names->second) {
        entries.push_back({name, found.is_directory(), found.is_directory() ? 0 : content(found.inode).size()});
    }
    return entries;
}

Result<std::optional<FsEntry>> SimFs::stat(const std::string& path) {
    const SimEntry* found = entry(path);
    if (found == nullptr) return std::nullopt;
    return FsEntry{split_path(path).name, found->is_directory(), found->is_directory() ? 0 : content(found->inode).size()};
}

}  // namespace assay::simulation
