#include "clients/cli/command_line.hpp"

#include "clients/cli/page.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>

#include <sstream>

namespace assay::test {

namespace {

struct Said {
    int code = 0;
    std::string out, err;
};

/// Runs a command line against a server that is not there.
Said say(const std::vector<std::string>& arguments, bool terminal = false, const std::string& no_color = "") {
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    const Surroundings world{.in = in,
                             .out = out,
                             .err = err,
                             .in_is_terminal = false,
                             .out_is_terminal = terminal,
                             .err_is_terminal = false,
                             .width = 80,
                             .variables = [&](std::string_view name) -> std::optional<std::string> {
                                 if (name == "NO_COLOR") return no_color;
                                 return std::nullopt;
                             },
                             .connect = [](std::string_view) -> Result<std::unique_ptr<HttpClient>> {
                                 return fail(ErrorKind::network, "connection-failed", "no server");
                             },
                             .directory = "/",
                             .user = "ada",
                             .host = "lab"};
    const int code = run_command_line(arguments, world);
    return {code, out.str(), err.str()};
}

}  // namespace

TEST_CASE("every command has a page that names each of its options, and a line in the overview") {
    const std::string overview = say({}).out;
    for (const Command& command : commands()) {
        CAPTURE(command.name);
        CHECK(overview.find("  " + std::string(command.name) + " ") != std::string::npos);
        const auto page = page_of(command.name);
        REQUIRE(page);
        CHECK(page->starts_with("# assay " + std::string(command.name) + "\n"));
        for (const std::string& name : declared_names(command)) {
            CAPTURE(name);
            CHECK(page->find(name) != std::string::npos);
        }
    }
}

TEST_CASE("a mistyped command is answered with the nearest one") {
    const Said said = say({"psuh", "x"});
    CHECK(said.code == 2);
    CHECK(said.err.find("there is no command 'psuh'") != std::string::npos);
    CHECK(said.err.find("did you mean 'assay push'?") != std::string::npos);
    CHECK(say({"help", "linage"}).err.find("did you mean 'assay help lineage'?") != std::string::npos);
}

TEST_CASE("wrong usage ends with 2, and a server that is not there with 10") {
    CHECK(say({"push"}).code == 2);
    CHECK(say({"show", "churn@0"}).code == 2);
    CHECK(say({"show", "--what"}).code == 2);
    CHECK(say({"alias", "set", "churn", "3", "3"}).code == 2);
    CHECK(say({"show", "churn"}).code == 10);
    CHECK(say({"rm", "churn@1"}).code == 10);
}

TEST_CASE("--json may stand anywhere and makes standard output one document") {
    for (const std::vector<std::string>& line : {std::vector<std::string>{"--json", "show", "churn"},
                                                 {"show", "--json", "churn"},
                                                 {"show", "churn", "--json"},
                                                 {"alias", "list", "--json", "churn"},
                                                 {"--json", "nonsense"}}) {
        const Said said = say(line);
        CHECK(said.code != 0);
        const Json problem = must(parse_json(said.out));
        CHECK(problem.contains("code"));
        CHECK(said.err.starts_with("error: "));
    }
    CHECK(must(parse_json(say({"--version", "--json"}).out))["name"] == "assay");
    CHECK(say({"--version"}).out.starts_with("assay "));
}

TEST_CASE("help is the page: rendered for a terminal, as written for a pipe") {
    CHECK(say({"help", "push"}).out == *page_of("push"));
    CHECK(say({"push", "--help"}).out == *page_of("push"));
    CHECK(say({"alias", "set", "-h"}).out == *page_of("alias"));
    const std::string rendered = say({"help", "push"}, true).out;
    CHECK(rendered.find("\033[1m") != std::string::npos);
    CHECK(rendered.find("## ") == std::string::npos);
    CHECK(say({"help", "push"}, true, "1").out.find('\033') == std::string::npos);
    CHECK(say({"help", "push", "--no-color"}, true).out.find('\033') == std::string::npos);
}

TEST_CASE("a table pads by characters and escapes what would move the cursor") {
    std::ostringstream out;
    std::ostringstream err;
    const Output output(out, err, {});
    Table table({"NAME", "N"});
    table.add({"caf\u00e9", "1"});
    table.add({"a\x1b", "22"});
    table.add({"x"});
    CHECK(table.text(output) == "NAME   N\ncaf\u00e9   1\na\\x1b  22\nx\n");
}

}  // namespace assay::test
