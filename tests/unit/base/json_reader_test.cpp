#include "base/json_reader.hpp"

#include "tests/support/result.hpp"

#include <string>

namespace assay::test {

TEST_CASE("the known members are listed once, however many members of however many objects are unknown") {
    const Json json = must(parse_json(R"([{"name":"a","x":1,"y":2},{"name":"b","x":1},{"other":"c","z":3}])"));
    Problems problems;
    for (std::size_t i = 0; i < json.size(); ++i) {
        JsonReader reader(json[i], "items[" + std::to_string(i) + "]", problems);
        (void)reader.optional_string(i < 2 ? "name" : "other");
        reader.refuse_unknown();
    }
    REQUIRE(problems.size() == 4);
    CHECK(problems[0].fix == "known here: name");
    CHECK(problems[1].fix.empty());
    CHECK(problems[2].fix.empty());
    CHECK(problems[3].fix == "known here: other");  // of another kind of object
}

TEST_CASE("a reader reports every problem of an object with the path of its field") {
    const Json json =
        must(parse_json(R"({"name":1,"rows":"many","big":18446744073709551615,"flag":"yes","extra":0,"list":{},"value":"x"})"));
    Problems problems;
    JsonReader reader(json, "facts", problems);
    CHECK(reader.string("name").empty());
    CHECK_FALSE(reader.optional_integer("rows"));
    CHECK_FALSE(reader.optional_integer("big"));
    CHECK_FALSE(reader.optional_boolean("flag"));
    CHECK(reader.array("list").empty());
    CHECK(reader.number("value") == 0);
    CHECK(reader.string("absent").empty());
    CHECK(reader.integer("absent_too") == 0);
    CHECK(reader.object("absent_object").empty());
    reader.refuse_unknown();

    std::vector<std::string> fields;
    for (const FieldProblem& problem : problems) fields.push_back(problem.field);
    CHECK(fields == std::vector<std::string>{"facts.name", "facts.rows", "facts.big", "facts.flag", "facts.list", "facts.value",
                                             "facts.absent", "facts.absent_too", "facts.absent_object", "facts.extra"});
    CHECK(problems[0].message == "must be a string, not an integer");
    CHECK(problems.back().fix.find("name") != std::string::npos);

    const Error error = error_of(refuse_if_any(problems, "bad-facts", "the facts are not valid"));
    CHECK(error.kind == ErrorKind::invalid);
    CHECK(error.code == "bad-facts");
    CHECK(error.problems.size() == 10);
}

TEST_CASE("a reader takes what is right without a word") {
    const Json json = must(parse_json(R"({"s":"text","i":-3,"n":2,"f":1.5,"o":{"a":1},"l":[1],"b":false,"none":null})"));
    Problems problems;
    JsonReader reader(json, "", problems);
    CHECK(reader.string("s") == "text");
    CHECK(reader.integer("i") == -3);
    CHECK(reader.number("n") == 2.0);
    CHECK(reader.number("f") == 1.5);
    CHECK(reader.object("o").size() == 1);
    CHECK(reader.array("l").size() == 1);
    CHECK(reader.optional_boolean("b") == false);
    CHECK_FALSE(reader.optional_string("none"));
    CHECK_FALSE(reader.optional_string("absent"));
    reader.refuse_unknown();
    CHECK(problems.empty());
    must(refuse_if_any(problems, "x", "y"));
    CHECK(reader.path_of("l", 2) == "l[2]");
}

TEST_CASE("a value that is no object is one problem, and then nothing is found in it") {
    for (const char* text : {"[]", "1", "\"a\"", "null"}) {
        const Json json = must(parse_json(text));
        Problems problems;
        JsonReader reader(json, "", problems);
        CHECK(problems.size() == 1);
        CHECK(problems[0].field == "(body)");
        CHECK_FALSE(reader.has("a"));
        CHECK_FALSE(reader.optional_string("a"));
        reader.refuse_unknown();
        CHECK(problems.size() == 1);
    }
}

TEST_CASE("an integer with a fraction is no integer") {
    const Json json = must(parse_json(R"({"version":3.0})"));
    Problems problems;
    JsonReader reader(json, "", problems);
    CHECK_FALSE(reader.optional_integer("version"));
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].message == "must be an integer, not a number");
}

TEST_CASE("keys of a stranger are made safe before they are shown") {
    const Json json = must(parse_json("{\"\\u001b[31m\":1}"));
    Problems problems;
    JsonReader reader(json, "", problems);
    reader.refuse_unknown();
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].field == "\\x1b[31m");
}

}  // namespace assay::test
