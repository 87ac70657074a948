#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
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
    /// Passes over up to `count` bytes and returns how many; fewer only at the end. Reads and drops them where the source knows no
    /// shorter way.
    [[nodiscard]] virtual Result<std::uint64_t> skip(std::uint64_t count);
};

/// Bytes that can be read at any place. Not for concurrent use.
class RandomSource {
public:
    virtual ~RandomSource() = default;
    [[nodiscard]] virtual std::uint64_t size() const = 0;
    /// At least one and at most `max_bytes` bytes at `offset`, valid until the next call; empty at or after the end.
    [[nodiscard]] virtual Result<std::span<const std::byte>> read_at(std::uint64_t offset, std::size_t max_bytes) = 0;
};

/// A part of a RandomSource as a Source that passes over bytes without reading them. `whole` outlives it.
class RangeSource final : public Source {
public:
    explicit RangeSource(RandomSource& whole) : RangeSource(whole, 0, whole.size()) {}
    /// What lies beyond the end of `whole` is not there.
    RangeSource(RandomSource& whole, std::uint64_t offset, std::uint64_t length);
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> buffer) override;
    [[nodiscard]] Result<std::uint64_t> skip(std::uint64_t count) override;

private:
    RandomSource& whole_;
    std::uint64_t at_;
    std::uint64_t end_;
};

/// A RandomSource over memory that outlives it.
class MemoryBytes final : public RandomSource {
public:
    explicit MemoryBytes(std::string_view bytes) : bytes_(bytes) {}
    [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
    [[nodiscard]] Result<std::span<const std::byte>> read_at(std::uint64_t offset, std::size_t max_bytes) override;

private:
    std::string_view bytes_;
};

/// A RandomSource over a regular file, by way of a buffer: it holds 256 KiB, whatever the size of the file.
[[nodiscard]] Result<std::unique_ptr<RandomSource>> open_random_file(const std::string& path);

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
