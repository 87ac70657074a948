#include "tests/support/cli_session.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>

namespace assay::test {

TEST_CASE("help alone is the page of help, which names the options of every command and the exit codes") {
    CliSession session;
    CHECK(session.run({"help"}) == 0);
    CHECK(session.out.str() == *page_of("help"));
    for (const char* text :
         {"--url", "--consumer", "--json", "--quiet", "--no-color", "--version", "ASSAY_URL", "assay.toml", "Exit codes"})
        CHECK(session.out.str().find(text) != std::string::npos);
}

TEST_CASE("help of a command that does not exist offers the one that was meant") {
    CliSession session;
    CHECK(session.run({"help", "fecth"}) == 2);
    CHECK(session.err.str() == "error: there is no command 'fecth'\nfix: did you mean 'assay help fetch'?\n");
    CHECK(session.run({"help", "pull"}) == 2);
    CHECK(session.err.str().find("'assay help fetch'") != std::string::npos);
    CHECK(session.run({"help", "no-such-thing-at-all"}) == 2);
    CHECK(session.err.str().find("'assay' alone lists the commands") != std::string::npos);
}

TEST_CASE("help as JSON is the command and its page") {
    CliSession session;
    CHECK(session.run({"--json", "help", "rm"}) == 0);
    CHECK(must(parse_json(session.out.str())) == Json{{"command", "rm"}, {"page", *page_of("rm")}});
}

}  // namespace assay::test
