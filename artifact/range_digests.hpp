#pragma once

#include "artifact/limits.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"
#include "base/stream.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace assay {

/// Bytes of an artifact as an Inspection places them: where it is compressed, in what it unpacks to.
struct ArtifactRange {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// The SHA-256 of each range, in the order given; absent where the file ends before it does or cannot be unpacked so far. Reads the file
/// once, front to back, and no further than the last range; memory is that of a decoder. Ranges that overlap are digested as far as they
/// do not: the later of two is absent. Fails only when the source does.
[[nodiscard]] Result<std::vector<std::optional<Digest>>> digest_ranges(RandomSource& file, const std::vector<ArtifactRange>& ranges,
                                                                       const InspectLimits& limits = {});

}  // namespace assay
