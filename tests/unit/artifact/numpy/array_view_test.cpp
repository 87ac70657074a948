#include "artifact/numpy/array_view.hpp"

#include "base/text.hpp"
#include "tests/support/artifacts.hpp"
#include "tests/support/pickle_bytes.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace assay::test {

namespace {

/// "<f8 (2,1) C 16" of the root: dtype, shape, order, bytes.
std::string array_of(const Pickle& pickle) {
    const Pickle whole = Pickle(pickle).stop();
    const ReadPickle read(whole);
    REQUIRE(read.fault() == "");
    const auto view = read_array(read.graph, read.root());
    if (!view) return "none";
    std::vector<std::string> extents;
    for (const std::uint64_t extent : view->shape) extents.push_back(std::to_string(extent));
    const std::string text = view->dtype.str() + " (" + join(extents, ",") + ")";
    if (view->objects != no_value) return text + " objects " + std::to_string(read.graph.child_count(view->objects));
    // The bytes at the offset are those of the array.
    REQUIRE(view->offset + view->head.size() <= whole.size());
    CHECK(whole.str().substr(static_cast<std::size_t>(view->offset), view->head.size()) == view->head);
    return text + (view->fortran ? " F " : " C ") + std::to_string(view->length);
}

std::string bytes_of(const Pickle& pickle) {
    const ReadPickle read(Pickle(pickle).stop());
    const auto view = read_bytes(read.graph, read.root());
    return view ? std::to_string(view->length) + " " + std::string(view->kept) + (view->encoded ? " encoded" : "") : "none";
}

/// _reconstruct of a class with a state of the parts that `state` pushes.
Pickle reconstructed(const Pickle& cls, const Pickle& state) {
    Pickle pickle = Pickle().global("numpy.core.multiarray", "_reconstruct").raw(cls).shape({0}).bytes("b").tuple3().reduce();
    return pickle.mark().raw(state).tuple().build();
}

Pickle ndarray() { return Pickle().global("numpy", "ndarray"); }

}  // namespace

TEST_CASE("an array in a plain pickle is found in its bytes") {
    CHECK(array_of(Pickle().array("f8", {2, 1}, double_bytes({0.5, 1.5}))) == "<f8 (2,1) C 16");
    CHECK(array_of(Pickle().array("f8", {}, double_bytes({0.5}))) == "<f8 () C 8");
    CHECK(array_of(Pickle().array("f8", {0, 5}, "")) == "<f8 (0,5) C 0");
    CHECK(array_of(Pickle().array("f8", {2, 1}, double_bytes({0.5}))) == "none");
    CHECK(array_of(Pickle().array("f8", {-1}, "")) == "none");
    const Pickle dtype = Pickle().dtype("u1", "|");
    CHECK(array_of(reconstructed(ndarray(), Pickle().integer(1).shape({2}).raw(dtype).boolean(true).bytes("ab"))) == "|u1 (2) F 2");
    // Without the version of the state, and as protocol 2 writes bytes.
    CHECK(array_of(reconstructed(ndarray(), Pickle().shape({2}).raw(dtype).boolean(false).bytes("ab"))) == "|u1 (2) C 2");
    const Pickle encoded = Pickle().global("_codecs", "encode").text("a\xc3\xa9").text("latin1").tuple2().reduce();
    CHECK(array_of(reconstructed(ndarray(), Pickle().integer(1).shape({2}).raw(dtype).boolean(false).raw(encoded))) == "|u1 (2) C 2");
    const Pickle state = Pickle().integer(1).shape({2}).raw(dtype).boolean(false).bytes("ab");
    CHECK(array_of(reconstructed(Pickle().global("numpy.matrixlib.defmatrix", "matrix"), state)) == "|u1 (2) C 2");
    CHECK(array_of(reconstructed(Pickle().global("m", "C"), state)) == "none");
    CHECK(array_of(reconstructed(Pickle().global("numpy", "memmap"), state)) == "none");
    CHECK(array_of(reconstructed(ndarray(), state).empty_dict().build()) == "none");
    CHECK(array_of(reconstructed(ndarray(), Pickle().integer(1).shape({2}).raw(dtype).boolean(false).text("ab"))) == "none");
}

TEST_CASE("an array of objects is a list of as many") {
    const auto objects = [](int count, const Pickle& data) {
        return reconstructed(ndarray(), Pickle().integer(1).shape({count}).dtype("O", "|").boolean(false).raw(data));
    };
    CHECK(array_of(objects(1, Pickle().empty_list().none().append())) == "|O (1) objects 1");
    CHECK(array_of(objects(2, Pickle().empty_list().none().append())) == "none");
    CHECK(array_of(objects(1, Pickle().bytes(std::string(8, '\0')))) == "none");  // pointers
}

