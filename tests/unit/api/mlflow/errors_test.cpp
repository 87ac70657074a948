#include "api/mlflow/errors.hpp"

#include "tests/support/result.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace assay::test {

namespace {

Json body_of(const Response& response) { return must(parse_json(response.body)); }

bool is_tried_again(int status) {
    constexpr std::array tried_again = {408, 429, 500, 502, 503, 504};
    return std::ranges::find(tried_again, status) != tried_again.end();
}

}  // namespace

TEST_CASE("a refusal in MLflow's words has the status of its code, and nothing but code and message") {
    struct Row {
        std::string_view code;
        int status;
    };
    for (const Row& row : {Row{mlflow::invalid_parameter, 400},
                           {mlflow::already_exists, 400},
                           {mlflow::does_not_exist, 404},
                           {mlflow::endpoint_not_found, 404},
                           {mlflow::resource_conflict, 409},
                           {mlflow::not_implemented, 501}}) {
        CAPTURE(row.code);
        const Result<void> refused = mlflow::refuse(row.code, "no");
        const Response response = mlflow::problem(error_of(refused), "id-1");
        CHECK(response.status == row.status);
        CHECK_FALSE(is_tried_again(response.status));
        CHECK(response.error_code == row.code);
        CHECK(response.headers.find("Content-Type") == "application/json");
        CHECK(body_of(response) == Json{{"error_code", row.code}, {"message", "no"}});
    }
}

TEST_CASE("an error of ours has the nearest of MLflow's codes, and no refusal a status that clients try again") {
    struct Row {
        ErrorKind kind;
        const char* code;
        const char* theirs;
        int status;
    };
    for (const Row& row : {Row{ErrorKind::invalid, "x", "INVALID_PARAMETER_VALUE", 400},
                           {ErrorKind::too_large, "x", "INVALID_PARAMETER_VALUE", 413},
                           {ErrorKind::not_found, "x", "RESOURCE_DOES_NOT_EXIST", 404},
                           {ErrorKind::not_found, "route-not-found", "ENDPOINT_NOT_FOUND", 404},
                           {ErrorKind::invalid, "method-not-allowed", "ENDPOINT_NOT_FOUND", 405},
                           {ErrorKind::unsafe, "x", "PERMISSION_DENIED", 403},
                           {ErrorKind::permission, "x", "PERMISSION_DENIED", 403},
                           {ErrorKind::incompatible, "x", "RESOURCE_CONFLICT", 409},
                           {ErrorKind::conflict, "x", "RESOURCE_CONFLICT", 409},
                           {ErrorKind::precondition, "x", "RESOURCE_CONFLICT", 412},
                           {ErrorKind::prediction_differs, "x", "RESOURCE_CONFLICT", 422},
                           {ErrorKind::integrity, "digest-mismatch", "DATA_LOSS", 422}}) {
        CAPTURE(row.theirs);
        CAPTURE(row.status);
        const Response response = mlflow::problem(Error(row.kind, row.code, "m"), "id-1");
        CHECK(response.status == row.status);
        CHECK_FALSE(is_tried_again(response.status));
        CHECK(response.error_code == row.theirs);
        CHECK(body_of(response) == Json{{"error_code", row.theirs}, {"message", "m"}});
    }
    const Response later = mlflow::problem(Error(ErrorKind::unavailable, "x", "m"), "id-1");
    CHECK(later.status == 503);
    CHECK(body_of(later).at("error_code") == "TEMPORARILY_UNAVAILABLE");
    CHECK(body_of(mlflow::problem(Error(ErrorKind::no_space, "x", "m"), "id-1")).at("error_code") == "RESOURCE_EXHAUSTED");
}

TEST_CASE("the message holds cause, problems and fixes, and the gate's verdict is a member of its own") {
    const Error error = Error(ErrorKind::incompatible, "gate-refused", "churn@3 cannot be loaded")
                            .with_because("it holds tree nodes")
                            .with_fix("pip install x")
                            .with_problems({{"facts.metrics", "is missing", "give one"}, {"files", "is empty", ""}})
                            .with_details(R"({"verdict":"refuse"})");
    const Json body = body_of(mlflow::problem(error, "id-1"));
    CHECK(body.at("message") ==
          "churn@3 cannot be loaded\n  because: it holds tree nodes\n  facts.metrics: is missing (give one)\n  files: is empty\n"
          "  fix: pip install x");
    CHECK(body.at("assay") == Json{{"verdict", "refuse"}});
}

TEST_CASE("people who are shown the whole body read the sentence first") {
    const Error error = Error(ErrorKind::incompatible, "gate-refused", "no").with_details(R"({"verdict":"refuse"})");
    CHECK(mlflow::problem(error, "id-1").body == R"({"error_code":"RESOURCE_CONFLICT","message":"no","assay":{"verdict":"refuse"}})");
}

TEST_CASE("a fault of ours says where its cause is, and not the cause") {
    const Response response = mlflow::problem(Error(ErrorKind::internal, "io-error", "/srv/data: broken").with_because("secret"), "id-7");
    CHECK(response.status == 500);
    CHECK(body_of(response) ==
          Json{{"error_code", "INTERNAL_ERROR"}, {"message", "the server failed to answer; its log has the cause under request id id-7"}});
}

TEST_CASE("a value is shown as Python's json.dumps writes it") {
    CHECK(mlflow::python_json(Json{{"b", 1}, {"a", {true, nullptr, 1.0, "\xC3\xA9"}}}) == R"({"a":[true,null,1.0,"\u00e9"],"b":1})");
    CHECK(mlflow::python_json("a\"b\n") == R"("a\"b\n")");
    CHECK(mlflow::python_json(Json::object()) == "{}");
    CHECK(mlflow::python_json(Json::array()) == "[]");
    CHECK(mlflow::python_json(-7) == "-7");
    CHECK(mlflow::python_json(0.5) == "0.5");
    CHECK(mlflow::python_json(std::numeric_limits<double>::quiet_NaN()) == "NaN");
    CHECK(mlflow::python_json(std::numeric_limits<double>::infinity()) == "Infinity");
    CHECK(mlflow::python_json(-std::numeric_limits<double>::infinity()) == "-Infinity");
}

TEST_CASE("a text is shown as Python's repr shows it") {
    CHECK(mlflow::python_repr("") == "''");
    CHECK(mlflow::python_repr("plain") == "'plain'");
    CHECK(mlflow::python_repr("it's") == "\"it's\"");
    CHECK(mlflow::python_repr("say \"x\"") == "'say \"x\"'");
    CHECK(mlflow::python_repr("it's \"x\"") == "'it\\'s \"x\"'");
    CHECK(mlflow::python_repr("a\\b\n\r\t\x01\x7f") == "'a\\\\b\\n\\r\\t\\x01\\x7f'");
    CHECK(mlflow::python_repr("\xC3\xA9") == "'\xC3\xA9'");
}

}  // namespace assay::test
