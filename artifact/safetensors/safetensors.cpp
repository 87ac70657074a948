#include "artifact/safetensors/safetensors.hpp"

#include "artifact/byte_cursor.hpp"
#include "artifact/numpy/dtype.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace assay {

namespace {

constexpr std::uint64_t max_header = 100'000'000;  // as the library has it
constexpr std::size_t max_metadata = 200;          // entries shown

struct ElementType {
    std::string_view name;
    std::string_view dtype;  ///< as NumPy says it; where NumPy has none, the name itself
    std::uint64_t bits;
};

constexpr auto element_types = std::to_array<ElementType>({
    {"BOOL", "|b1", 8},        {"U8", "|u1", 8},   {"I8", "|i1", 8},          {"F8_E5M2", "F8_E5M2", 8}, {"F8_E4M3", "F8_E4M3", 8},
    {"F8_E8M0", "F8_E8M0", 8}, {"F4", "F4", 4},    {"F6_E2M3", "F6_E2M3", 6}, {"F6_E3M2", "F6_E3M2", 6}, {"I16", "<i2", 16},
    {"U16", "<u2", 16},        {"F16", "<f2", 16}, {"BF16", "BF16", 16},      {"I32", "<i4", 32},        {"U32", "<u4", 32},
    {"F32", "<f4", 32},        {"F64", "<f8", 64}, {"I64", "<i8", 64},        {"U64", "<u8", 64},        {"C64", "<c8", 64},
});

/// A number of a shape or an offset.
std::optional<std::uint64_t> natural(const Json& json) {
    return json.is_number_unsigned() ? std::optional(json.get<std::uint64_t>()) : std::nullopt;
}

/// One tensor of the header, without its name; absent when it is not {dtype, shape, data_offsets} or these contradict each other.
std::optional<ArrayFact> read_tensor(const Json& json, std::uint64_t data_begin) {
    if (!json.is_object() || json.size() != 3 || !json.contains("dtype") || !json.contains("shape") || !json.contains("data_offsets"))
        return std::nullopt;
    const Json& offsets = json["data_offsets"];
    const Json& shape = json["shape"];
    if (!json["dtype"].is_string() || !shape.is_array() || shape.size() > 64 || !offsets.is_array() || offsets.size() != 2)
        return std::nullopt;
    const auto name = json["dtype"].get<std::string>();
    const auto* const type =
        std::find_if(element_types.begin(), element_types.end(), [&](const ElementType& entry) { return entry.name == name; });
    const auto begin = natural(offsets[0]);
    const auto end = natural(offsets[1]);
    if (type == element_types.end() || !begin || !end || *begin > *end) return std::nullopt;
    ArrayFact fact{{}, std::string(type->dtype), {}, false, data_begin + *begin, *end - *begin};
    for (const Json& extent : shape) {
        const auto value = natural(extent);
        if (!value) return std::nullopt;
        fact.shape.push_back(*value);
    }
    const auto bits = array_bytes(fact.shape, type->bits);
    if (!bits || *bits % 8 != 0 || *bits / 8 != fact.length) return std::nullopt;
    return fact;
}

void put_metadata(const Json& metadata, Inspection& inspection) {
    Json shown = Json::object();
    for (const auto& [key, value] : metadata.items()) {
        if (shown.size() == max_metadata) break;
        if (value.is_string()) shown[printable(key, max_shown_name)] = printable(value.get<std::string>(), 500);
    }
    inspection.details["metadata"] = std::move(shown);
}

/// Without holes and overlaps, to the end of the file: so no byte is left that another program could take for something.
void check_layout(std::vector<ArrayFact> tensors, std::uint64_t begin, std::uint64_t end, Inspection& inspection) {
    std::stable_sort(tensors.begin(), tensors.end(),
                     [](const ArrayFact& a, const ArrayFact& b) { return std::pair(a.offset, a.length) < std::pair(b.offset, b.length); });
    std::uint64_t expected = begin;
    for (const ArrayFact& tensor : tensors) {
        if (tensor.offset != expected)
            return note(inspection, "safetensors-layout", tensor.offset, "a tensor does not begin where the one before it ends", {},
                        tensor.path);
        expected = tensor.offset + tensor.length;
    }
    if (expected > end) return note(inspection, "truncated", end, "the file ends within its tensors");
    if (expected < end) note(inspection, "trailing-bytes", expected, "bytes follow the last tensor");
}

}  // namespace

bool begins_like_safetensors(std::string_view first_bytes, std::uint64_t size) {
    if (first_bytes.size() < 9 || first_bytes[8] != '{') return false;
    const std::uint64_t length = little_endian(first_bytes.substr(0, 8));
    return length >= 2 && length <= std::min(max_header, size - 8);
}

Result<void> inspect_safetensors(const Content& content, Inspection& inspection, const InspectLimits& limits) {
    inspection.format = "safetensors";
    const std::unique_ptr<Source> source = content.open();
    ByteCursor cursor(*source);
    const std::uint64_t length = cursor.u64();
    if (length > max_header || length > limits.max_buffered) {
        note(inspection, "limit-header", 0, fmt::format("a header of {} bytes is larger than any real file's", length));
        return {};
    }
    std::string text;
    while (text.size() < length && cursor.ok()) text += cursor.some(length - text.size());
    if (cursor.source_error() && cursor.source_error()->kind != ErrorKind::invalid) return fail(*cursor.source_error());
    if (text.size() < length) {
        note(inspection, "truncated", cursor.offset(), "the file ends within its header");
        return {};
    }
    const auto header = parse_json(text, {.max_bytes = limits.max_buffered, .max_depth = 8});
    if (!header || !header->is_object()) {
        note(inspection, "safetensors-header", 8, header ? "the header is no JSON object" : header.error().because);
        return {};
    }
    inspection.details = Json::object();
    const std::uint64_t begin = 8 + length;
    std::vector<ArrayFact> tensors;
    for (const auto& [name, value] : header->items()) {
        if (name == "__metadata__") {
            put_metadata(value, inspection);
            continue;
        }
        auto tensor = read_tensor(value, begin);
        if (!tensor) {
            note(inspection, "safetensors-header", 8, "a tensor's dtype, shape and offsets contradict each other", name);
            return {};
        }
        tensor->path = printable(name, max_shown_name);
        inspection.array_total += tensor->length;
        tensors.push_back(*std::move(tensor));
    }
    inspection.array_count = tensors.size();
    check_layout(tensors, begin, content.size, inspection);
    inspection.arrays.assign(tensors.begin(), tensors.begin() + static_cast<std::ptrdiff_t>(std::min(tensors.size(), max_listed_facts)));
    inspection.complete = inspection.oddities.empty();
    return {};
}

}  // namespace assay
