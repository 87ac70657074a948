#include "clients/cli/man_page.hpp"

#include "base/version.hpp"
#include "clients/cli/command.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

std::string page_with(const std::string& body) { return man_page_of_command("x", "Do it", "# assay x\n\n" + body); }
bool holds(const std::string& page, const std::string& text) { return page.find(text) != std::string::npos; }

}  // namespace

TEST_CASE("a command's page begins with its name and its forms, and what explains them is the description") {
    const std::string page = man_page_of_command(
        "push", "Register files",
        "# assay push\n\nRegister files.\n\n## Synopsis\n\n    assay push NAME\n\nA name.\n\n## Examples\n\n    assay push a\n");
    CHECK(page == ".\\\" Made by 'assay help --man'.\n.TH ASSAY-PUSH 1 \"\" \"Assay " + std::string(assay_version) +
                      "\" \"Assay manual\"\n" +
                      ".SH NAME\nassay\\-push \\- register files\n"
                      ".SH SYNOPSIS\n.RS 4\n.nf\nassay push NAME\n.fi\n.RE\n"
                      ".SH DESCRIPTION\nRegister files.\n.PP\nA name.\n"
                      ".SH EXAMPLES\n.RS 4\n.nf\nassay push a\n.fi\n.RE\n"
                      ".SH SEE ALSO\n.BR assay (1)\n");
}

TEST_CASE("what roff would take for its own is escaped") {
    const std::string page = page_with("A \\ and -- and 'x' and ^ and ~ and \"q\".\n.SH not a heading\n'br neither\n");
    CHECK(holds(page, "A \\(rs and \\-\\- and \\(aqx\\(aq and \\(ha and \\(ti and \\(dqq\\(dq.\n"));
    CHECK(holds(page, "\n\\&.SH not a heading\n"));
    CHECK(holds(page, "\n\\(aqbr neither\n"));
    CHECK(holds(page_with("    .example\n"), "\n\\&.example\n"));
}

TEST_CASE("what is not ASCII is named by its code point") {
    CHECK(holds(page_with("PATH… is “ü” 𝄞\n"), "PATH\\[u2026] is \\[u201C]\\[u00FC]\\[u201D] \\[u1D11E]\n"));
}

TEST_CASE("code is bold, and a lone backquote is a backquote") {
    CHECK(holds(page_with("Say `--json` or `x.\n"), "Say \\fB\\-\\-json\\fR or \\(gax.\n"));
}

TEST_CASE("a list of options is one of terms, any other has bullets") {
    const std::string page = page_with("## Options\n\n- `-o F`, `--output F` the file\n- `--force` replace\n- something else\n");
    CHECK(holds(page, ".TP\n\\fB\\-o F\\fR, \\fB\\-\\-output F\\fR\nthe file\n"));
    CHECK(holds(page, ".TP\n\\fB\\-\\-force\\fR\nreplace\n"));
    CHECK(holds(page, ".IP \\(bu 2\nsomething else\n"));
}

TEST_CASE("an example stays as it is typed, with its empty lines") {
    CHECK(holds(page_with("So:\n\n    a  b\n\n    c\n\nDone.\n"), "So:\n.PP\n.RS 4\n.nf\na  b\n.sp\nc\n.fi\n.RE\n.PP\nDone.\n"));
}

TEST_CASE("assay(1) lists every command, and the variables, files and exit codes of the page of help") {
    const std::string page = man_page_of_program();
    for (const Command& command : commands()) CHECK(holds(page, ".BR assay\\-" + std::string(command.name) + " (1)\n"));
    for (const char* heading : {"NAME", "SYNOPSIS", "COMMANDS", "OPTIONS", "ENVIRONMENT", "FILES", "EXIT STATUS", "SEE ALSO"})
        CHECK(holds(page, ".SH " + std::string(heading) + "\n"));
}

TEST_CASE("the page of a file format is in section 5, named by its first sentence") {
    const std::string page =
        man_page_of_format("assay.toml", "# assay.toml\n\nThe settings of a\nproject. More.\n\n## Example\n\n    [assay]\n");
    CHECK(holds(page, ".TH ASSAY.TOML 5 "));
    CHECK(holds(page, ".SH NAME\nassay.toml \\- the settings of a project\n"));
    CHECK(holds(page, ".SH DESCRIPTION\nThe settings of a\nproject. More.\n"));
    CHECK(holds(page, ".SH EXAMPLE\n.RS 4\n.nf\n[assay]\n"));
}

}  // namespace assay::test
