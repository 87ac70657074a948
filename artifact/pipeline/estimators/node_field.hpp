#pragma once

#include "artifact/byte_cursor.hpp"
#include "artifact/pipeline/fitted.hpp"

#include <algorithm>
#include <bit>
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
        width_ = static_cast<std::size_t>(type->itemsize);
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
    [[nodiscard]] std::uint64_t bits_of(std::size_t node) const {
        return little_endian(nodes_->bytes.substr(node * static_cast<std::size_t>(nodes_->dtype.itemsize) + offset_, width_));
    }

    const FittedArray* nodes_;
    std::size_t offset_ = 0;
    std::size_t width_ = 0;
    bool is_signed_ = false;
};

}  // namespace assay::pipeline
