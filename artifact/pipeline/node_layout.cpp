#include "artifact/pipeline/node_layout.hpp"

#include "artifact/pipeline/estimators/node_field.hpp"

#include <algorithm>
#include <tuple>

namespace assay::pipeline {

namespace {

struct PackedField {
    std::string_view name;
    std::string type;
    std::size_t width = 0;
    std::optional<NodeField> integers;  ///< absent: copied as it is
    std::size_t offset = 0;             ///< in the array that is given, of what is copied
};

/// The narrowest signed integer for all values; or an unsigned byte, as flags are.
std::pair<std::string, std::size_t> narrowest(const NodeField& field, std::size_t count) {
    std::int64_t least = 0;
    std::int64_t most = 0;
    for (std::size_t i = 0; i < count; ++i) {
        least = std::min(least, field.integer(i));
        most = std::max(most, field.integer(i));
    }
    const auto fits = [&](int bits) { return least >= -(std::int64_t{1} << (bits - 1)) && most < (std::int64_t{1} << (bits - 1)); };
    if (least >= 0 && most < 256) return {"|u1", 1};
    if (fits(8)) return {"|i1", 1};
    if (fits(16)) return {"<i2", 2};
    if (fits(32)) return {"<i4", 4};
    return {"<i8", 8};
}

}  // namespace

std::optional<PackedNodes> pack_nodes(const FittedArray& array, const std::set<std::string, std::less<>>& asked) {
    if (array.dtype.fields.empty() || array.shape.size() != 1) return std::nullopt;
    const auto count = static_cast<std::size_t>(array.size());
    std::vector<PackedField> fields;
    PackedNodes packed;
    std::size_t width = 0;
    for (const DType::Field& field : array.dtype.fields) {
        if (!asked.empty() && !asked.contains(field.name)) continue;
        const auto type = parse_dtype(field.type);
        if (!type || type->byte_order == '>' || field.offset + type->itemsize > array.dtype.itemsize) return std::nullopt;
        PackedField made{.name = field.name,
                         .type = field.type,
                         .width = static_cast<std::size_t>(type->itemsize),
                         .integers = {},
                         .offset = static_cast<std::size_t>(field.offset)};
        // An unsigned integer of 64 bits may be one that NodeField has no number for.
        if (const NodeField integers(array, field.name, NodeField::Kind::integer);
            integers.there() && (type->kind != 'u' || made.width < 8)) {
            std::tie(made.type, made.width) = narrowest(integers, count);
            made.integers = integers;
        }
        packed.dtype.fields.push_back({std::string(field.name), made.type, width});
        width += made.width;
        fields.push_back(std::move(made));
    }
    packed.dtype.itemsize = width;
    packed.bytes.reserve(count * width);
    const auto from = static_cast<std::size_t>(array.dtype.itemsize);
    for (std::size_t i = 0; i < count; ++i) {
        for (const PackedField& field : fields) {
            if (!field.integers) {
                packed.bytes.append(array.bytes.substr(i * from + field.offset, field.width));
                continue;
            }
            const auto bits = static_cast<std::uint64_t>(field.integers->integer(i));
            for (std::size_t byte = 0; byte < field.width; ++byte) packed.bytes += static_cast<char>(bits >> (8 * byte));
        }
    }
    return packed;
}

}  // namespace assay::pipeline
