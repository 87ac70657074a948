#include "tests/simulation/crash_simulation/replay.hpp"

#include <algorithm>

namespace assay::simulation {

namespace {

using Kind = SimOperation::Kind;
constexpr std::uint64_t sector_bytes = 512;

void change_content(std::string& content, const SimOperation& operation) {
    if (operation.kind == Kind::truncate)
        content.resize(operation.position, '\0');
    else
        write_into(content, operation.position, operation.bytes);
}

/// Keeps some sectors of a write. The file may have grown although the bytes did not arrive: then they are zeros.
void tear(std::string& content, const SimOperation& write, Random& random) {
    const std::uint64_t end = write.position + write.bytes.size();
    if (random.one_in(2) && content.size() < end) content.resize(end, '\0');
    for (std::uint64_t from = write.position; from < end;) {
        const std::uint64_t to = std::min(end, (from / sector_bytes + 1) * sector_bytes);
        if (random.one_in(2)) write_into(content, from, write.bytes.substr(from - write.position, to - from));
        from = to;
    }
}

void change_names(SimImage& image, const SimOperation& operation) {
    const auto directory = image.directories.find(operation.directory);
    if (directory == image.directories.end()) return;  // the directory itself was lost, and what is in it with it
    if (operation.kind == Kind::rename) {
        const auto to = image.directories.find(operation.to_directory);
        if (to == image.directories.end()) return;
        own(to->second)[operation.to_name] = {operation.inode};
    }
    SimNames& names = own(directory->second);
    switch (operation.kind) {
        case Kind::add_name: names[operation.name] = {operation.inode}; break;
        case Kind::make_directory: names[operation.name] = {}; break;
        case Kind::remove_name: names.erase(operation.name); break;
        case Kind::rename: {
            const auto found = names.find(operation.name);
            // In a subset the name may have become another file's meanwhile: that one stays.
            if (found != names.end() && found->second.inode == operation.inode) names.erase(found);
            break;
        }
        default: break;
    }
}

bool is_kept(Loss loss, Random& random) {
    if (loss == Loss::all_dropped) return false;
    if (loss == Loss::all_kept) return true;
    return random.one_in(2);
}

}  // namespace

std::string_view to_string(Loss loss) {
    switch (loss) {
        case Loss::all_dropped: return "dropped";
        case Loss::all_kept: return "kept";
        case Loss::random_subset: return "in part";
        case Loss::torn: return "torn";
    }
    return "unknown";
}

void Replay::advance_to(std::size_t cut) {
    for (; cut_ < cut; ++cut_) apply(timeline_[cut_], cut_);
}

void Replay::apply(const SimOperation& operation, std::size_t place) {
    switch (operation.kind) {
        case Kind::write:
        case Kind::truncate: writes_[operation.inode].push_back(place); break;
        case Kind::sync_file: settle_file(operation.inode); break;
        case Kind::lose_writes: writes_.erase(operation.inode); break;
        case Kind::make_directory:
            durable_.directories.try_emplace(operation.directory + "/" + operation.name, std::make_shared<SimNames>());
            names_.push_back(place);
            break;
        case Kind::add_name:
        case Kind::remove_name:
        case Kind::rename:
            // The name may outlive every byte of its file: an empty file.
            if (operation.inode != 0) durable_.files.try_emplace(operation.inode, std::make_shared<std::string>());
            names_.push_back(place);
            break;
        case Kind::sync_directory: settle_directory(operation.directory); break;
        case Kind::rot:
            // Only what is on the disk can rot there: the simulation rots what was synced.
            write_into(own(durable_.files[operation.inode]), operation.position, operation.bytes);
            break;
    }
}

void Replay::settle_file(InodeId inode) {
    auto& content = durable_.files.try_emplace(inode, std::make_shared<std::string>()).first->second;
    const auto pending = writes_.find(inode);
    if (pending == writes_.end()) return;
    std::string& bytes = own(content);
    for (const std::size_t place : pending->second) change_content(bytes, timeline_[place]);
    writes_.erase(pending);
}

void Replay::settle_directory(const std::string& directory) {
    std::erase_if(names_, [&](std::size_t place) {
        const SimOperation& operation = timeline_[place];
        if (operation.directory != directory && operation.to_directory != directory) return false;
        change_names(durable_, operation);
        return true;
    });
}

SimImage Replay::crash(Loss data, Loss names, Random& random) const {
    SimImage image = durable_;
    for (const std::size_t place : names_) {
        const SimOperation& operation = timeline_[place];
        if (is_kept(names, random))
            change_names(image, operation);
        else if (operation.kind == Kind::make_directory)
            image.directories.erase(operation.directory + "/" + operation.name);
    }
    for (const auto& [inode, pending] : writes_) {
        auto& content = image.files.try_emplace(inode, std::make_shared<std::string>()).first->second;
        if (data == Loss::all_dropped) continue;
        std::string& bytes = own(content);
        for (const std::size_t place : pending) {
            const SimOperation& operation = timeline_[place];
            if (data == Loss::torn && operation.kind == Kind::write)
                tear(bytes, operation, random);
            else if (is_kept(data, random))
                change_content(bytes, operation);
        }
    }
    return image;
}

}  // namespace assay::simulation
