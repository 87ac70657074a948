#pragma once

#include "artifact/byte_cursor.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace assay {

/// A field of a protobuf message as it stands in the file.
struct WireField {
    enum class Type { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };
    std::uint32_t number = 0;
    Type type = Type::varint;
    std::uint64_t value = 0;  ///< of a varint or a fixed number
    std::uint64_t end = 0;    ///< of `bytes`: the offset behind them
};

/// Reads protobuf's wire format front to back without holding anything: strings, packed numbers and messages within messages are all
/// `bytes`, which the caller reads or skips before it asks for the next field. Source: protobuf.dev, "Encoding".
class WireReader {
public:
    explicit WireReader(ByteCursor& cursor) : cursor_(cursor) {}

    /// The next field of the message that ends at `end`; absent there, and after a fault.
    [[nodiscard]] std::optional<WireField> next(std::uint64_t end);
    /// The field's bytes, of which the first `max` are kept.
    [[nodiscard]] std::string text(const WireField& field, std::size_t max);
    void skip(const WireField& field);
    /// The next varint of a packed field, which ends at `end`; absent there.
    [[nodiscard]] std::optional<std::uint64_t> packed(std::uint64_t end);

    [[nodiscard]] bool ok() const { return fault_.empty() && cursor_.ok(); }
    [[nodiscard]] const std::string& fault() const { return fault_; }
    [[nodiscard]] std::uint64_t offset() const { return cursor_.offset(); }

private:
    [[nodiscard]] std::uint64_t varint();
    void wrong(std::string why);

    ByteCursor& cursor_;
    std::string fault_;
};

}  // namespace assay
