#pragma once

#include "artifact/pickle/opcode.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace assay::test {

/// Writes a pickle opcode by opcode, well formed or not: `Pickle().proto(4).global("posix", "system").text("id").tuple1().reduce().stop()`.
/// What it has written so far is its text().
class Pickle {
public:
    Pickle& raw(std::string_view bytes);
    Pickle& op(Opcode code);
    Pickle& proto(int protocol);
    /// FRAME with the length of `inner`, and that.
    Pickle& frame(const Pickle& inner);
    /// FRAME alone, whatever follows.
    Pickle& frame_header(std::uint64_t length);
    Pickle& stop() { return op(Opcode::stop); }

    Pickle& mark() { return op(Opcode::mark); }
    Pickle& pop() { return op(Opcode::pop); }
    Pickle& pop_mark() { return op(Opcode::pop_mark); }
    Pickle& dup() { return op(Opcode::dup); }

    Pickle& none() { return op(Opcode::none); }
    Pickle& boolean(bool value) { return op(value ? Opcode::new_true : Opcode::new_false); }
    Pickle& integer(std::int32_t value);  ///< BININT
    Pickle& long1(std::string_view digits);  ///< two's complement, little-endian
    Pickle& real(double value);  ///< BINFLOAT
    Pickle& text(std::string_view utf8);  ///< BINUNICODE
    Pickle& bytes(std::string_view bytes);  ///< BINBYTES
    Pickle& byte_array(std::string_view bytes);
    Pickle& python_2(std::string_view bytes);  ///< SHORT_BINSTRING

    Pickle& empty_tuple() { return op(Opcode::empty_tuple); }
    Pickle& tuple() { return op(Opcode::tuple); }
    Pickle& tuple1() { return op(Opcode::tuple1); }
    Pickle& tuple2() { return op(Opcode::tuple2); }
    Pickle& tuple3() { return op(Opcode::tuple3); }
    Pickle& empty_list() { return op(Opcode::empty_list); }
    Pickle& append() { return op(Opcode::append); }
    Pickle& appends() { return op(Opcode::appends); }
    Pickle& empty_dict() { return op(Opcode::empty_dict); }
    Pickle& set_item() { return op(Opcode::set_item); }
    Pickle& set_items() { return op(Opcode::set_items); }
    Pickle& empty_set() { return op(Opcode::empty_set); }
    Pickle& add_items() { return op(Opcode::add_items); }
    Pickle& frozen_set() { return op(Opcode::frozen_set); }

    Pickle& put(std::uint8_t index);  ///< BINPUT
    Pickle& get(std::uint8_t index);  ///< BINGET
    Pickle& memoize() { return op(Opcode::memoize); }

    Pickle& global(std::string_view module, std::string_view name);  ///< GLOBAL
    Pickle& stack_global() { return op(Opcode::stack_global); }
    Pickle& reduce() { return op(Opcode::reduce); }
    Pickle& new_object() { return op(Opcode::new_obj); }
    Pickle& new_object_ex() { return op(Opcode::new_obj_ex); }
    Pickle& build() { return op(Opcode::build); }

    // What libraries write in several opcodes.

    /// An object of a class without arguments: what BUILD then gives a state.
    Pickle& object(std::string_view module, std::string_view name) { return global(module, name).empty_tuple().new_object(); }
    /// A tuple of integers.
    Pickle& shape(std::initializer_list<int> extents);
    /// numpy.dtype('f8', False, True) and its state.
    Pickle& dtype(std::string_view code, std::string_view order = "<");
    /// numpy.core.multiarray._reconstruct with a state: an array within a plain pickle.
    Pickle& array(std::string_view code, std::initializer_list<int> extents, std::string_view data);
    /// joblib's wrapper of an array up to its BUILD.
    Pickle& wrapper(std::string_view code, std::initializer_list<int> extents, bool aligned = true, std::string_view order = "C");
    /// The wrapper, the padding that joblib would write here (this pickle is the whole file) and the array's bytes.
    Pickle& joblib_array(std::string_view code, std::initializer_list<int> extents, std::string_view data);

    [[nodiscard]] const std::string& str() const { return bytes_; }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }
    [[nodiscard]] operator std::string_view() const { return bytes_; }  // NOLINT(google-explicit-constructor): a builder of bytes is bytes

private:
    Pickle& number(std::uint64_t value, int width);

    std::string bytes_;
};

/// The eight bytes of a double, little-endian.
[[nodiscard]] std::string double_bytes(std::initializer_list<double> values);

}  // namespace assay::test
