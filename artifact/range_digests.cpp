#include "artifact/range_digests.hpp"

#include "artifact/joblib/container.hpp"
#include "base/crypto.hpp"

#include <algorithm>
#include <memory>
#include <numeric>

namespace assay {

namespace {

constexpr std::size_t buffer_bytes = 65'536;

/// Absent when the source ends before the range does.
Result<std::optional<Digest>> digest_next(Source& source, std::uint64_t length) {
    Sha256 hash;
    std::vector<std::byte> buffer(buffer_bytes);
    while (length > 0) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(length, buffer.size()));
        TRY_ASSIGN(const std::size_t count, source.read(std::span(buffer).first(wanted)));
        if (count == 0) return std::nullopt;
        hash.update(std::span(buffer).first(count));
        length -= count;
    }
    return hash.finish();
}

}  // namespace

Result<std::vector<std::optional<Digest>>> digest_ranges(RandomSource& file, const std::vector<ArtifactRange>& ranges,
                                                         const InspectLimits& limits) {
    std::vector<std::optional<Digest>> digests(ranges.size());
    std::vector<std::size_t> order(ranges.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return ranges[a].offset < ranges[b].offset; });

    TRY_ASSIGN(const auto head, file.read_at(0, 16));
    const auto codec = sniff_codec({reinterpret_cast<const char*>(head.data()), head.size()});
    RangeSource packed(file);
    const std::unique_ptr<Source> unpacked = codec ? unpack(*codec, packed, file.size(), limits) : nullptr;
    Source& source = unpacked ? *unpacked : packed;
    std::uint64_t at = 0;
    for (const std::size_t i : order) {
        const ArtifactRange& range = ranges[i];
        if (range.offset < at) continue;
        const auto skipped = source.skip(range.offset - at);
        if (!skipped && skipped.error().kind == ErrorKind::invalid) return digests;  // no stream of its codec
        if (!skipped) return fail(skipped.error());
        if (*skipped < range.offset - at) return digests;
        auto digest = digest_next(source, range.length);
        if (!digest && digest.error().kind == ErrorKind::invalid) return digests;
        if (!digest) return fail(std::move(digest).error());
        if (!*digest) return digests;
        digests[i] = *digest;
        at = range.offset + range.length;
    }
    return digests;
}

}  // namespace assay
