#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// A zip in memory of members that are not compressed, as skops and numpy.savez write them. Times are 1980-01-01, so that the same members
/// give the same bytes. Source of the format: PKWARE's APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16.
class ZipWriter {
public:
    /// The largest zip: without the 64-bit extensions no size or offset is larger, and no zip has more members.
    static constexpr std::uint64_t max_bytes = 0xffff'ffff - (1U << 20U);
    static constexpr std::size_t max_members = 0xffff - 1;

    /// False, and nothing is added, when the zip would be too large. REQUIRES that `name` is ASCII and was not added before.
    [[nodiscard]] bool add(const std::string& name, std::string_view content);
    /// The whole zip; nothing may be added afterwards.
    [[nodiscard]] std::string finish() &&;

private:
    struct Member {
        std::string name;
        std::uint32_t crc = 0;
        std::uint32_t size = 0;
        std::uint32_t offset = 0;
    };

    std::string bytes_;
    std::vector<Member> members_;
};

}  // namespace assay
