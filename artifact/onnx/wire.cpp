#include "artifact/onnx/wire.hpp"

#include <algorithm>
#include <utility>

namespace assay {

void WireReader::wrong(std::string why) {
    if (fault_.empty()) fault_ = std::move(why);
}

std::uint64_t WireReader::varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const std::uint8_t byte = cursor_.u8();
        value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
        if ((byte & 0x80U) == 0) return value;
    }
    wrong("a number is longer than 64 bits");
    return 0;
}

std::optional<WireField> WireReader::next(std::uint64_t end) {
    if (!ok() || cursor_.offset() >= end) {
        if (ok() && cursor_.offset() > end) wrong("a field reaches beyond its message");
        return std::nullopt;
    }
    const std::uint64_t tag = varint();
    WireField field;
    if (tag >> 3U == 0 || tag >> 3U > 0x1fffffffU) wrong("a field has no number");
    field.number = static_cast<std::uint32_t>(tag >> 3U);
    field.type = static_cast<WireField::Type>(tag & 7U);
    switch (tag & 7U) {
        case 0: field.value = varint(); break;
        case 1: field.value = cursor_.u64(); break;
        case 5: field.value = cursor_.u32(); break;
        case 2: {
            const std::uint64_t length = varint();
            if (!ok()) break;
            if (length > end - std::min(end, cursor_.offset())) {
                wrong("a field is longer than what it is in");
                break;
            }
            field.end = cursor_.offset() + length;
            break;
        }
        default: wrong("a field is of a kind that is none"); break;
    }
    if (!ok()) return std::nullopt;
    return field;
}

std::string WireReader::text(const WireField& field, std::size_t max) {
    std::string kept;
    if (field.type != WireField::Type::bytes) return kept;
    while (ok() && kept.size() < max && cursor_.offset() < field.end)
        kept += cursor_.some(std::min<std::uint64_t>(max - kept.size(), field.end - cursor_.offset()));
    skip(field);
    return kept;
}

void WireReader::skip(const WireField& field) {
    if (field.type == WireField::Type::bytes && ok() && cursor_.offset() < field.end) cursor_.skip(field.end - cursor_.offset());
}

std::optional<std::uint64_t> WireReader::packed(std::uint64_t end) {
    if (!ok() || cursor_.offset() >= end) return std::nullopt;
    const std::uint64_t value = varint();
    if (cursor_.offset() > end) wrong("a packed number reaches beyond its field");
    return ok() ? std::optional(value) : std::nullopt;
}

}  // namespace assay
