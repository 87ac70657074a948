#include "api/mlflow/page_token.hpp"

#include "base/text.hpp"
#include "tests/support/result.hpp"

namespace assay::test {

TEST_CASE("a page token is read as what it was made of") {
    for (const Json& place : {Json::object(), Json{{"at", 5}, {"value", nullptr}, {"id", {"r", 1.5}}}, Json{{"name", "\xC3\xA9"}}})
        CHECK(must(mlflow::read_page_token(mlflow::page_token(place))) == place);
}

TEST_CASE("a token that is none of ours is refused in MLflow's words") {
    for (const char* token : {"x", "!!!!", "e30", " e30="}) {
        CAPTURE(token);
        const Error error = error_of(mlflow::read_page_token(token));
        CHECK(error.code == "INVALID_PARAMETER_VALUE");
        CHECK(error.message == "Invalid page token, decoded value=b''");
    }
    for (const char* decoded : {"nonsense", "[1]", "7", "{", ""}) {
        CAPTURE(decoded);
        CHECK(error_of(mlflow::read_page_token(to_base64(decoded))).message ==
              "Invalid page token, decoded value=b'" + std::string(decoded) + "'");
    }
    CHECK(error_of(mlflow::read_page_token(to_base64(std::string(9, '[') + std::string(9, ']')))).code == "INVALID_PARAMETER_VALUE");
    const Result<void> refused = mlflow::bad_page_token({{"a", 1}});
    CHECK(error_of(refused).message == R"(Invalid page token, parsed value={"a":1})");
}

}  // namespace assay::test
