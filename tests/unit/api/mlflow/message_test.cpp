#include "api/mlflow/message.hpp"

#include "tests/support/result.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace assay::test {

namespace {

using mlflow::Check;
using mlflow::Field;
using mlflow::Message;
using mlflow::Type;

constexpr auto item_fields = std::to_array<Field>({{"key"}, {"item_value", Type::real}});
constexpr Message item_message{item_fields};
constexpr std::string_view kinds[] = {"ONE", "TWO"};
constexpr auto fields = std::to_array<Field>({{"name"},
                                              {"run_id"},
                                              {"run_uuid"},
                                              {"max_results", Type::int64},
                                              {"small", Type::int32},
                                              {"value", Type::real},
                                              {"is_on", Type::boolean},
                                              {.name = "kind", .type = Type::word, .words = kinds, .first_word = 1},
                                              {"order_by", Type::text, true},
                                              {"items", Type::message, true, &item_message}});
constexpr auto name_check = std::to_array<Check>({{"name", true, Type::text}});
constexpr auto run_check = std::to_array<Check>({{"run_id", true, Type::text}});
constexpr std::string_view see_docs = " See the API docs for more information about request parameters.";

Result<Json> read_post(const std::string& body, std::span<const Check> checks = {}, const char* type = "application/json") {
    MemorySource source(body);
    Request request;
    request.method = Method::post;
    request.body = &source;
    if (type != nullptr) request.headers.set("Content-Type", type);
    return mlflow::read_message(request, {fields}, checks);
}

Result<Json> read_get(QueryPairs query, std::span<const Check> checks = {}) {
    MemorySource source("");
    Request request;
    request.method = Method::get;
    request.body = &source;
    request.query_pairs = std::move(query);
    return mlflow::read_message(request, {fields}, checks);
}

std::string why_not(const Result<Json>& read) {
    const Error error = error_of(read);
    CHECK(error.code == "INVALID_PARAMETER_VALUE");
    return error.message;
}

}  // namespace

TEST_CASE("a required parameter that is absent, null or empty is missed in MLflow's words") {
    for (const char* body : {"", "{}", "null", R"({"name":null})", R"({"name":""})", R"({"other":"x"})"}) {
        CAPTURE(body);
        CHECK(why_not(read_post(body, name_check)) ==
              "Missing value for required parameter 'name'. See the API docs for more information about request parameters.");
    }
    CHECK(why_not(read_get({}, name_check)) == "Missing value for required parameter 'name'." + std::string(see_docs));
    CHECK(why_not(read_get({{"name", ""}}, name_check)) == "Missing value for required parameter 'name'." + std::string(see_docs));
}

TEST_CASE("a parameter of the wrong type is named with its value and its Python type") {
    CHECK(why_not(read_post(R"({"name":5})", name_check)) ==
          "Invalid value 5 for parameter 'name' supplied:  Hint: Value was of type 'int'. See the API docs for more information about "
          "request parameters.");
    struct Row {
        const char* value;
        const char* shown;
        const char* type;
    };
    for (const Row& row : {Row{"1.5", "1.5", "float"},
                           {"true", "true", "bool"},
                           {"[1, 2]", "[1,2]", "list"},
                           {R"({"b": 1, "a": 2})", R"({"a":2,"b":1})", "dict"}}) {
        CAPTURE(row.value);
        const std::string expected = std::string("Invalid value ") + row.shown +
                                     " for parameter 'name' supplied:  Hint: Value was of type '" + row.type + "'." + std::string(see_docs);
        const std::string body = std::string(R"({"name":)") + row.value + "}";
        CHECK(why_not(read_post(body, name_check)) == expected);
        CHECK(why_not(read_post(body)) == expected);  // also without a check of it
    }
}

TEST_CASE("with its type first, an absent parameter is of the wrong type only where the request is no such message") {
    constexpr auto checks = std::to_array<Check>({{.name = "name", .required = true, .type = Type::text, .type_first = true}});
    CHECK(why_not(read_post("{}", checks)) == "Missing value for required parameter 'name'." + std::string(see_docs));
    CHECK(why_not(read_post(R"({"value":"x"})", checks)) ==
          "Invalid value null for parameter 'name' supplied:  Hint: Value was of type 'NoneType'." + std::string(see_docs));
}

