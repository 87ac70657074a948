#pragma once

#include "artifact/pipeline/fitted.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>
#include <string_view>

namespace assay::pipeline {

/// One field of the nodes of a tree, by its name: releases have had other fields, in other places and widths. A field of another kind than
/// is asked for is not there.
class NodeField {
public:
    enum class Kind : std::uint8_t { integer, real };

    /// `nodes` outlives it.
    NodeField(const FittedArray& nodes, std::string_view name, Kind kind) : nodes_(&nodes) {
        if (nodes.fields_asked != nullptr) nodes.fields_asked->emplace(name);
        const auto found = std::ranges::find(nodes.dtype.fields, name, &DType::Field::name);
        const auto type = found == nodes.dtype.fields.end() ? std::nullopt : parse_dtype(found->type);
        if (!type || type->byte_order == '>') return;
        const bool whole = type->kind == 'i' || type->kind == 'u' || type->kind == 'b';
        if (kind == Kind::integer ? !whole || type->itemsize > 8 : type->kind != 'f' || type->itemsize != 8) return;
        if (found->offset + type->itemsize > nodes.dtype.itemsize) return;
        is_signed_ = type->kind == 'i';
        const bool loads = type->itemsize == 1 || type->itemsize == 2 || type->itemsize == 4 || type->itemsize == 8;
        if (!loads || nodes.bytes.size() / std::max<std::uint64_t>(nodes.dtype.itemsize, 1) < nodes.size()) return;
        width_ = static_cast<std::size_t>(type->itemsize);
        stride_ = static_cast<std::size_t>(nodes.dtype.itemsize);
        offset_ = static_cast<std::size_t>(found->offset);
    }
    [[nodiscard]] bool there() const { return width_ != 0; }
    /// 0 where the field is not there; what 64 bits do not hold is -1.
    [[nodiscard]] std::int64_t integer(std::size_t node) const {
        if (!there()) return 0;
        const std::uint64_t bits = bits_of(node);
        const std::size_t shift = 64 - 8 * width_;
        if (is_signed_) return std::bit_cast<std::int64_t>(bits << shift) >> shift;
        return bits > static_cast<std::uint64_t>(INT64_MAX) ? -1 : static_cast<std::int64_t>(bits);
    }
    [[nodiscard]] double real(std::size_t node) const { return there() ? std::bit_cast<double>(bits_of(node)) : 0; }

private:
    /// Millions are read of a forest: each in one load.
    [[nodiscard]] std::uint64_t bits_of(std::size_t node) const {
        static_assert(std::endian::native == std::endian::little);
        const char* const at = nodes_->bytes.data() + node * stride_ + offset_;
        switch (width_) {
            case 1: return static_cast<unsigned char>(*at);
            case 2: return load<std::uint16_t>(at);
            case 4: return load<std::uint32_t>(at);
            default: return load<std::uint64_t>(at);
        }
    }
    template <class Number>
    static Number load(const char* at) {
        Number number;
        std::memcpy(&number, at, sizeof number);
        return number;
    }

    const FittedArray* nodes_;
    std::size_t offset_ = 0;
    std::size_t stride_ = 0;
    std::size_t width_ = 0;
    bool is_signed_ = false;
};

}  // namespace assay::pipeline
