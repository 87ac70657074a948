#include "artifact/joblib/array_wrapper.hpp"

#include "artifact/numpy/array_view.hpp"
#include "tests/support/artifacts.hpp"
#include "tests/support/pickle_bytes.hpp"

#include <doctest/doctest.h>

#include <string>

namespace assay::test {

TEST_CASE("an array's bytes lie behind its wrapper, at an offset that is a multiple of 16") {
    const std::string data = double_bytes({1.5, -2.0});
    const Pickle pickle = Pickle().proto(4).joblib_array("f8", {2}, data).stop();
    const ReadPickle read(pickle);
    CHECK(read.fault() == "");
    const auto view = read_array(read.graph, read.root());
    REQUIRE(view);
    CHECK(view->offset % 16 == 0);
    CHECK(view->length == 16);
    CHECK(pickle.str().substr(view->offset, view->length) == data);
    CHECK(view->head == data);
    CHECK(read.wrappers == 1);
    CHECK(read.aligned == 1);
}

TEST_CASE("without an alignment byte, as joblib before 1.2 wrote it, the bytes follow at once") {
    const std::string data = double_bytes({3.0});
    const ReadPickle read(Pickle().proto(3).wrapper("f8", {1}, false).raw(data).stop());
    CHECK(read.fault() == "");
    CHECK(read.aligned == 0);
    CHECK(read_array(read.graph, read.root())->head == data);
}

TEST_CASE("padding that joblib would not write is malformed") {
    const auto fault = [](std::string padding) {
        const ReadPickle read(Pickle().proto(4).wrapper("f8", {1}).raw(padding).raw(double_bytes({1.0})).stop());
        return read.fault().substr(0, read.fault().find('@'));
    };
    CHECK(fault(std::string(1, '\0')) == "pad-noncanonical");
    CHECK(fault("\x28" + std::string(40, '\xff')) == "pad-noncanonical");
}

TEST_CASE("an array that goes beyond the end of the file is truncated, whatever it claims") {
    const ReadPickle read(Pickle().proto(3).wrapper("f8", {1000}, false).raw("short"));
    CHECK(read.fault().starts_with("truncated@"));
    const ReadPickle huge(Pickle().proto(3).wrapper("f8", {2147483647, 2147483647, 2147483647}, false).raw("short"));
    CHECK(huge.fault().starts_with("limit-length@"));
}

TEST_CASE("an array of objects is a pickle of its own, whose calls are seen") {
    const Pickle inner = Pickle().proto(2).global("posix", "system").text("id").tuple1().reduce().stop();
    const Inspection found = inspect_bytes(Pickle().proto(4).wrapper("O8", {1}).raw(inner).stop());
    CHECK(imports_of(found).find("call posix.system") != std::string::npos);
}

TEST_CASE("what no library writes is noted in an array of objects too") {
    const Pickle inner = Pickle().proto(2).global("sklearn.pipeline", "Pipeline").empty_dict().build().stop();
    const Inspection found = inspect_bytes(Pickle().proto(4).wrapper("O8", {1}).raw(inner).stop());
    CHECK(oddity_of(found, "build-target").name == "sklearn.pipeline.Pipeline");
    CHECK(!found.complete);
}

TEST_CASE("pickles within pickles within pickles end at the limit") {
    Pickle nested = Pickle().none().stop();
    for (int depth = 0; depth < 8; ++depth) nested = Pickle().wrapper("O8", {1}).raw(nested).stop();
    CHECK(ReadPickle(nested).fault().starts_with("limit-depth@"));
}

TEST_CASE("a wrapper has the attributes that joblib writes, each once and no other") {
    // BUILD is the last opcode of wrapper(): one more entry of the state before it.
    const auto fault = [](const Pickle& entry) {
        const std::string wrapper = Pickle().wrapper("u1", {1}, false).str();
        const ReadPickle read(Pickle().proto(3).raw(wrapper.substr(0, wrapper.size() - 1)).raw(entry).set_item().build().raw("x").stop());
        return read.fault().substr(0, read.fault().find('@'));
    };
    CHECK(fault(Pickle().text("read").global("numpy", "array_equal")) == "array-wrapper");
    CHECK(fault(Pickle().text("order").text("C")) == "array-wrapper");
}

TEST_CASE("a dtype that NumPy would read in another way makes no array") {
    const auto fault = [](const Pickle& dtype) {
        const Pickle state = Pickle().empty_dict().text("shape").shape({7}).set_item().text("order").text("C").set_item();
        const ReadPickle read(Pickle()
                                  .proto(3)
                                  .object("joblib.numpy_pickle", "NumpyArrayWrapper")
                                  .raw(state)
                                  .text("dtype")
                                  .raw(dtype)
                                  .set_item()
                                  .build()
                                  .raw("1234567")
                                  .stop());
        return read.fault().substr(0, read.fault().find('@'));
    };
    const auto u1 = [](bool copy, int flags) {
        const Pickle call = Pickle().global("numpy", "dtype").text("u1").boolean(false).boolean(copy).tuple3().reduce();
        const Pickle state = Pickle().mark().integer(3).text("|").none().none().none().integer(-1).integer(-1).integer(flags).tuple();
        return Pickle(call).raw(state).build();
    };
    CHECK(fault(u1(true, 0)) == "");
    CHECK(fault(u1(false, 0)) == "array-wrapper");  // of no copy NumPy keeps the state of its own
    CHECK(fault(u1(true, 63)) == "array-wrapper");  // objects, in a dtype without any
}

}  // namespace assay::test
