#pragma once

#include "artifact/inspection.hpp"
#include "artifact/limits.hpp"
#include "base/stream.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace assay {

/// Gives the same bytes again from their front, for a second reading.
using OpenAgain = std::function<std::unique_ptr<Source>()>;

/// Bytes to inspect: a file's, or those of a member of a zip.
struct Content {
    OpenAgain open;                  ///< front to back
    RandomSource* random = nullptr;  ///< at any place; null where that needs a decompressor
    std::uint64_t size = 0;          ///< bytes
};
/// `file` outlives the Content.
[[nodiscard]] Content content_of(RandomSource& file);

/// What inspecting an artifact may still cost, all that lies within it included.
struct Allowance {
    explicit Allowance(const InspectLimits& limits_) : limits(limits_), unpacked(limits_.max_unpacked), members(limits_.max_members) {}
    InspectLimits limits;
    std::size_t nesting = 0;  ///< how many artifacts this one is within
    std::uint64_t unpacked;   ///< bytes that may still be decompressed
    std::size_t members;      ///< of zips, that may still be read
};

/// Finds out what the bytes are and fills in what they say; `inspection` has their name and size. A reader that meets members calls it
/// again for each. Fails only when the source does.
[[nodiscard]] Result<void> inspect_content(const Content& content, Inspection& inspection, Allowance& allowance);

/// All bytes, or nothing when there are more than `max_bytes` (oddity `limit-size`) or they cannot be unpacked (an oddity too).
[[nodiscard]] Result<std::optional<std::string>> read_whole(const Content& content, std::size_t max_bytes, Inspection& inspection);

/// Adds an oddity; `detail` and `name` may hold a stranger's bytes.
void note(Inspection& inspection, std::string code, std::uint64_t offset, std::string_view detail, std::string_view name = {},
          std::string path = {});

/// Bytes of a name that is shown.
inline constexpr std::size_t max_shown_name = 300;
/// Entries of a list that an inspection holds: arrays, names, rows.
inline constexpr std::size_t max_listed_facts = 1000;

}  // namespace assay
