#include "clients/cpp/gate_verdict.hpp"

#include "tests/support/result.hpp"

#include <string>
#include <vector>

namespace assay::test {

namespace {

Json conflict(const char* effect, const char* offered = "1.5.2") {
    return {{"package", "scikit-learn"}, {"recorded", "1.2.2"}, {"offered", offered}, {"effect", effect}, {"because", "of the nodes"}};
}

std::string message_for(const Json& reason) {
    return refusal_of({{"verdict", "refuse"}, {"version", "churn@3"}, {"conflicts", {reason}}}).message;
}

}  // namespace

TEST_CASE("only allow and warn let a version pass; what is no verdict refuses") {
    CHECK_FALSE(refuses(Json{{"verdict", "allow"}}));
    CHECK_FALSE(refuses(Json{{"verdict", "warn"}}));
    for (const Json& other :
         {Json{{"verdict", "refuse"}}, Json{{"verdict", "maybe"}}, Json{{"verdict", true}}, Json::object(), Json("allow"), Json(nullptr)})
        CHECK(refuses(other));
}

TEST_CASE("each effect has its own words") {
    CHECK(message_for(conflict("load-error")) == "churn@3 was trained with scikit-learn 1.2.2 and cannot be loaded with 1.5.2");
    CHECK(message_for(conflict("predict-error")) == "churn@3 was trained with scikit-learn 1.2.2 and cannot predict with 1.5.2");
    CHECK(message_for(conflict("different-predictions")) ==
          "churn@3 was trained with scikit-learn 1.2.2 and predicts something else with 1.5.2");
    CHECK(message_for(conflict("unproven")) == "churn@3 was trained with scikit-learn 1.2.2; nothing proves that it works with 1.5.2");
    CHECK(message_for(conflict("missing-package", "")) == "churn@3 was trained with scikit-learn 1.2.2, which the environment lacks");
    CHECK(message_for(conflict("something-new")) == "churn@3 was trained with scikit-learn 1.2.2 and the environment has 1.5.2");
    CHECK(message_for({{"package", "environment"}}) == "churn@3 cannot be judged without an environment");
}

TEST_CASE("a refusal names every conflict once, and what to do about all of them at the end") {
    Json other = conflict("missing-package", "");
    other["package"] = "joblib";
    other["fix"] = {"not shown: the verdict has its own"};
    const Json verdict = {
        {"verdict", "refuse"}, {"version", "churn@3"}, {"conflicts", {conflict("load-error"), other}}, {"fix", {"pip install x"}}};
    const Error error = refusal_of(verdict);
    CHECK(error.kind == ErrorKind::incompatible);
    CHECK(error.because == "of the nodes");
    REQUIRE(error.problems.size() == 1);
    CHECK(error.problems[0].field == "joblib");
    CHECK(error.fixes == std::vector<std::string>{"pip install x"});
    CHECK(must(parse_json(error.details)) == verdict);
}

TEST_CASE("a refusal without a fix of its own has that of its first conflict, and one without anything still is an error") {
    Json reason = conflict("load-error");
    reason["fix"] = {"retrain"};
    CHECK(refusal_of({{"verdict", "refuse"}, {"conflicts", {reason}}}).fixes == std::vector<std::string>{"retrain"});
    CHECK(refusal_of(Json::object()).message == "the version does not go with this environment");
}

TEST_CASE("each warning is one line, with its cause") {
    CHECK(warnings_of({{"verdict", "warn"}, {"version", "churn@3"}, {"warnings", {conflict("unproven"), conflict("secondary")}}}) ==
          std::vector<std::string>{"churn@3 was trained with scikit-learn 1.2.2; nothing proves that it works with 1.5.2: of the nodes",
                                   "churn@3 was trained with scikit-learn 1.2.2 and the environment has 1.5.2: of the nodes"});
    CHECK(warnings_of({{"verdict", "allow"}}).empty());
    // It was in no environment like this: the server has found it.
    const Json replay = {{"package", "replay"}, {"rule", "replay/different"}, {"effect", "different-predictions"}, {"because", "1 row"}};
    CHECK(warnings_of({{"verdict", "warn"}, {"version", "churn@3"}, {"warnings", {replay}}}) ==
          std::vector<std::string>{"churn@3 does not predict what its sample says: 1 row"});
}

}  // namespace assay::test
