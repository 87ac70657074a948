#include "registry/argument_shape.hpp"

#include "tests/support/result.hpp"

#include <string>
#include <vector>

namespace assay::test {

namespace {

bool matches(std::string_view shape, const std::vector<std::string>& arguments) {
    return must(ArgumentShape::parse(shape)).matches(arguments, [](std::string_view kind, std::string_view name) {
        return kind == "class" && name == "a:C";
    });
}

}  // namespace

TEST_CASE("a shape is the kinds of the arguments in their order, and their number") {
    CHECK(matches("()", {}));
    CHECK(matches("(int, array, int)", {"int", "array", "int"}));
    CHECK(!matches("(int, array, int)", {"int", "array"}));
    CHECK(!matches("(int, array, int)", {"int", "array", "int", "int"}));
    CHECK(!matches("(int)", {"str=1"}));
}

TEST_CASE("alternatives, any number of the last, and exact texts and names") {
    CHECK(matches("(none|int)", {"none"}));
    CHECK(matches("(int, str*)", {"int"}));
    CHECK(matches("(int, str*)", {"int", "str=a", "str"}));
    CHECK(matches("(=latin1)", {"str=latin1"}));
    CHECK(!matches("(=latin1)", {"str=bz2"}));
    CHECK(matches("(=a:b)", {"global=a:b"}));
    CHECK(!matches("(=a:b)", {"global=a:bc"}));
}

TEST_CASE("a class is a name that the lists have as one, a literal is numbers and texts and containers of them") {
    CHECK(matches("(class)", {"global=a:C"}));
    CHECK(!matches("(class)", {"global=os:system"}));
    CHECK(!matches("(function)", {"global=a:C"}));
    CHECK(matches("(literal)", {"literal tuple"}));
    CHECK(!matches("(literal)", {"tuple"}));
    CHECK(!matches("(literal)", {"global=a:C"}));
    CHECK(matches("(tuple)", {"literal tuple"}));
    CHECK(matches("(float)", {"scalar"}));
}

TEST_CASE("what is no shape is refused") {
    for (const char* text : {"", "int", "(int", "(number of things)", "(int*, str)", "(=)"}) CHECK(!ArgumentShape::parse(text));
}

}  // namespace assay::test
