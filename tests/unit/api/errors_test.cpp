#include "api/errors.hpp"

#include "base/json.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>

using namespace assay;
using namespace assay::test;

TEST_CASE("every kind of error has the status that docs/api.md gives it") {
    struct Row {
        ErrorKind kind;
        const char* code;
        int status;
    };
    const Row rows[] = {
        {ErrorKind::invalid, "x", 400},
        {ErrorKind::permission, "x", 403},
        {ErrorKind::permission, "unauthenticated", 401},
        {ErrorKind::not_found, "x", 404},
        {ErrorKind::invalid, "method-not-allowed", 405},
        {ErrorKind::incompatible, "x", 409},
        {ErrorKind::conflict, "x", 409},
        {ErrorKind::unsafe, "x", 403},
        {ErrorKind::precondition, "x", 412},
        {ErrorKind::too_large, "x", 413},
        {ErrorKind::invalid, "unsupported-media-type", 415},
        {ErrorKind::invalid, "range-not-satisfiable", 416},
        {ErrorKind::integrity, "digest-mismatch", 422},
        {ErrorKind::prediction_differs, "x", 422},
        {ErrorKind::internal, "x", 500},
        {ErrorKind::integrity, "blob-corrupt", 500},
        {ErrorKind::unavailable, "x", 503},
        {ErrorKind::no_space, "x", 507},
    };
    for (const Row& row : rows) {
        CAPTURE(row.code);
        CHECK(status_of(Error(row.kind, row.code, "m")) == row.status);
        CHECK(reason_phrase(row.status) != "Unknown");
    }
    CHECK(reason_phrase(299) == "Unknown");
}

TEST_CASE("a problem says everything there is to say, and nothing that is empty") {
    const Error error = Error(ErrorKind::incompatible, "gate-refused", "churn@3 cannot be loaded")
                            .with_because("it holds tree nodes")
                            .with_fix("pip install x")
                            .with_problems({{"facts.metrics", "is missing", "give one"}, {"files", "is empty", ""}})
                            .with_details(R"({"verdict":"refuse"})");
    const Response response = problem(error, "id-1");
    CHECK(response.status == 409);
    CHECK(response.headers.find("Content-Type") == "application/problem+json");
    CHECK(must(parse_json(response.body)) == must(parse_json(
                                                 R"({"type":"https://assay.dev/problems/gate-refused","title":"incompatible","status":409,
              "code":"gate-refused","detail":"churn@3 cannot be loaded",
              "because":"it holds tree nodes","fix":["pip install x"],"request_id":"id-1","verdict":{"verdict":"refuse"},
              "field_errors":[{"field":"facts.metrics","message":"is missing","fix":"give one"},
                              {"field":"files","message":"is empty"}]})")));
    const Json plain = must(parse_json(problem(Error(ErrorKind::not_found, "model-not-found", "no model 'x'"), "i").body));
    for (const char* absent : {"because", "fix", "field_errors", "verdict"}) CHECK_FALSE(plain.contains(absent));
}

TEST_CASE("an internal error keeps its cause from the client") {
    const Response response =
        problem(Error(ErrorKind::internal, "io-error", "/var/lib/secret: I/O error").with_because("disk").with_fix("look"), "id-2");
    CHECK(response.status == 500);
    CHECK(response.body.find("secret") == std::string::npos);
    CHECK(response.body.find("disk") == std::string::npos);
    CHECK(must(parse_json(response.body)).at("code") == "io-error");
}

TEST_CASE("unavailable says when to come back") {
    CHECK(problem(Error(ErrorKind::unavailable, "overloaded", "m"), "i").headers.find("Retry-After") == "1");
}

TEST_CASE("a problem with broken text is still JSON") {
    CHECK(must(parse_json(problem(Error(ErrorKind::invalid, "x", "bad \xff name"), "i").body))
              .at("detail")
              .get<std::string>()
              .starts_with("bad "));
}

TEST_CASE("JSON answers name their charset") {
    const Response response = json_response(201, Json{{"a", 1}});
    CHECK(response.status == 201);
    CHECK(response.body == R"({"a":1})");
    CHECK(response.headers.find("Content-Type") == "application/json; charset=utf-8");
}
