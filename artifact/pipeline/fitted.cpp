#include "artifact/pipeline/fitted.hpp"

#include "artifact/byte_cursor.hpp"

#include <bit>
#include <cmath>
#include <cstring>

namespace assay::pipeline {

std::uint64_t FittedArray::size() const {
    std::uint64_t count = 1;
    for (const std::uint64_t extent : shape) count *= extent;  // a source gives only shapes whose elements are there
    return count;
}

std::vector<Fitted> Fitted::items() const {
    std::vector<Fitted> found;
    for (const FittedId id : source_->items(id_)) found.push_back(at(id));
    return found;
}

std::vector<std::pair<Fitted, Fitted>> Fitted::entries() const {
    std::vector<std::pair<Fitted, Fitted>> found;
    for (const auto& [key, value] : source_->entries(id_)) found.emplace_back(at(key), at(value));
    return found;
}

std::optional<std::string_view> Fitted::as_text() const { return is(FittedKind::text) ? std::optional(text()) : std::nullopt; }

std::optional<double> Fitted::as_number() const {
    switch (kind()) {
        case FittedKind::boolean: return boolean() ? 1.0 : 0.0;
        case FittedKind::integer: return static_cast<double>(integer());
        case FittedKind::real: return real();
        default: return std::nullopt;
    }
}

std::optional<std::int64_t> Fitted::as_integer() const {
    if (is(FittedKind::integer)) return integer();
    if (is(FittedKind::boolean)) return boolean() ? 1 : 0;
    return std::nullopt;
}

std::string Fitted::class_name() const { return is(FittedKind::object) ? object().cls : std::string(); }

std::optional<Fitted> Fitted::find(std::string_view key) const {
    if (!is(FittedKind::dict)) return std::nullopt;
    for (const auto& [name, value] : entries()) {
        if (name.as_text() == key) return value;
    }
    return std::nullopt;
}

std::optional<double> scalar_of(const Fitted& value) {
    if (const auto number = value.as_number()) return number;
    if (!value.is(FittedKind::array) || !value.array().shape.empty()) return std::nullopt;
    const auto numbers = numbers_of(value.array());
    return numbers ? std::optional(numbers->front()) : std::nullopt;
}

std::vector<std::size_t> c_order(const FittedArray& array) {
    const auto size = static_cast<std::size_t>(array.size());
    std::vector<std::size_t> order(size);
    if (!array.fortran || array.shape.size() < 2) {
        for (std::size_t i = 0; i < size; ++i) order[i] = i;
        return order;
    }
    // Walks the elements as C does, keeping where the same index is when the first one runs fastest.
    std::vector<std::size_t> stride(array.shape.size());
    std::size_t step = 1;
    for (std::size_t axis = 0; axis < array.shape.size(); ++axis) {
        stride[axis] = step;
        step *= static_cast<std::size_t>(array.shape[axis]);
    }
    std::vector<std::size_t> index(array.shape.size(), 0);
    std::size_t at = 0;
    for (std::size_t i = 0; i < size; ++i) {
        order[i] = at;
        for (std::size_t axis = array.shape.size(); axis-- > 0;) {
            at += stride[axis];
            if (++index[axis] < array.shape[axis]) break;
            at -= stride[axis] * index[axis];
            index[axis] = 0;
        }
    }
    return order;
}

std::optional<std::vector<double>> numbers_of(const FittedArray& array) {
    const std::uint64_t width = array.dtype.itemsize;
    const char kind = array.dtype.kind;
    if (!array.dtype.fields.empty() || (kind != 'f' && kind != 'i' && kind != 'u' && kind != 'b') || width > 8) return std::nullopt;
    const auto size = static_cast<std::size_t>(array.size());
    std::vector<double> found(size);
    if (kind == 'f' && width == 8 && array.dtype.byte_order == '<' && !array.fortran) {
        if (size != 0) std::memcpy(found.data(), array.bytes.data(), size * 8);
        return found;
    }
    if (kind == 'i' || kind == 'u') {
        const auto integers = integers_of(array);
        if (!integers) return std::nullopt;
        for (std::size_t i = 0; i < size; ++i) {
            constexpr std::int64_t exact = std::int64_t{1} << 53;
            if ((*integers)[i] > exact || (*integers)[i] < -exact) return std::nullopt;
            found[i] = static_cast<double>((*integers)[i]);
        }
        return found;
    }
    const std::vector<std::size_t> order = c_order(array);
    for (std::size_t i = 0; i < size; ++i) {
        const auto number = read_number(array.dtype, array.bytes.substr(order[i] * static_cast<std::size_t>(width)));
        if (!number) return std::nullopt;
        found[i] = *number;
    }
    return found;
}

std::optional<std::vector<std::int64_t>> integers_of(const FittedArray& array) {
    const auto width = static_cast<std::size_t>(array.dtype.itemsize);
    const char kind = array.dtype.kind;
    if (!array.dtype.fields.empty() || (kind != 'i' && kind != 'u' && kind != 'b') || width > 8) return std::nullopt;
    const std::vector<std::size_t> order = c_order(array);
    std::vector<std::int64_t> found(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        std::string element(array.bytes.substr(order[i] * width, width));
        if (array.dtype.byte_order == '>') element.assign(element.rbegin(), element.rend());
        const std::uint64_t bits = little_endian(element);
        if (kind == 'u' && bits > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
        const std::size_t shift = 64 - 8 * width;
        found[i] = kind == 'i'   ? std::bit_cast<std::int64_t>(bits << shift) >> shift
                   : kind == 'b' ? (bits != 0 ? 1 : 0)
                                 : static_cast<std::int64_t>(bits);
    }
    return found;
}

}  // namespace assay::pipeline
