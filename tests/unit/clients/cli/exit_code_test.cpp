#include "clients/cli/exit_code.hpp"

#include "tests/support/cli_session.hpp"
#include "tests/support/golden.hpp"

#include <fmt/format.h>

#include <doctest/doctest.h>

namespace assay::test {

TEST_CASE("the exit code of every kind of error is the one that was accepted") {
    std::string table;
    for (const ErrorKind kind :
         {ErrorKind::invalid, ErrorKind::not_found, ErrorKind::incompatible, ErrorKind::integrity, ErrorKind::unsafe, ErrorKind::permission,
          ErrorKind::conflict, ErrorKind::precondition, ErrorKind::prediction_differs, ErrorKind::too_large, ErrorKind::no_space,
          ErrorKind::unavailable, ErrorKind::network, ErrorKind::internal})
        table += fmt::format("{:<2} {}\n", static_cast<int>(exit_code_of(kind)), to_string(kind));
    check_golden("exit_codes.txt", table);
}

TEST_CASE("what a person typed wrong ends with 2, and what the server finds wrong with 1") {
    CliSession session;
    CHECK(session.run({"show", "churn@x y"}) == 2);
    CHECK(session.server.requests().empty());
    session.server.answer("GET /v1/models/churn/versions/1", R"({"title":"invalid","code":"bad-request","detail":"no"})", 400);
    CHECK(session.run({"show", "churn@1"}) == 1);
}

}  // namespace assay::test