TEST_CASE("arrays of protocol 5 are made from a buffer") {
    const auto from_buffer = [](const Pickle& buffer, std::string_view code, std::string_view order) {
        Pickle pickle = Pickle().global("numpy._core.numeric", "_frombuffer").mark().raw(buffer).dtype(code);
        return pickle.shape({1, 2}).text(order).tuple().reduce();
    };
    CHECK(array_of(from_buffer(Pickle().byte_array("abcd"), "i2", "C")) == "<i2 (1,2) C 4");
    CHECK(array_of(from_buffer(Pickle().bytes("abcd"), "i2", "F")) == "<i2 (1,2) F 4");
    CHECK(array_of(from_buffer(Pickle().bytes("abcd"), "f8", "C")) == "none");
    CHECK(array_of(from_buffer(Pickle().bytes("abcd"), "O", "C")) == "none");
    CHECK(array_of(from_buffer(Pickle().bytes("abcd"), "i2", "A")) == "none");
}

TEST_CASE("joblib's arrays lie in the file, behind their wrapper") {
    CHECK(array_of(Pickle().joblib_array("f8", {1, 2}, double_bytes({0.5, 1.5}))) == "<f8 (1,2) C 16");
    CHECK(array_of(Pickle().wrapper("u1", {3}, false, "F").raw("abc")) == "|u1 (3) F 3");
    const Pickle inner =
        reconstructed(ndarray(), Pickle().integer(1).shape({1}).dtype("O", "|").boolean(false).empty_list().none().append());
    CHECK(array_of(Pickle().wrapper("O", {1}).proto(2).raw(inner).stop()) == "|O (1) objects 1");
    // The wrapper and the array behind it differ in shape.
    CHECK(array_of(Pickle().wrapper("O", {3}).proto(2).raw(inner).stop()) == "none");
    // Behind the wrapper of objects stands something else than an array.
    CHECK(array_of(Pickle().wrapper("O", {1}).proto(2).global("posix", "system").stop()) == "none");
}

TEST_CASE("only the first bytes of a large array are kept") {
    InspectLimits limits;
    limits.max_array_head = 16;
    const Pickle pickle = Pickle().joblib_array("f8", {100}, std::string(800, 'x')).stop();
    const ReadPickle read(pickle, limits);
    const auto view = read_array(read.graph, read.root());
    REQUIRE(view);
    CHECK(view->head == std::string(16, 'x'));
    CHECK(view->length == 800);
    CHECK(view->elements() == 100);
}

TEST_CASE("elements are counted without overflow") {
    ArrayView view;
    CHECK(view.elements() == 1);
    view.shape = {2, 0, UINT64_MAX};
    CHECK(view.elements() == 0);
    view.shape = {UINT64_MAX, 2};
    CHECK(view.elements() == UINT64_MAX);
}

TEST_CASE("bytes are bytes, however a protocol writes them") {
    CHECK(bytes_of(Pickle().bytes("ab")) == "2 ab");
    CHECK(bytes_of(Pickle().byte_array("ab")) == "2 ab");
    CHECK(bytes_of(Pickle().python_2("ab")) == "2 ab");
    CHECK(bytes_of(Pickle().global("_codecs", "encode").text("ab").text("latin1").tuple2().reduce()) == "2 ab");
    CHECK(bytes_of(Pickle().global("_codecs", "encode").text("\xc3\xa9").text("latin1").tuple2().reduce()) == "1 \xc3\xa9 encoded");
    CHECK(bytes_of(Pickle().global("builtins", "bytearray").text("ab").text("latin-1").tuple2().reduce()) == "2 ab");
    CHECK(bytes_of(Pickle().global("builtins", "bytes").empty_tuple().reduce()) == "0 ");
    CHECK(bytes_of(Pickle().text("ab")) == "none");
    CHECK(bytes_of(Pickle().global("_codecs", "encode").text("ab").text("rot13").tuple2().reduce()) == "none");
    CHECK(bytes_of(Pickle().global("builtins", "bytearray").integer(1 << 30).tuple1().reduce()) == "none");
}

TEST_CASE("a scalar is as long as its dtype says") {
    const auto scalar = [](std::string_view code, std::string_view bytes) {
        const ReadPickle read(Pickle().global("numpy.core.multiarray", "scalar").dtype(code).bytes(bytes).tuple2().reduce().stop());
        return read_scalar(read.graph, read.root()).has_value();
    };
    CHECK(scalar("i8", std::string(8, '\0')));
    CHECK_FALSE(scalar("i8", std::string(4, '\0')));
    CHECK_FALSE(scalar("O", std::string(8, '\0')));
}

TEST_CASE("a shape is a tuple of numbers from zero") {
    const auto is_shape = [](const Pickle& pickle) {
        const ReadPickle read(Pickle(pickle).stop());
        return read_shape(read.graph, read.root()).has_value();
    };
    CHECK(is_shape(Pickle().shape({})));
    CHECK(is_shape(Pickle().shape({0, 3})));
    CHECK_FALSE(is_shape(Pickle().shape({-1})));
    CHECK_FALSE(is_shape(Pickle().integer(3)));
    CHECK_FALSE(is_shape(Pickle().real(3).tuple1()));
    Pickle many;
    many.mark();
    for (int i = 0; i < 65; ++i) many.integer(1);
    CHECK_FALSE(is_shape(many.tuple()));
}

}  // namespace assay::test
