#include "base/stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace assay {

Result<std::size_t> MemorySource::read(std::span<std::byte> buffer) {
    const std::size_t count = std::min(buffer.size(), rest_.size());
    if (count == 0) return 0;  // memcpy may not be given the null of an empty buffer
    std::memcpy(buffer.data(), rest_.data(), count);
    rest_.remove_prefix(count);
    return count;
}

Result<std::string> read_all(Source& source, std::size_t max_bytes) {
    std::string text;
    std::array<std::byte, 16384> buffer;
    for (;;) {
        TRY_ASSIGN(const std::size_t count, source.read(buffer));
        if (count == 0) return text;
        if (text.size() + count > max_bytes) {
            return fail(ErrorKind::too_large, "too-large", fmt::format("there are more than {} bytes", max_bytes));
        }
        text.append(reinterpret_cast<const char*>(buffer.data()), count);
    }
}

}  // namespace assay
