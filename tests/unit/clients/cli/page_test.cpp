#include "clients/cli/page.hpp"

#include "base/text.hpp"
#include "clients/cli/command.hpp"

#include <doctest/doctest.h>

#include <sstream>

namespace assay::test {

namespace {

std::string rendered(std::string_view page, bool terminal, bool colour) {
    std::ostringstream out;
    std::ostringstream err;
    const Output output(out, err, {.out_is_terminal = terminal, .colour = colour});
    return rendered_page(page, output);
}

}  // namespace

TEST_CASE("a page in a pipe is the page as it is written") {
    CHECK(rendered("# assay x\n\nSay `this`.\n", false, true) == "# assay x\n\nSay `this`.\n");
}

TEST_CASE("a page on a terminal has no marks of Markdown, and examples stay as they are typed") {
    constexpr std::string_view page = "# assay x\n\nSay `this` and `that.\n\n## Examples\n\n    assay x `date`\n\n";
    CHECK(rendered(page, true, false) == "assay x\n\nSay this and `that.\n\nExamples\n\n    assay x `date`\n");
    CHECK(rendered(page, true, true).find("Say \033[1mthis\033[0m and") != std::string::npos);
    CHECK(rendered(page, true, true).starts_with("\033[1massay x\033[0m\n"));
}

TEST_CASE("the line of the common options stands alone in every page") {
    for (const Command& command : commands()) {
        CAPTURE(command.name);
        const auto lines = split(*page_of(command.name), '\n');
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (!lines[i].starts_with("`--url URL`")) continue;
            CHECK(lines.at(i - 1).empty());
            CHECK((i + 1 == lines.size() || lines[i + 1].empty()));
        }
        for (std::size_t i = 1; i < lines.size(); ++i) CHECK((!lines[i].starts_with("## ") || lines[i - 1].empty()));
    }
}

}  // namespace assay::test