TEST_CASE("a parameter has a greatest value, and the elements of a list have what they need") {
    constexpr auto at_most = std::to_array<Check>({{.name = "max_results", .type = Type::int64, .at_most = 10}});
    CHECK(must(read_post(R"({"max_results":10})", at_most)) == Json{{"max_results", 10}});
    CHECK(why_not(read_post(R"({"max_results":11})", at_most)).starts_with("Invalid value 11 for parameter 'max_results' supplied:"));
    static constexpr auto needs = std::to_array<std::string_view>({"key"});
    constexpr auto within = std::to_array<Check>({{.name = "items", .list = true, .within = needs}});
    CHECK(must(read_post(R"({"items":[{"key":"a"}]})", within)).at("items").size() == 1);
    CHECK(why_not(read_post(R"({"items":[{"key":"a"},{}]})", within)) ==
          "Missing value for required parameter 'items[1].key'." + std::string(see_docs));
}

TEST_CASE("integers are numbers, texts of them and floats without a fraction") {
    for (const char* value : {"7", "\"7\"", "7.0"}) {
        CAPTURE(value);
        const Json read = must(read_post(std::string(R"({"max_results":)") + value + "}"));
        CHECK(mlflow::optional_integer(read, "max_results") == 7);
    }
    CHECK(must(read_post(R"({"max_results":"9223372036854775807"})")).at("max_results") == std::numeric_limits<std::int64_t>::max());
    for (const char* value : {"7.5", "\"x\"", "\"\"", "true", "\"9223372036854775808\""}) {
        CAPTURE(value);
        CHECK(why_not(read_post(std::string(R"({"max_results":)") + value + "}")).starts_with("Invalid value "));
    }
    CHECK(must(read_post(R"({"small":2147483647})")).at("small") == 2'147'483'647);
    CHECK(why_not(read_post(R"({"small":2147483648})")).starts_with("Invalid value 2147483648 for parameter 'small'"));
}

TEST_CASE("a number may be a bare NaN or Infinity, as Python writes it, and a text keeps these words") {
    for (const char* body : {R"({"value":NaN,"name":"NaN \" -Infinity"})", R"({"value":"NaN","name":"NaN \" -Infinity"})"}) {
        CAPTURE(body);
        const Json read = must(read_post(body));
        CHECK(std::isnan(read.at("value").get<double>()));
        CHECK(read.at("name") == "NaN \" -Infinity");
    }
    CHECK(must(read_post(R"({"value":Infinity})")).at("value") == std::numeric_limits<double>::infinity());
    CHECK(must(read_post(R"({"value":-Infinity})")).at("value") == -std::numeric_limits<double>::infinity());
    CHECK(must(read_post(R"({"value":"0.5"})")).at("value") == 0.5);
}

TEST_CASE("a run may be named by run_uuid") {
    for (const char* body : {R"({"run_uuid":"r"})", R"({"run_id":null,"run_uuid":"r"})"}) {
        CAPTURE(body);
        CHECK(must(read_post(body, run_check)) == Json{{"run_uuid", "r"}});
    }
    CHECK(must(read_get({{"run_uuid", "r"}}, run_check)) == Json{{"run_uuid", "r"}});
}

TEST_CASE("a field is read by its camel-case name, and refused by both of its names") {
    CHECK(must(read_post(R"({"maxResults":5,"orderBy":["a"]})")) == Json{{"max_results", 5}, {"order_by", Json::array({"a"})}});
    CHECK(why_not(read_post(R"({"max_results":5,"maxResults":6})")) ==
          "Request specifies both 'max_results' and 'maxResults'; provide only one of them.");
    CHECK(why_not(read_post(R"({"items":[{"item_value":1,"itemValue":2}]})")) ==
          "Request specifies both 'item_value' and 'itemValue'; provide only one of them.");
}

