#include "clients/cli/candidates.hpp"

#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "tests/support/result.hpp"

#include <map>

namespace assay::test {

namespace {

/// A line of a small command, and a server that knows two models.
struct Line {
    Arguments app{"assay"};
    std::string text;
    std::vector<std::string> list;
    bool flag = false;
    std::vector<std::string> asked;

    Line() {
        app.option("--url URL", text, "Server");
        Arguments& push = app.subcommand("push", "Register files");
        push.positional("NAME", text, "Model");
        push.positional("PATH", list, "Files");
        push.option("--dataset ROLE=FILE|NAME@DIGEST", list, "Data").one_value_each();
        push.option("--alias ALIAS", list, "Alias").one_value_each();
        push.option("-o,--output FOLDER", text, "Folder");
        push.option("--environment FILE|auto|none", text, "Environment");
        push.flag("--force", flag, "Replace");
        Arguments& alias = app.subcommand("alias", "Move names");
        Arguments& set = alias.subcommand("set", "Point an alias at a version");
        set.positional("NAME", text, "Model");
        set.positional("ALIAS", text, "Alias");
        set.positional("VERSION", text, "Version");
        alias.subcommand("rm", "Remove an alias");
        app.subcommand("show", "Show a version").positional("REF", text, "Version");
        app.subcommand("help", "Explain").positional("COMMAND", text, "Command");
    }

    Candidates candidates(const std::vector<std::string>& words) {
        return candidates_for(app, words, [this](const std::string& target) -> Json {
            asked.push_back(target);
            const std::map<std::string, const char*> answers = {
                {"/v1/models?limit=1000", R"({"items":[{"name":"churn"},{"name":"penguins"}]})"},
                {"/v1/models?limit=1000&contains=ch", R"({"items":[{"name":"churn"},{"name":"watch"}]})"},
                {"/v1/models?limit=1000&contains=churn", R"({"items":[{"name":"churn"}]})"},
                {"/v1/models/churn", R"({"aliases":{"candidate":3,"production":2}})"},
                {"/v1/models/churn/versions?limit=100", R"({"items":[{"version":3,"created_at":"2026-11-23T10:00:00Z"},{"version":2}]})"}};
            const auto it = answers.find(target);
            return it == answers.end() ? Json() : must(parse_json(it->second));
        });
    }
    std::vector<std::string> words(const std::vector<std::string>& line) {
        std::vector<std::string> found;
        for (const Candidate& candidate : candidates(line).words) found.push_back(candidate.word);
        return found;
    }
};

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("the first word is a command, wherever options of every command stand") {
    Line line;
    CHECK(line.words({""}) == Words{"push", "alias", "show", "help"});
    CHECK(line.words({"pu"}) == Words{"push"});
    CHECK(line.candidates({"pu"}).words.front().help == "Register files");
    CHECK(line.words({"--url", "http://x", "pu"}) == Words{"push"});
    CHECK(line.words({"--url=http://x", "al"}) == Words{"alias"});
    CHECK(line.words({"alias", ""}) == Words{"set", "rm"});
    CHECK(line.words({"help", "s"}) == Words{"show"});
    CHECK(line.asked.empty());
}

TEST_CASE("options are those of the command and of every command, each once unless it may be repeated") {
    Line line;
    CHECK(line.words({"push", "churn", "--"}) == Words{"--dataset", "--alias", "--output", "--environment", "--force", "--url"});
    CHECK(line.words({"push", "-"}).size() == 7);
    CHECK(line.words({"push", "--force", "--f"}).empty());
    CHECK(line.words({"push", "--force", "--d"}) == Words{"--dataset"});  // a flag has no value to wait for
    CHECK(line.words({"push", "-o", "x", "--out"}).empty());
    CHECK(line.words({"push", "--dataset", "a=b", "--da"}) == Words{"--dataset"});
    CHECK(line.words({"show", "--fo"}).empty());
    CHECK(line.words({"push", "x", "y", "--", "--fo"}).empty());
}

TEST_CASE("a value of an option is what its name says, in a word of its own or behind '='") {
    Line line;
    CHECK(line.words({"push", "--environment", ""}) == Words{"auto", "none"});
    CHECK(line.candidates({"push", "--environment", "n"}).paths == Paths::files);
    CHECK(line.words({"push", "--environment=n"}) == Words{"--environment=none"});
    CHECK(line.candidates({"push", "-o", ""}).paths == Paths::folders);
    CHECK(line.candidates({"--url", ""}).words.empty());
    CHECK(line.candidates({"--url", ""}).paths == Paths::none);
    CHECK(line.words({"push", "--dataset", "t"}) == Words{"training=", "test="});
}

TEST_CASE("an argument is what its place says: a model, then files for ever") {
    Line line;
    CHECK(line.words({"push", ""}) == Words{"churn", "penguins"});
    CHECK(line.words({"push", "ch"}) == Words{"churn"});
    CHECK(line.candidates({"push", "churn", ""}).paths == Paths::files);
    CHECK(line.candidates({"push", "churn", "a", "b", ""}).paths == Paths::files);
    CHECK(line.words({"show", "churn", ""}) == Words{"--url"});
}

TEST_CASE("aliases and versions are those of the model that the line names") {
    Line line;
    CHECK(line.words({"alias", "set", "churn", ""}) == Words{"candidate", "production"});
    CHECK(line.words({"alias", "set", "churn", "production", ""}) == Words{"candidate", "production", "3", "2"});
    CHECK(line.words({"push", "churn", "x", "--alias", "p"}) == Words{"production"});
    CHECK(line.words({"push", "--alias", "p"}).empty());
}

TEST_CASE("a reference begins with a model, and goes on behind '@' with its aliases and versions") {
    Line line;
    CHECK(line.words({"show", ""}) == Words{"churn", "penguins"});
    CHECK(line.words({"show", "churn"}) == Words{"churn", "churn@candidate", "churn@production", "churn@3", "churn@2"});
    CHECK(line.words({"show", "churn@p"}) == Words{"churn@production"});
    CHECK(line.candidates({"show", "churn@p"}).words.front().help == "version 2");
    CHECK(line.words({"show", "unknown@"}).empty());
    CHECK(line.words({"show", "@"}).empty());
}

TEST_CASE("nonsense, and a server that says nothing, offer nothing") {
    Line line;
    CHECK(line.words({}).size() == 4);
    CHECK(line.words({"nonsense", ""}).empty());
    CHECK(line.words({"alias", "nonsense", ""}).empty());
    CHECK(line.words({"push", "--nonsense", "--nonsense=3", "zz"}).empty());
    CHECK(candidates_for(line.app, {"show", "c"}, [](const std::string&) { return Json(); }).words.empty());
}

TEST_CASE("every command's arguments have names that tell what they are") {
    Arguments whole("assay");
    std::vector<Run> runs;
    for (const Command& command : commands()) runs.push_back(command.declare(whole.subcommand(std::string(command.name), "")));
    const AskServer no_server = [](const std::string&) { return Json(); };
    CHECK(candidates_for(whole, {"serve", "--data", ""}, no_server).paths == Paths::folders);
    CHECK(candidates_for(whole, {"rules", "import", ""}, no_server).paths == Paths::files);
    CHECK(candidates_for(whole, {"verify", ""}, no_server).paths == Paths::files);
    CHECK(candidates_for(whole, {"env", "capture", "--python", ""}, no_server).paths == Paths::files);
    CHECK(candidates_for(whole, {"serve", "--log-level", ""}, no_server).words.size() == 4);
    CHECK(candidates_for(whole, {"completion", ""}, no_server).words.size() == 4);
}

}  // namespace assay::test
