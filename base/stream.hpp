#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace assay {

/// Bytes to be read once, front to back. Not for concurrent use.
class Source {
public:
    virtual ~Source() = default;
    /// Fills the front of `buffer` and returns how many bytes it wrote; 0 only at the end (or for an empty
    /// buffer). Fewer than asked for does not mean the end.
    [[nodiscard]] virtual Result<std::size_t> read(std::span<std::byte> buffer) = 0;
};

/// A Source over memory that outlives it.
class MemorySource final : public Source {
public:
    explicit MemorySource(std::string_view bytes) : rest_(bytes) {}
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> buffer) override;

private:
    std::string_view rest_;
};

/// Reads to the end; `too_large` when there is more than `max_bytes`.
[[nodiscard]] Result<std::string> read_all(Source& source, std::size_t max_bytes);

}  // namespace assay
