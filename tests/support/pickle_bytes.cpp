#include "tests/support/pickle_bytes.hpp"

#include <bit>

namespace assay::test {

Pickle& Pickle::raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
}

Pickle& Pickle::op(Opcode code) {
    bytes_.push_back(static_cast<char>(code));
    return *this;
}

Pickle& Pickle::number(std::uint64_t value, int width) {
    for (int i = 0; i < width; ++i) bytes_.push_back(static_cast<char>(value >> (8 * i) & 0xffU));
    return *this;
}

Pickle& Pickle::proto(int protocol) { return op(Opcode::proto).number(static_cast<std::uint64_t>(protocol), 1); }
Pickle& Pickle::frame(const Pickle& inner) { return frame_header(inner.size()).raw(inner); }
Pickle& Pickle::frame_header(std::uint64_t length) { return op(Opcode::frame).number(length, 8); }
Pickle& Pickle::integer(std::int32_t value) { return op(Opcode::bin_int).number(static_cast<std::uint32_t>(value), 4); }
Pickle& Pickle::long1(std::string_view digits) { return op(Opcode::long1).number(digits.size(), 1).raw(digits); }
Pickle& Pickle::text(std::string_view utf8) { return op(Opcode::bin_unicode).number(utf8.size(), 4).raw(utf8); }
Pickle& Pickle::bytes(std::string_view bytes) { return op(Opcode::bin_bytes).number(bytes.size(), 4).raw(bytes); }
Pickle& Pickle::byte_array(std::string_view bytes) { return op(Opcode::byte_array8).number(bytes.size(), 8).raw(bytes); }
Pickle& Pickle::python_2(std::string_view bytes) { return op(Opcode::short_bin_string).number(bytes.size(), 1).raw(bytes); }
Pickle& Pickle::put(std::uint8_t index) { return op(Opcode::bin_put).number(index, 1); }
Pickle& Pickle::get(std::uint8_t index) { return op(Opcode::bin_get).number(index, 1); }

Pickle& Pickle::real(double value) {
    op(Opcode::bin_float);
    const auto bits = std::bit_cast<std::uint64_t>(value);
    for (int i = 7; i >= 0; --i) number(bits >> (8 * i) & 0xffU, 1);  // big-endian, as the only one
    return *this;
}

Pickle& Pickle::global(std::string_view module, std::string_view name) {
    return op(Opcode::global).raw(module).raw("\n").raw(name).raw("\n");
}

Pickle& Pickle::shape(std::initializer_list<int> extents) {
    mark();
    for (const int extent : extents) integer(extent);
    return tuple();
}

Pickle& Pickle::dtype(std::string_view code, std::string_view order) {
    global("numpy", "dtype").text(code).boolean(false).boolean(true).tuple3().reduce();
    mark().integer(3).text(order).none().none().none().integer(-1).integer(-1).integer(code.starts_with('O') ? 63 : 0).tuple();
    return build();
}

Pickle& Pickle::array(std::string_view code, std::initializer_list<int> extents, std::string_view data) {
    global("numpy.core.multiarray", "_reconstruct").global("numpy", "ndarray").shape({0}).bytes("b").tuple3().reduce();
    return mark().integer(1).shape(extents).dtype(code).boolean(false).bytes(data).tuple().build();
}

Pickle& Pickle::wrapper(std::string_view code, std::initializer_list<int> extents, bool aligned, std::string_view order) {
    object("joblib.numpy_pickle", "NumpyArrayWrapper").empty_dict().mark();
    text("subclass").global("numpy", "ndarray").text("shape").shape(extents).text("order").text(order).text("dtype").dtype(code);
    text("allow_mmap").boolean(true);
    if (aligned) text("numpy_array_alignment_bytes").integer(16);
    return set_items().build();
}

Pickle& Pickle::joblib_array(std::string_view code, std::initializer_list<int> extents, std::string_view data) {
    wrapper(code, extents);
    const std::size_t padding = 16 - (size() + 1) % 16;
    number(padding, 1);
    bytes_.append(padding, '\xff');
    return raw(data);
}

std::string double_bytes(std::initializer_list<double> values) {
    std::string bytes;
    for (const double value : values) {
        const auto bits = std::bit_cast<std::uint64_t>(value);
        for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<char>(bits >> (8 * i) & 0xffU));
    }
    return bytes;
}

}  // namespace assay::test
