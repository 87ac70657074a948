#include "clients/cli/arguments.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <type_traits>

namespace assay::test {

namespace {

using Kind = ParseProblem::Kind;
using Words = std::vector<std::string>;

/// What is wrong with a line of `arguments`, or "" when nothing is.
std::string problem_of(Arguments& arguments, const Words& line, Kind kind = Kind::other) {
    const auto problem = arguments.parse(line);
    if (problem) CHECK(problem->kind == kind);
    return problem ? problem->message : "";
}

/// The same for an option "--x X" that is a list, and of which `say_more` says more.
template <class SayMore>
std::string problem_of_list(const Words& line, Words& values, SayMore say_more, Kind kind = Kind::other) {
    Arguments whole("assay");
    say_more(whole.option("--x X", values, "Values"));
    return problem_of(whole, line, kind);
}

}  // namespace

TEST_CASE("each kind of variable takes its value, and keeps what it holds when the line has none") {
    struct Values {
        std::string text = "before";
        std::optional<std::string> maybe_text;
        Words list = {"before"};
        std::int64_t number = -1;
        std::optional<std::int64_t> maybe_number;
        std::size_t count = 1;
        bool flag = false;
        std::string place = "before";
    };
    const auto parsed = [](const Words& line) {
        Values values;
        Arguments whole("assay");
        whole.option("--text TEXT", values.text, "");
        whole.option("--maybe-text TEXT", values.maybe_text, "");
        whole.option("--list WORD", values.list, "");
        whole.option("--number N", values.number, "");
        whole.option("-m,--maybe-number N", values.maybe_number, "");
        whole.option("--count N", values.count, "");
        whole.flag("-f,--flag", values.flag, "");
        whole.positional("PLACE", values.place, "");
        CHECK(problem_of(whole, line).empty());
        return values;
    };
    const Values none = parsed({});
    CHECK(none.text == "before");
    CHECK_FALSE(none.maybe_text);
    CHECK(none.list == Words{"before"});
    CHECK(none.number == -1);
    CHECK_FALSE(none.maybe_number);
    CHECK(none.count == 1);
    CHECK_FALSE(none.flag);
    CHECK(none.place == "before");

    const Values all =
        parsed({"--text", "a", "here", "--maybe-text=b", "--number", "-7", "-m", "8", "--count", "9", "-f", "--list", "c", "d"});
    CHECK(all.text == "a");
    CHECK(all.maybe_text == "b");
    CHECK(all.list == Words{"c", "d"});
    CHECK(all.number == -7);
    CHECK(all.maybe_number == 8);
    CHECK(all.count == 9);
    CHECK(all.flag);
    CHECK(all.place == "here");

    CHECK_FALSE(parsed({"--flag=false"}).flag);
    CHECK(parsed({"--", "--flag"}).place == "--flag");
}

TEST_CASE("a list takes every word up to the next option, or one for each time that it is named") {
    Words values;
    CHECK(problem_of_list({"--x", "a", "b"}, values, [](const Option&) {}).empty());
    CHECK(values == Words{"a", "b"});
    const auto one_each = [](Option option) { option.one_value_each(); };
    CHECK(problem_of_list({"--x", "a", "--x", "c"}, values, one_each).empty());
    CHECK(values == Words{"a", "c"});
    CHECK_FALSE(problem_of_list({"--x", "a", "b"}, values, one_each, Kind::words_left_over).empty());
    const auto two_or_three = [](Option option) { option.expected(2, 3); };
    CHECK(problem_of_list({"--x", "a", "b", "c"}, values, two_or_three).empty());
    CHECK(values == Words{"a", "b", "c"});
    CHECK(problem_of_list({"--x", "a"}, values, two_or_three) == "--x: At least 2 required but received 1");
    CHECK(problem_of_list({"--x", "a", "b", "c", "d"}, values, two_or_three) == "--x: At Most 3 required but received 4");
}

TEST_CASE("what is required and missing is named") {
    Words values;
    std::string name;
    Arguments whole("assay");
    whole.option("--x X", values, "").required();
    whole.positional("NAME", name, "").required();
    CHECK(problem_of(whole, {"--x", "1"}, Kind::something_required) == "NAME is required");
    Arguments again("assay");
    again.option("--x X", values, "").required();
    CHECK(problem_of(again, {}, Kind::something_required) == "--x is required");
}

TEST_CASE("a value is checked before it is taken, and the check's own words are told") {
    const auto told = [](const Words& line) {
        std::string colour;
        std::int64_t hours = 0;
        Arguments whole("assay");
        whole.option("--colour COLOUR", colour, "").check([](const std::string& value) {
            return value == "red" ? "" : "'" + value + "' is not red";
        });
        whole.option("--hours N", hours, "").range(1, 24);
        return problem_of(whole, line);
    };
    CHECK(told({"--colour", "red", "--hours", "24"}).empty());
    CHECK(told({"--colour", "blue"}) == "--colour: 'blue' is not red");
    CHECK(told({"--hours", "25"}) == "--hours: Value 25 not in range 1 to 24");
    CHECK(told({"--hours", "0"}) == "--hours: Value 0 not in range 1 to 24");
    CHECK_FALSE(told({"--hours", "many"}).empty());
}

TEST_CASE("an option may need another one, or exclude it") {
    const auto told = [](const Words& line) {
        std::string a;
        std::string b;
        std::string c;
        Arguments whole("assay");
        const Option other = whole.option("--a A", a, "");
        whole.option("--b B", b, "").needs(other);
        whole.option("--c C", c, "").excludes(other);
        return problem_of(whole, line);
    };
    CHECK(told({"--a", "1", "--b", "2"}).empty());
    CHECK(told({"--b", "2"}) == "--b requires --a");
    CHECK(told({"--c", "3"}).empty());
    CHECK(told({"--c", "3", "--a", "1"}) == "--a excludes --c");
}

TEST_CASE("the subcommand that was named is chosen, and takes the options of the whole line behind it") {
    std::string url;
    std::string name;
    Arguments whole("assay");
    whole.option("--url URL", url, "");
    Arguments& alias = whole.subcommand("alias", "Move names");
    alias.require_subcommand();
    Arguments& set = alias.subcommand("set", "Point an alias at a version");
    set.positional("NAME", name, "");
    const Arguments& list = whole.subcommand("list", "Models");
    CHECK(whole.chosen() == nullptr);
    CHECK(problem_of(whole, {"alias", "set", "churn", "--url", "http://x"}).empty());
    CHECK(whole.chosen() == &alias);
    CHECK(alias.chosen() == &set);
    CHECK(set.chosen() == nullptr);
    CHECK(set.parsed());
    CHECK_FALSE(list.parsed());
    CHECK(name == "churn");
    CHECK(url == "http://x");
    CHECK(&set.root() == &whole);
    CHECK(&whole.root() == &whole);
}

TEST_CASE("no subcommand is required of a whole line, and one of a subcommand that says so") {
    const auto told = [](const Words& line, Kind kind) {
        Arguments whole("assay");
        Arguments& alias = whole.subcommand("alias", "Move names");
        alias.require_subcommand();
        alias.subcommand("set", "Point an alias at a version");
        return problem_of(whole, line, kind);
    };
    CHECK(told({}, Kind::other).empty());
    CHECK(told({"alias"}, Kind::something_required) == "A subcommand is required");
    CHECK(told({"alias", "set"}, Kind::other).empty());
}

TEST_CASE("words that nothing takes are left over, in their order") {
    Arguments whole("assay");
    const Arguments& list = whole.subcommand("list", "Models");
    CHECK_FALSE(problem_of(whole, {"list", "b", "--frob=1", "a"}, Kind::words_left_over).empty());
    Words left = whole.remaining();
    for (const std::string& word : list.remaining()) left.push_back(word);
    CHECK(left == Words{"b", "--frob=1", "a"});
}

TEST_CASE("what was declared can be read again, in its order") {
    std::string text;
    Words list;
    bool flag = false;
    std::int64_t number = 0;
    Arguments whole("assay");
    Arguments& push = whole.subcommand("push", "Register files");
    whole.subcommand("list", "Models");
    push.positional("PATH", list, "Files");
    push.option("-o,--output FOLDER", text, "Where to");
    push.option("--format json|pip", text, "How");
    push.option("--hours HOURS", number, "When").range(1, 24);
    push.flag("-q,--quiet", flag, "No messages");

    CHECK(whole.name() == "assay");
    const auto below = whole.subcommands();
    REQUIRE(below.size() == 2);
    CHECK(below[0] == &push);
    CHECK(below[0]->name() == "push");
    CHECK(below[0]->summary() == "Register files");
    CHECK(below[1]->name() == "list");
    CHECK(below[1]->options().empty());  // nor one for help, which is not the parser's

    const auto options = push.options();
    REQUIRE(options.size() == 5);
    CHECK(options[0].is_positional());
    CHECK(options[0].value == "PATH");
    CHECK(options[0].is_repeatable);
    CHECK(options[1].names == Words{"--output", "-o"});
    CHECK(options[1].value == "FOLDER");
    CHECK(options[1].help == "Where to");
    CHECK(options[1].takes_value);
    CHECK_FALSE(options[1].is_positional());
    CHECK_FALSE(options[1].is_repeatable);
    CHECK(options[2].value == "json|pip");
    CHECK(options[3].value.starts_with("HOURS"));
    CHECK(options[4].names == Words{"--quiet", "-q"});
    CHECK_FALSE(options[4].takes_value);
    CHECK_FALSE(options[4].is_repeatable);
    CHECK(push.long_names() == Words{"--output", "--format", "--hours", "--quiet"});
}

TEST_CASE("a declaration that makes no sense is a fault of the program") {
    std::string text;
    bool flag = false;
    Arguments whole("assay");
    whole.option("--name NAME", text, "");
    CHECK_THROWS(whole.flag("--name", flag, ""));
    CHECK_THROWS_AS(whole.option("--no-name-of-a-value", text, ""), std::logic_error);
}

TEST_CASE("Arguments are where they were declared: a command can keep a reference, and no copy by mistake") {
    CHECK_FALSE(std::is_copy_constructible_v<Arguments>);
    CHECK_FALSE(std::is_move_constructible_v<Arguments>);
    Arguments whole("assay");
    const Arguments& first = whole.subcommand("a0", "");
    for (int i = 1; i < 100; ++i) whole.subcommand("a" + std::to_string(i), "");
    CHECK(whole.subcommands().front() == &first);
}

}  // namespace assay::test
