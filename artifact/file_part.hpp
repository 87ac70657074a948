#pragma once

#include "base/stream.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace assay {

/// A part of a file as a file of its own. `whole` outlives it, and holds all of the part.
class FilePart final : public RandomSource {
public:
    FilePart(RandomSource& whole, std::uint64_t offset, std::uint64_t size) : whole_(whole), offset_(offset), size_(size) {}
    [[nodiscard]] std::uint64_t size() const override { return size_; }
    [[nodiscard]] Result<std::span<const std::byte>> read_at(std::uint64_t offset, std::size_t max_bytes) override {
        if (offset >= size_) return std::span<const std::byte>();
        return whole_.read_at(offset_ + offset, static_cast<std::size_t>(std::min<std::uint64_t>(max_bytes, size_ - offset)));
    }

private:
    RandomSource& whole_;
    std::uint64_t offset_;
    std::uint64_t size_;
};

}  // namespace assay
