#include "clients/cli/usage.hpp"

#include "tests/support/cli_session.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

/// What standard error says about a line that is wrong.
std::string complaint(const std::vector<std::string>& line) {
    CliSession session;
    CHECK(session.run(line) == 2);
    CHECK(session.out.str().empty());
    CHECK(session.server.requests().empty());
    return session.err.str();
}

}  // namespace

TEST_CASE("a command that does not exist is answered with the one that was meant") {
    CHECK(complaint({"pusj", "x"}) ==
          "error: there is no command 'pusj'\nfix: did you mean 'assay push'?\n  or: 'assay' alone lists the commands\n");
    CHECK(complaint({"nothing-like-it"}) == "error: there is no command 'nothing-like-it'\nfix: 'assay' alone lists the commands\n");
    CHECK(complaint({"version"}).find("did you mean 'assay --version'?") != std::string::npos);
}

TEST_CASE("what other tools call a command is understood") {
    const std::vector<std::pair<std::string, std::string>> words = {
        {"pull", "fetch"}, {"ls", "list"}, {"delete", "rm"}, {"register", "push"}, {"server", "serve"}};
    for (const auto& [word, command] : words) {
        CAPTURE(word);
        CHECK(nearest_command(word) == command);
    }
    for (const Command& command : commands()) CHECK(nearest_command(command.name) == command.name);
}

TEST_CASE("a command that needs to know what to do lists its forms") {
    CHECK(complaint({"tag"}) ==
          "error: 'assay tag' needs to know what to do: set, rm\n"
          "fix: assay tag set NAME|REF KEY=VALUE\n  or: assay tag rm NAME|REF KEY\n  or: 'assay help tag' explains it\n");
    CHECK(complaint({"alias", "penguins"})
              .starts_with("error: there is no 'assay alias penguins': it is one of set, rm, log, rollback, show, list\n"));
    CHECK(complaint({"alias", "rolback", "a", "b"}).find("did you mean 'assay alias rollback'?") != std::string::npos);
}

TEST_CASE("what is missing is named, with the form it belongs to and no other") {
    CHECK(complaint({"alias", "log"}) ==
          "error: 'assay alias log' lacks NAME\nfix: assay alias log NAME ALIAS\n  or: 'assay help alias' explains it\n");
    CHECK(complaint({"push", "churn"}).starts_with("error: 'assay push' lacks PATH\nfix: assay push NAME PATH"));
    CHECK(complaint({"list", "--contains"}).starts_with("error: --contains needs a value: TEXT\n"));
}

TEST_CASE("an option that does not exist is answered with the nearest one, whatever else is missing") {
    const std::string said = complaint({"push", "--metrik", "a=1"});
    CHECK(said.starts_with("error: 'assay push' has no option '--metrik'\nfix: did you mean '--metric'?\n"));
    CHECK(complaint({"list", "--jsn"}).find("did you mean '--json'?") != std::string::npos);
    CHECK(complaint({"alias", "--if-mach"}).starts_with("error: 'assay alias' has no option '--if-mach'\n"));
    CHECK(complaint({"list", "--frob=1"}).starts_with("error: 'assay list' has no option '--frob'\nfix: assay list [--contains TEXT]\n"));
}

TEST_CASE("words too many are named in their order, and made safe to print") {
    CHECK(complaint({"list", "a", "b", "c\x1b"}).starts_with("error: 'assay list' does not know what to do with 'b', 'c\\x1b'\n"));
}

TEST_CASE("a value that an option cannot have is said in words") {
    CHECK(complaint({"lineage", "churn", "--depth", "0"}).starts_with("error: --depth: '0' is not a whole number from 1 to 1000\n"));
    CHECK(complaint({"env", "show", "churn", "--format", "condo"})
              .starts_with("error: --format: 'condo' is none of json, pip, conda; did you mean 'conda'?\n"));
    CHECK(complaint({"alias", "set", "churn", "production", "3", "--if-match", "x"})
              .starts_with("error: --if-match: 'x' is not a whole number"));
}

TEST_CASE("every command has a synopsis, and each of its forms begins with the command") {
    for (const Command& command : commands()) {
        CAPTURE(command.name);
        const auto forms = synopsis_of(command.name);
        CHECK_FALSE(forms.empty());
        for (const std::string& form : forms) CHECK(form.starts_with("assay " + std::string(command.name)));
    }
    CHECK(synopsis_of("nothing").empty());
}

}  // namespace assay::test
