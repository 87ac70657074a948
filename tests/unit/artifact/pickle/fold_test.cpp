#include "artifact/pickle/fold.hpp"

#include "tests/support/artifacts.hpp"
#include "tests/support/pickle_bytes.hpp"

#include <doctest/doctest.h>

#include <string>

namespace assay::test {

namespace {

Folded folded(const Pickle& pickle) {
    const ReadPickle read(Pickle(pickle).stop());
    REQUIRE(read.fault() == "");
    return fold(read.graph, read.root());
}

/// What `arguments` makes of a call of module.name. `arguments` leaves a tuple on the stack.
Folded called(std::string_view module, std::string_view name, const Pickle& arguments) {
    return folded(Pickle().global(module, name).raw(arguments).reduce());
}

Pickle one(const Pickle& argument) { return Pickle(argument).tuple1(); }
Pickle two(const Pickle& first, const Pickle& second) { return Pickle(first).raw(second).tuple2(); }
Pickle none_at_all() { return Pickle().empty_tuple(); }
Pickle text(std::string_view value) { return Pickle().text(value); }
Pickle number(int value) { return Pickle().integer(value); }
Pickle bytes(std::string_view value) { return Pickle().bytes(value); }
Pickle evil() { return Pickle().global("posix", "system"); }
Pickle evil_call() { return evil().text("id").tuple1().reduce(); }

}  // namespace

TEST_CASE("dtypes, arrays and scalars are values when their parts agree") {
    CHECK(folded(Pickle().dtype("f8")) == Folded::dtype);
    CHECK(called("numpy", "dtype", Pickle().text("f8").boolean(false).boolean(true).tuple3()) == Folded::dtype);
    CHECK(called("numpy", "dtype", one(text("x8"))) == Folded::no);
    CHECK(called("numpy", "dtype", one(evil())) == Folded::no);
    CHECK(called("numpy", "dtype", none_at_all()) == Folded::no);

    CHECK(folded(Pickle().array("f8", {2}, std::string(16, '\0'))) == Folded::array);
    CHECK(folded(Pickle().array("f8", {2}, std::string(15, '\0'))) == Folded::no);
    CHECK(folded(Pickle().array("f8", {2}, std::string(16, '\0')).none().build()) == Folded::no);  // built twice
    CHECK(called("numpy.core.multiarray", "_reconstruct", Pickle().raw(evil()).shape({0}).bytes("b").tuple3()) == Folded::no);

    const auto scalar = [](std::string_view module, const Pickle& dtype, std::string_view data) {
        return called(module, "scalar", Pickle(dtype).bytes(data).tuple2());
    };
    CHECK(scalar("numpy.core.multiarray", Pickle().dtype("f8"), std::string(8, '\0')) == Folded::scalar);
    CHECK(scalar("numpy._core.multiarray", Pickle().dtype("i8"), std::string(8, '\0')) == Folded::scalar);
    CHECK(scalar("numpy.core.multiarray", Pickle().dtype("f8"), std::string(7, '\0')) == Folded::no);
    CHECK(scalar("numpy.core.multiarray", Pickle().dtype("O"), std::string(8, '\0')) == Folded::no);

    const auto from_buffer = [](const Pickle& buffer, std::string_view order) {
        return called("numpy.core.numeric", "_frombuffer", Pickle().mark().raw(buffer).dtype("f8").shape({1}).text(order).tuple());
    };
    CHECK(from_buffer(bytes(std::string(8, '\0')), "C") == Folded::array);
    CHECK(from_buffer(Pickle().byte_array(std::string(8, '\0')), "F") == Folded::array);
    CHECK(from_buffer(bytes(std::string(9, '\0')), "C") == Folded::no);
    CHECK(from_buffer(bytes(std::string(8, '\0')), "K") == Folded::no);
    CHECK(from_buffer(evil(), "C") == Folded::no);
}

TEST_CASE("a masked array is one with its whole state") {
    const auto masked = [](const Pickle& data, const Pickle& cls) {
        return folded(Pickle()
                          .global("numpy.ma.core", "_mareconstruct")
                          .mark()
                          .raw(cls)
                          .global("numpy", "ndarray")
                          .shape({0})
                          .bytes("b")
                          .tuple()
                          .reduce()
                          .mark()
                          .integer(1)
                          .shape({1})
                          .dtype("f8")
                          .boolean(false)
                          .raw(data)
                          .bytes(std::string(1, '\0'))
                          .none()
                          .tuple()
                          .build());
    };
    const Pickle cls = Pickle().global("numpy.ma.core", "MaskedArray");
    CHECK(masked(bytes(std::string(8, '\0')), cls) == Folded::masked_array);
    CHECK(masked(bytes(std::string(7, '\0')), cls) == Folded::no);
    CHECK(masked(bytes(std::string(8, '\0')), evil()) == Folded::no);
    CHECK(called("numpy.ma.core", "_mareconstruct", none_at_all()) == Folded::no);
}

TEST_CASE("bytes are decoded from latin1 only, and never made by length") {
    CHECK(called("_codecs", "encode", two(text("a"), text("latin1"))) == Folded::bytes);
    CHECK(called("_codecs", "encode", two(text("a"), text("bz2"))) == Folded::no);
    CHECK(called("_codecs", "encode", two(text("a"), text("utf-8"))) == Folded::no);
    CHECK(called("_codecs", "encode", one(text("a"))) == Folded::no);
    CHECK(called("_codecs", "decode", two(text("a"), text("latin1"))) == Folded::no);
    for (const char* type : {"bytearray", "bytes"}) {
        CHECK(called("builtins", type, none_at_all()) == Folded::bytes);
        CHECK(called("builtins", type, one(bytes("a"))) == Folded::bytes);
        CHECK(called("builtins", type, two(text("a"), text("latin-1"))) == Folded::bytes);
        CHECK(called("builtins", type, one(number(1'000'000'000))) == Folded::no);  // a bomb
        CHECK(called("builtins", type, two(text("a"), text("utf-16"))) == Folded::no);
    }
}

TEST_CASE("containers take containers and nothing that is called") {
    for (const char* type : {"set", "frozenset", "list", "dict", "tuple"}) {
        CAPTURE(type);
        CHECK(called("builtins", type, none_at_all()) == Folded::container);
        CHECK(called("builtins", type, one(Pickle().empty_list())) == Folded::container);
        CHECK(called("builtins", type, one(evil())) == Folded::no);
        CHECK(called("builtins", type, two(Pickle().empty_list(), Pickle().empty_list())) == Folded::no);
    }
    CHECK(called("collections", "OrderedDict", none_at_all()) == Folded::container);
    CHECK(called("collections", "OrderedDict", one(Pickle().empty_list())) == Folded::container);
    CHECK(called("collections", "OrderedDict", one(evil_call())) == Folded::no);
    CHECK(folded(Pickle().global("collections", "OrderedDict").empty_tuple().reduce().text("k").integer(1).set_item()) ==
          Folded::container);
    CHECK(called("collections", "defaultdict", one(Pickle().global("builtins", "list"))) == Folded::container);
    CHECK(called("collections", "defaultdict", one(evil())) == Folded::no);  // would call it for every key that lacks
    CHECK(called("collections", "deque", two(Pickle().empty_list(), number(3))) == Folded::container);
    CHECK(called("collections", "deque", two(Pickle().empty_list(), evil())) == Folded::no);
    CHECK(called("collections", "namedtuple", none_at_all()) == Folded::no);
    CHECK(folded(Pickle().global("collections", "deque").empty_tuple().reduce().empty_dict().text("a").integer(1).set_item().build()) ==
          Folded::no);
}

TEST_CASE("slices, numbers and times take plain values") {
    CHECK(called("builtins", "slice", Pickle().none().integer(3).none().tuple3()) == Folded::slice);
    CHECK(called("builtins", "slice", one(evil_call())) == Folded::no);
    CHECK(called("builtins", "range", two(number(0), number(10))) == Folded::slice);
    CHECK(called("builtins", "range", one(text("a"))) == Folded::no);
    CHECK(called("builtins", "complex", two(Pickle().real(1), Pickle().real(2))) == Folded::number);
    CHECK(called("builtins", "complex", one(evil())) == Folded::no);
    CHECK(called("builtins", "eval", one(text("1"))) == Folded::no);
    CHECK(called("builtins", "getattr", two(evil(), text("x"))) == Folded::no);
    CHECK(called("decimal", "Decimal", one(text("0.1"))) == Folded::number);
    CHECK(called("decimal", "Context", none_at_all()) == Folded::no);
    CHECK(called("fractions", "Fraction", one(text("1/3"))) == Folded::number);
    CHECK(called("datetime", "date", one(bytes("\x07\xe8\x01\x01"))) == Folded::time);
    CHECK(called("datetime", "timedelta", Pickle().integer(1).integer(2).integer(3).tuple3()) == Folded::time);
    CHECK(
        called(
            "datetime", "datetime",
            two(bytes("0123456789"),
                Pickle().global("datetime", "timezone").global("datetime", "timedelta").integer(0).tuple1().reduce().tuple1().reduce())) ==
        Folded::time);
    CHECK(called("datetime", "datetime", two(bytes("0123456789"), evil_call())) == Folded::no);
    CHECK(called("datetime", "strptime", none_at_all()) == Folded::no);
}

TEST_CASE("objects of protocols 0 and 1 are objects") {
    CHECK(called("copyreg", "_reconstructor", Pickle().global("m", "C").global("builtins", "object").none().tuple3()) == Folded::object);
    CHECK(called("copyreg", "_reconstructor", Pickle().global("m", "C").raw(evil()).none().tuple3()) == Folded::no);
    CHECK(called("copyreg", "_reconstructor", one(Pickle().global("m", "C"))) == Folded::no);
    CHECK(called("copyreg", "add_extension", Pickle().integer(1).integer(2).integer(3).tuple3()) == Folded::no);
    CHECK(folded(Pickle().object("m", "C")) == Folded::no);  // NEWOBJ is no call that is folded
}

TEST_CASE("a partial is a value when its function is a name, and built once") {
    const auto partial = [](const Pickle& function) { return Pickle().global("functools", "partial").raw(function).tuple1().reduce(); };
    const Pickle state = Pickle().mark().global("m", "f").empty_tuple().empty_dict().none().tuple();
    CHECK(folded(partial(Pickle().global("m", "f")).raw(state).build()) == Folded::partial);
    CHECK(folded(partial(Pickle().global("m", "f"))) == Folded::no);
    CHECK(folded(partial(evil_call()).raw(state).build()) == Folded::no);
    CHECK(called("functools", "reduce", two(evil(), Pickle().empty_list())) == Folded::no);
}

TEST_CASE("random generators are made of a known bit generator's name") {
    CHECK(called("numpy.random._pickle", "__randomstate_ctor", one(text("MT19937"))) == Folded::random);
    CHECK(called("numpy.random._pickle", "__generator_ctor", one(text("PCG64"))) == Folded::random);
    CHECK(called("numpy.random._pickle", "__bit_generator_ctor", one(Pickle().global("numpy.random._pcg64", "PCG64"))) == Folded::random);
    CHECK(called("numpy.random._pickle", "__generator_ctor",
                 one(Pickle().global("numpy.random._pickle", "__bit_generator_ctor").text("PCG64").tuple1().reduce())) == Folded::random);
    CHECK(called("numpy.random", "__RandomState_ctor", none_at_all()) == Folded::random);
    CHECK(called("numpy.random._pickle", "__generator_ctor", one(text("system"))) == Folded::no);
    CHECK(called("numpy.random._pickle", "__generator_ctor", one(evil())) == Folded::no);
    CHECK(called("numpy.random._pickle", "__generator_ctor", two(text("PCG64"), evil())) == Folded::no);
}

TEST_CASE("a ufunc by name is of NumPy or SciPy") {
    const auto ufunc = [](std::string_view module) { return called("numpy.core", "_ufunc_reconstruct", two(text(module), text("log1p"))); };
    CHECK(ufunc("numpy") == Folded::ufunc);
    CHECK(ufunc("scipy.special") == Folded::ufunc);
    CHECK(ufunc("os") == Folded::no);
    CHECK(ufunc("numpy.f2py") == Folded::no);
    const ReadPickle read(Pickle().global("numpy.core", "_ufunc_reconstruct").text("numpy").text("log1p").tuple2().reduce().stop());
    CHECK(ufunc_name(read.graph, read.root()).module == "numpy");
    CHECK(ufunc_name(read.graph, read.root()).name == "log1p");
}

TEST_CASE("no other call is a value") {
    CHECK(folded(evil_call()) == Folded::no);
    CHECK(folded(Pickle().none()) == Folded::no);
    CHECK(called("numpy", "load", one(text("x"))) == Folded::no);
    CHECK(called("numpy", "memmap", one(text("x"))) == Folded::no);
    // The result of a call that is called.
    CHECK(folded(Pickle().global("builtins", "dict").empty_tuple().reduce().empty_tuple().reduce()) == Folded::no);
}

}  // namespace assay::test