TEST_CASE("a body says that it is JSON") {
    CHECK(must(read_post(R"({"name":"a"})", name_check, "application/json; charset=utf-8")) == Json{{"name", "a"}});
    CHECK(why_not(read_post("{}", {}, nullptr)) == "Bad Request. Content-Type header is missing.");
    for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""}) {
        CAPTURE(type);
        CHECK(why_not(read_post("{}", {}, type)) == "Bad Request. Content-Type must be one of ['application/json'].");
    }
}

TEST_CASE("a body that is no JSON object is refused, and first for what it lacks") {
    for (const char* body : {"{", "[1]", "7", R"({"name":"a"}x)", R"({"name":NaNa})"}) {
        CAPTURE(body);
        CHECK(error_of(read_post(body)).kind == ErrorKind::invalid);
        CHECK(why_not(read_post(body, name_check)) == "Missing value for required parameter 'name'." + std::string(see_docs));
    }
}

TEST_CASE("a body may be JSON within JSON, as old clients send it") {
    CHECK(must(read_post(Json(R"({"name":"a"})").dump(), name_check)) == Json{{"name", "a"}});
    CHECK(error_of(read_post(Json("no object").dump())).kind == ErrorKind::invalid);
}

TEST_CASE("a list of more than 2,000 messages or 10,000 texts is refused, and a text of more than a mebibyte") {
    Json body = {{"name", "a"}, {"items", Json::array()}};
    for (int i = 0; i < 2'000; ++i) body["items"].push_back(Json::object());
    CHECK(read_post(to_text(body)));
    body["items"].push_back(Json::object());
    CHECK(error_of(read_post(to_text(body))).message ==
          "The list 'items' has 2001 items; at most 2000 are accepted. Please split it across multiple requests.");
    body = {{"name", "a"}, {"order_by", std::vector<std::string>(10'000, "a")}};
    CHECK(read_post(to_text(body)));
    body["order_by"].push_back("a");
    CHECK(!read_post(to_text(body)));
    CHECK(read_post(to_text(Json{{"name", std::string(1U << 20U, 'x')}})));
    CHECK(!read_post(to_text(Json{{"name", std::string((1U << 20U) + 1, 'x')}})));
}

TEST_CASE("null is no value, unknown fields are passed over, enums are words or their numbers") {
    CHECK(must(read_post(R"({"max_results":null,"unknown":{"a":1},"kind":2})")) == Json{{"kind", "TWO"}});
    CHECK(must(read_post(R"({"kind":"ONE"})")) == Json{{"kind", "ONE"}});
    for (const char* value : {"0", "3", "1.0", "\"THREE\"", "true"}) {
        CAPTURE(value);
        CHECK(why_not(read_post(std::string(R"({"kind":)") + value + "}")).starts_with("Invalid value "));
    }
}

TEST_CASE("a query has lists by repetition, integers as text, and booleans in any case") {
    const Json read = must(read_get(
        {{"order_by", "a"}, {"order_by", "b"}, {"max_results", "5"}, {"is_on", "True"}, {"name", "x"}, {"name", "y"}, {"unknown", "z"}}));
    CHECK(read == Json{{"order_by", {"a", "b"}}, {"max_results", 5}, {"is_on", true}, {"name", "x"}});
    CHECK(must(read_get({{"is_on", "false"}})) == Json{{"is_on", false}});
    CHECK(why_not(read_get({{"is_on", "1"}})) == "Invalid boolean value: 1, must be 'true' or 'false'.");
    CHECK(why_not(read_get({{"max_results", "x"}})) ==
          "Invalid value \"x\" for parameter 'max_results' supplied:  Hint: Value was of type 'str'." + std::string(see_docs));
}

TEST_CASE("members of a message are there or empty") {
    const Json read = must(read_post(R"({"name":"a","order_by":["b","c"],"max_results":3})"));
    CHECK(mlflow::text_of(read, "name") == "a");
    CHECK(mlflow::text_of(read, "run_id").empty());
    CHECK(mlflow::optional_text(read, "run_id") == std::nullopt);
    CHECK(mlflow::optional_integer(read, "small") == std::nullopt);
    CHECK(mlflow::texts_of(read, "order_by") == std::vector<std::string>{"b", "c"});
    CHECK(mlflow::list_of(read, "items").empty());
}

}  // namespace assay::test
