#include "base/text.hpp"
#include "clients/cli/doctor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace assay {

namespace {

constexpr std::uint64_t least_free_bytes = std::uint64_t{256} << 20U;
constexpr double tolerable_seconds = 5;
constexpr double hopeless_seconds = 300;

}  // namespace

Diagnosis judge_file_system(std::string_view name) {
    static constexpr std::array<std::string_view, 5> good = {"ext4", "xfs", "btrfs", "zfs", "f2fs"};
    const std::string says = fmt::format("the data is on {}", name);
    if (std::ranges::find(good, name) != good.end()) return {Health::ok, "file system", says};
    if (name == "tmpfs" || name == "ramfs")
        return {Health::fail, "file system", says, "a power cut empties it", "keep the data directory on a disk: assay serve --data DIR"};
    if (name == "nfs")
        return {Health::fail, "file system", says, "whether a sync reaches the disk, and who holds a lock, is decided by another machine",
                "keep the data directory on a local disk"};
    if (name == "overlayfs")
        return {Health::warn, "file system", says, "the layer of a container goes with the container", "mount a volume there"};
    if (name == "fuse")
        return {Health::warn, "file system", says, "what a sync promises depends on the program behind it",
                "keep it on ext4, XFS or btrfs"};
    return {Health::warn, "file system", says, "Assay does not know whether that keeps what it was given", "keep it on ext4, XFS or btrfs"};
}

Diagnosis judge_space(std::uint64_t free_bytes, std::uint64_t total_bytes) {
    const std::string says = fmt::format("{} of {} are free", human_size(free_bytes), human_size(total_bytes));
    const std::string fix = "make room, or move the data directory to a larger disk";
    if (free_bytes < least_free_bytes)
        return {Health::fail, "disk space", says, fmt::format("below {} an upload soon finds no space", human_size(least_free_bytes)), fix};
    if (free_bytes < total_bytes / 10) return {Health::warn, "disk space", says, "that is less than a tenth", fix};
    return {Health::ok, "disk space", says};
}

Diagnosis judge_clock(double ahead) {
    const double off = std::abs(ahead);
    if (off <= 1.5) return {Health::ok, "clock", "this machine and the server agree to the second"};
    const std::string says = fmt::format("this machine is {:.0f} s {} the server", off, ahead > 0 ? "ahead of" : "behind");
    if (off <= tolerable_seconds) return {Health::ok, "clock", says};
    return {off > hopeless_seconds ? Health::fail : Health::warn, "clock", says,
            "dates of training and of registration will not fit together, and a push from a day ahead is refused",
            "set both clocks by NTP: timedatectl set-ntp true"};
}

}  // namespace assay
