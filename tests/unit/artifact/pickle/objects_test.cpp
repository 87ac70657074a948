#include "artifact/pickle/objects.hpp"

#include "tests/support/artifacts.hpp"
#include "tests/support/pickle_bytes.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace assay::test {

namespace {

std::vector<ObjectFact> objects_in(std::string_view bytes, std::size_t max = 100) {
    const ReadPickle read(bytes);
    REQUIRE(read.fault() == "");
    bool cut = false;
    return objects_of(read.graph, PicklePaths(read.graph, {read.root()}), max, cut);
}

}  // namespace

TEST_CASE("an object is told by its class, its release and what kind of value each attribute is") {
    // class A with {"_sklearn_version": "1.5.2", "loss": "log", "n": 7, "on": True, "none": None}
    const std::string bytes =
        "\x80\x04"
        "clib\nA\n)\x81}(\x8c\x10_sklearn_version\x8c\x05"
        "1.5.2\x8c\x04loss\x8c\x03log\x8c\x01nK\x07\x8c\x02on\x88\x8c\x04noneNub.";
    const auto objects = objects_in(bytes);
    REQUIRE(objects.size() == 1);
    CHECK(objects[0].module == "lib");
    CHECK(objects[0].name == "A");
    CHECK(objects[0].release == "1.5.2");
    CHECK(objects[0].count == 1);
    CHECK(objects[0].state == std::map<std::string, std::string>{{"loss", "'log'"}, {"n", "int"}, {"none", "none"}, {"on", "true"}});
}

TEST_CASE("objects with states of the same shape are told once, with their number, and no more kinds than asked for") {
    const std::string one = "clib\nA\n)\x81}\x8c\x01nK\x07sb";
    const std::string other = "clib\nA\n)\x81}\x8c\x01nNsb";
    const auto objects = objects_in("\x80\x04(" + one + one + other + "l.");
    REQUIRE(objects.size() == 2);
    CHECK(objects[0].count == 2);
    CHECK(objects[0].path == "[0]");
    CHECK(objects[1].state.at("n") == "none");
    CHECK(objects_in("\x80\x04(" + one + one + other + "l.", 1).size() == 1);
}

TEST_CASE("what a function makes is told by the function and its arguments, and a state that is a tuple by its parts") {
    const auto objects = objects_in(
        "\x80\x04"
        "cnumpy.random._pickle\n__randomstate_ctor\n\x8c\x07MT19937\x85R(K\x07Ntb.");
    REQUIRE(objects.size() == 1);
    CHECK(objects[0].module + ":" + objects[0].name == "numpy.random._pickle:__randomstate_ctor");
    CHECK(objects[0].state == std::map<std::string, std::string>{{"args[0]", "'MT19937'"}, {"state[0]", "int"}, {"state[1]", "none"}});
}

TEST_CASE("plain data is no object, whatever made it") {
    CHECK(objects_in("\x80\x04"
                     "ccollections\nOrderedDict\n)R.")
              .empty());
    CHECK(objects_in("\x80\x04}\x8c\x01"
                     "a]s.")
              .empty());
}

}  // namespace assay::test
