#pragma once

#include "registry/registry.hpp"
#include "storage/records.hpp"

#include <map>
#include <string>

namespace assay {

/// What a comparison of contents may read of blobs to digest their arrays, bytes.
inline constexpr std::uint64_t max_compared_bytes = std::uint64_t{1} << 30U;

/// What is in the files of a version, by place: hyperparameters and fitted attributes of every object ("model.C", with the names of steps),
/// the class of each, and every array with the SHA-256 of its bytes. Arrays that differ in indices only are one row, in place of each
/// index "*": {"arrays", "bytes", "sha256"}, of one array {"array", "shape", "sha256"}. With several files, theirs begin with the path and
/// a colon. What would exceed `may_read`, which is counted down, has no "sha256" but "not_read". From the stored inspection, made anew
/// where there is none; a blob that is gone or damaged has one row that says so.
[[nodiscard]] Result<std::map<std::string, Json>> contents_of(Registry& registry, const VersionRow& version, std::uint64_t& may_read);

}  // namespace assay
