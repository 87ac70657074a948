#include "artifact/numpy/dtype.hpp"

#include "tests/support/artifacts.hpp"
#include "tests/support/pickle_bytes.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

namespace assay::test {

namespace {

using namespace std::string_view_literals;

std::string parsed(std::string_view text) {
    const auto dtype = parse_dtype(text);
    return dtype ? dtype->str() + " " + dtype->name() : "none";
}

std::string read(const Pickle& pickle) {
    const ReadPickle pickled(Pickle(pickle).stop());
    REQUIRE(pickled.fault() == "");
    const auto dtype = read_dtype(pickled.graph, pickled.root());
    return dtype ? dtype->str() + (dtype->has_objects ? " objects" : "") : "none";
}

/// numpy.dtype(code, False, True) with a state of eight parts.
Pickle with_state(std::string_view code, std::string_view order, const Pickle& subtype, const Pickle& names, const Pickle& fields,
                  int itemsize, int flags) {
    Pickle pickle = Pickle().global("numpy", "dtype").text(code).boolean(false).boolean(true).tuple3().reduce();
    pickle.mark().integer(3).text(order).raw(subtype).raw(names).raw(fields).integer(itemsize).integer(1).integer(flags).tuple();
    return pickle.build();
}

Pickle nothing() { return Pickle().none(); }

}  // namespace

TEST_CASE("dtypes are named as NumPy and as people name them") {
    CHECK(parsed("f8") == "<f8 float64");
    CHECK(parsed("<f8") == "<f8 float64");
    CHECK(parsed(">f4") == ">f4 float32");
    CHECK(parsed("=i8") == "<i8 int64");
    CHECK(parsed("|u1") == "|u1 uint8");
    CHECK(parsed("?") == "|b1 bool");
    CHECK(parsed("b1") == "|b1 bool");
    CHECK(parsed("O") == "|O object");
    CHECK(parsed("O8") == "|O object");
    CHECK(parsed("U3") == "<U3 str3");
    CHECK(parsed("S5") == "|S5 bytes5");
    CHECK(parsed("V64") == "|V64 void64");
    CHECK(parsed("c16") == "<c16 complex128");
    CHECK(parsed("M8[ns]") == "<M8[ns] datetime64[ns]");
    CHECK(parsed("m8") == "<m8 timedelta64");
    for (const char* bad : {"", "<", "x8", "f", "f3", "i16", "u-1", "f8x", "b2", "M4", "M8[ns", "U99999999999", "V4294967296", "<<f8"}) {
        CAPTURE(bad);
        CHECK(parsed(bad) == "none");
    }
}

TEST_CASE("a pickled dtype is its code and its state") {
    CHECK(read(Pickle().dtype("f8")) == "<f8");
    CHECK(read(Pickle().dtype("f8", ">")) == ">f8");
    CHECK(read(Pickle().dtype("b1", "|")) == "|b1");
    CHECK(read(Pickle().dtype("O", "|")) == "|O objects");
    CHECK(read(with_state("U3", "<", nothing(), nothing(), nothing(), 12, 8)) == "<U3");
    CHECK(read(with_state("V0", "|", nothing(), nothing(), nothing(), 24, 0)) == "|V24");
    CHECK(read(Pickle().global("numpy", "dtype").text("f8").integer(0).integer(1).tuple3().reduce()) == "<f8");
    CHECK(read(Pickle().global("numpy", "dtype").python_2("f8").integer(0).integer(1).tuple3().reduce()) == "<f8");  // Python 2
}

TEST_CASE("the elements of a record array are of NumPy's class, those of another are no dtype") {
    const auto of = [](std::string_view module, std::string_view name) {
        return read(Pickle().global("numpy", "dtype").global(module, name).boolean(false).boolean(true).tuple3().reduce());
    };
    CHECK(of("numpy", "record") == "|V0");
    CHECK(of("numpy.core.records", "record") == "|V0");
    CHECK(of("m", "record") != "|V0");
}

TEST_CASE("fields have names, types and offsets, and objects in one are objects in all") {
    const Pickle names = Pickle().text("x").text("y").tuple2();
    const auto entries = [](const Pickle& second) {
        Pickle dict = Pickle().empty_dict().mark();
        dict.text("y").raw(second).integer(8).tuple2();
        return dict.text("x").dtype("f8").integer(0).tuple2().set_items();
    };
    const ReadPickle plain(with_state("V16", "|", nothing(), names, entries(Pickle().dtype("i8")), 16, 16).stop());
    const auto dtype = read_dtype(plain.graph, plain.root());
    REQUIRE(dtype);
    REQUIRE(dtype->fields.size() == 2);
    CHECK(dtype->fields[0].name == "x");
    CHECK(dtype->fields[0].type == "<f8");
    CHECK(dtype->fields[1].name == "y");
    CHECK(dtype->fields[1].offset == 8);
    CHECK_FALSE(dtype->has_objects);
    // Objects hidden in a field, though the flags say that there are none: NumPy would take bytes of the file for pointers.
    CHECK(read(with_state("V16", "|", nothing(), names, entries(Pickle().dtype("O", "|")), 16, 63)) == "|V16 objects");
    CHECK(read(with_state("V16", "|", Pickle().dtype("O", "|").shape({2}).tuple2(), nothing(), nothing(), 16, 63)) == "|V16 objects");
    CHECK(read(with_state("V16", "|", nothing(), names, entries(Pickle().global("posix", "system")), 16, 0)) == "none");
}

TEST_CASE("a dtype that contradicts itself is none") {
    CHECK(read(with_state("f8", "<", nothing(), nothing(), nothing(), 4, 0)) == "none");
    CHECK(read(with_state("U3", "<", nothing(), nothing(), nothing(), 8, 0)) == "none");
    CHECK(read(with_state("O8", "|", nothing(), nothing(), nothing(), 8, 0)) == "none");  // objects that are none
    CHECK(read(with_state("f8", "x", nothing(), nothing(), nothing(), 8, 0)) == "none");
    CHECK(read(with_state("V8", "|", nothing(), nothing(), Pickle().integer(1), 8, 0)) == "none");
    CHECK(read(with_state("V8", "|", Pickle().integer(1), nothing(), nothing(), 8, 0)) == "none");
    CHECK(read(Pickle().dtype("f8").none().build()) == "none");  // built twice
    CHECK(read(Pickle().global("numpy", "dtype").text("f8").tuple1().reduce().integer(1).build()) == "none");
    CHECK(read(Pickle().global("numpy", "dtype").text("f8").text("x").tuple2().reduce()) == "none");
    CHECK(read(Pickle().global("numpy", "load").text("f8").tuple1().reduce()) == "none");
    CHECK(read(Pickle().text("f8")) == "none");
}

TEST_CASE("dtypes within dtypes end, even those that hold themselves") {
    Pickle self = Pickle().global("numpy", "dtype").text("V8").boolean(false).boolean(true).tuple3().reduce().put(0);
    self.mark().integer(3).text("|").none().text("x").tuple1();
    self.empty_dict().text("x").get(0).integer(0).tuple2().set_item();  // a field whose type is the dtype itself
    self.integer(8).integer(1).integer(0).tuple().build();
    CHECK(read(self) == "none");
}

TEST_CASE("the bytes of an array are counted without overflow") {
    CHECK(array_bytes({}, 8) == 8);
    CHECK(array_bytes({2, 3}, 8) == 48);
    CHECK(array_bytes({0, UINT64_MAX}, 8) == 0);
    CHECK(array_bytes({UINT64_MAX}, 0) == 0);
    CHECK_FALSE(array_bytes({UINT64_MAX, 2}, 8));
    CHECK_FALSE(array_bytes({std::uint64_t{1} << 62U}, 8));
    CHECK_FALSE(array_bytes({std::uint64_t{1} << 32U, std::uint64_t{1} << 32U}, 1));
}

TEST_CASE("elements are read in their byte order") {
    const auto number = [](std::string_view dtype, std::string_view bytes) { return read_number(parse_dtype(dtype).value(), bytes); };
    CHECK(number("<f8", double_bytes({0.5})) == 0.5);
    CHECK(number(">f8", "\x3f\xe0\0\0\0\0\0\0"sv) == 0.5);
    CHECK(number("<f4", "\0\0\0\x3f"sv) == 0.5);
    CHECK(number("<f2", "\0\x38"sv) == 0.5);
    CHECK(number("<f2", "\x01\0"sv) == std::ldexp(1.0, -24));
    CHECK(number("<f2", "\0\xfc"sv) == -INFINITY);
    CHECK(number("|i1", "\xff") == -1);
    CHECK(number("<i2", "\0\x80"sv) == -32768);
    CHECK(number("<i8", "\xfe\xff\xff\xff\xff\xff\xff\xff") == -2);
    CHECK(number(">i4", "\0\0\0\x07"sv) == 7);
    CHECK(number("<u8", "\xff\xff\xff\xff\xff\xff\xff\xff") == 18446744073709551616.0);
    CHECK(number("?", "\x01") == 1);
    CHECK_FALSE(number("<f8", "short"));
    CHECK_FALSE(number("U1", "\0\0\0\0"sv));
    CHECK_FALSE(number("c16", std::string(16, '\0')));
    CHECK_FALSE(number("f16", std::string(16, '\0')));
}

TEST_CASE("strings are read without the zeros that pad them") {
    const auto string = [](std::string_view dtype, std::string_view bytes) { return read_string(parse_dtype(dtype).value(), bytes); };
    CHECK(string("<U3", "a\0\0\0\xe9\0\0\0\0\0\0\0"sv) == "a\xc3\xa9");
    CHECK(string(">U2", "\0\0\0a\0\0\0b"sv) == "ab");
    CHECK(string("<U2", "a\0\0\0\xff\xff\xff\xff"sv) == "a");
    CHECK(string("S4", "ab\0\0"sv) == "ab");
    CHECK(string("S2", "") == "");
    CHECK(string("U2", "a\0\0"sv) == "");  // not even one whole element
}

}  // namespace assay::test
