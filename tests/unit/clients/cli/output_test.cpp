#include "clients/cli/output.hpp"

#include "tests/support/result.hpp"

#include <sstream>
#include <stdexcept>

namespace assay::test {

namespace {

struct Voice {
    std::ostringstream out, err;
    Output output;
    explicit Voice(Output::Options options) : output(out, err, options) {}
};

Error an_error() {
    return Error(ErrorKind::incompatible, "incompatible-environment", "churn@3 does not go with it")
        .with_because("a cause")
        .with_context("fetching churn@3")
        .with_fix("one")
        .with_fix("two")
        .with_problems({{"a.b", "is wrong", "do this"}, {"c", "too", ""}})
        .with_details(R"({"verdict":"refuse"})");
}

}  // namespace

TEST_CASE("data goes to standard output and messages to standard error") {
    Voice voice({});
    voice.output.write_line("data");
    voice.output.note("note");
    voice.output.warn("careful");
    CHECK(voice.out.str() == "data\n");
    CHECK(voice.err.str() == "note\nwarning: careful\n");
}

TEST_CASE("--quiet silences notes, never warnings or errors") {
    Voice voice({.quiet = true});
    voice.output.note("note");
    voice.output.warn("careful");
    voice.output.error(Error(ErrorKind::internal, "x", "broken"));
    CHECK(voice.err.str() == "warning: careful\nerror: broken\n");
}

TEST_CASE("colours appear only on a terminal that wants them") {
    Voice pipe({});
    CHECK(pipe.output.styled("x", Style::red) == "x");
    Voice terminal({.out_is_terminal = true, .err_is_terminal = true});
    CHECK(terminal.output.styled("x", Style::red) == "\033[31mx\033[0m");
    CHECK(terminal.output.styled("x", Style::plain) == "x");
    terminal.output.error(Error(ErrorKind::internal, "x", "broken"));
    CHECK(terminal.err.str() == "\033[31merror:\033[0m broken\n");
    Voice colourless({.out_is_terminal = true, .err_is_terminal = true, .colour = false});
    CHECK(colourless.output.styled("x", Style::red) == "x");
    colourless.output.warn("careful");
    CHECK(colourless.err.str() == "warning: careful\n");
}

TEST_CASE("with --json an error is one problem on standard output, and for people on standard error") {
    Voice voice({.json = true});
    voice.output.error(an_error());
    CHECK(voice.err.str() == describe(an_error()));
    CHECK(must(parse_json(voice.out.str())) ==
          must(parse_json(R"({"type":"https://assay.dev/problems/incompatible-environment","title":"incompatible",
            "code":"incompatible-environment","detail":"churn@3 does not go with it","because":"a cause","while":["fetching churn@3"],
            "fix":["one","two"],"field_errors":[{"field":"a.b","message":"is wrong","fix":"do this"},{"field":"c","message":"too"}],
            "verdict":{"verdict":"refuse"}})")));
}

TEST_CASE("a problem that a server sent keeps its status and the id under which the server's log has it") {
    Error error(ErrorKind::internal, "internal", "the server broke");
    error.status = 500;
    error.request_id = "c0ffee-7";
    const Json problem = to_problem(error);
    CHECK(problem["status"] == 500);
    CHECK(problem["request_id"] == "c0ffee-7");
}

TEST_CASE("a problem leaves out what there is nothing to say about") {
    CHECK(to_problem(Error(ErrorKind::not_found, "gone", "it is gone")) ==
          Json{{"type", "https://assay.dev/problems/gone"}, {"title", "not-found"}, {"code", "gone"}, {"detail", "it is gone"}});
}

TEST_CASE("a table with more cells in a row than it has columns is a mistake in the program") {
    Table table({"ONE"});
    CHECK(table.empty());
    CHECK_THROWS_AS(table.add({"a", "b"}), std::logic_error);
}

}  // namespace assay::test
