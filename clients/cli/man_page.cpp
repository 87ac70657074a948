#include "clients/cli/man_page.hpp"

#include "base/text.hpp"
#include "base/version.hpp"
#include "clients/cli/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace assay {

namespace {

struct Section {
    std::string heading;  ///< empty for what stands before the first
    std::vector<std::string> lines;
};

std::vector<Section> sections_of(std::string_view markdown) {
    std::vector<Section> sections(1);
    for (const std::string& line : split(markdown, '\n')) {
        if (line.starts_with("## "))
            sections.push_back({line.substr(3), {}});
        else if (!line.starts_with("# "))
            sections.back().lines.push_back(line);
    }
    return sections;
}

/// The code point that begins at `at`, which moves behind it. The pages are ours and valid UTF-8.
std::uint32_t next_code_point(std::string_view text, std::size_t& at) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    if (lead < 0x80) return lead;
    const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    std::uint32_t code = lead & (0x3fU >> static_cast<unsigned>(more));
    for (int i = 0; i < more && at < text.size(); ++i) code = code << 6U | (static_cast<unsigned char>(text[at++]) & 0x3fU);
    return code;
}

/// Text for roff: what it would take for a command or typeset otherwise is escaped, also a '.' that would begin a line.
std::string escaped(std::string_view text) {
    std::string roff;
    for (std::size_t at = 0; at < text.size();) {
        const std::uint32_t code = next_code_point(text, at);
        switch (code) {
            case '\\': roff += "\\(rs"; break;
            case '-': roff += "\\-"; break;
            case '\'': roff += "\\(aq"; break;
            case '`': roff += "\\(ga"; break;
            case '^': roff += "\\(ha"; break;
            case '~': roff += "\\(ti"; break;
            case '"': roff += "\\(dq"; break;
            case '.': roff += roff.empty() ? "\\&." : "."; break;
            default: roff += code < 0x80 ? std::string(1, static_cast<char>(code)) : fmt::format("\\[u{:04X}]", code);
        }
    }
    return roff;
}

/// Prose with its `code` in bold; an unpaired backquote is one.
std::string with_bold_code(std::string_view line) {
    std::string roff;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t open = line.find('`', at);
        const std::size_t close = open == std::string_view::npos ? open : line.find('`', open + 1);
        if (close == std::string_view::npos) return roff + escaped(line.substr(at));
        roff += escaped(line.substr(at, open - at)) + "\\fB" + escaped(line.substr(open + 1, close - open - 1)) + "\\fR";
        at = close + 1;
    }
    return roff;
}

/// Where the first ` of a list entry's text ends: "`-o FILE`, `--output FILE` the file" → before " the file".
std::size_t end_of_term(std::string_view entry) {
    std::size_t at = 0;
    while (at < entry.size() && entry[at] == '`') {
        const std::size_t close = entry.find('`', at + 1);
        if (close == std::string_view::npos) return 0;
        at = close + 1;
        if (entry.substr(at).starts_with(", `")) at += 2;
    }
    return at;
}

/// Turns the lines of a section into roff, block by block.
class Writer {
public:
    void write(const std::vector<std::string>& lines) {
        for (const std::string& line : lines) write(line);
        end_example();
        needs_paragraph_ = true;
    }
    std::string take() { return std::move(roff_); }

private:
    void write(const std::string& line) {
        if (line.empty()) {
            needs_paragraph_ = true;
            return;
        }
        if (line.starts_with("    ")) {
            if (!in_example_)
                roff_ += begun_ ? ".PP\n.RS 4\n.nf\n" : ".RS 4\n.nf\n";
            else if (needs_paragraph_)
                roff_ += ".sp\n";
            in_example_ = begun_ = true;
            needs_paragraph_ = false;
            roff_ += escaped(std::string_view(line).substr(4)) + "\n";
            return;
        }
        end_example();
        if (line.starts_with("- ")) {
            const std::string_view entry = std::string_view(line).substr(2);
            const std::size_t end = end_of_term(entry);
            if (end == 0)
                roff_ += ".IP \\(bu 2\n" + with_bold_code(entry) + "\n";
            else
                roff_ += ".TP\n" + with_bold_code(entry.substr(0, end)) + "\n" + with_bold_code(trim(entry.substr(end))) + "\n";
        } else {
            if (needs_paragraph_ && begun_) roff_ += ".PP\n";
            roff_ += with_bold_code(trim(line)) + "\n";
        }
        needs_paragraph_ = false;
        begun_ = true;
    }

    void end_example() {
        if (in_example_) roff_ += ".fi\n.RE\n";
        in_example_ = false;
    }

    std::string roff_;
    bool in_example_ = false;
    bool needs_paragraph_ = false;  ///< an empty line came last
    bool begun_ = false;  ///< something stands in the section already
};

std::string heading_of(std::string_view heading) {
    if (heading == "Exit codes") return "EXIT STATUS";
    if (heading == "Environment variables") return "ENVIRONMENT";
    if (heading == "Options of every command") return "OPTIONS";
    std::string upper(heading);
    std::ranges::transform(upper, upper.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return upper;
}

std::string section(std::string_view heading, const std::vector<std::string>& lines) {
    if (std::ranges::all_of(lines, [](const std::string& line) { return line.empty(); })) return "";
    Writer writer;
    writer.write(lines);
    return ".SH " + escaped(heading) + "\n" + writer.take();
}

std::string title(std::string_view name, int number) {
    std::string upper = heading_of(name);
    return fmt::format(".\\\" Made by 'assay help --man'.\n.TH {} {} \"\" \"Assay {}\" \"Assay manual\"\n", upper, number, assay_version);
}

std::string name_section(std::string_view name, std::string_view summary) {
    std::string text(summary);
    if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a') text[0] = static_cast<char>(text[0] - 'A' + 'a');
    if (text.ends_with('.')) text.pop_back();
    return fmt::format(".SH NAME\n{} \\- {}\n", escaped(name), escaped(text));
}

}  // namespace

std::string man_page_of_command(std::string_view command, std::string_view summary, std::string_view markdown) {
    const std::string name = "assay-" + std::string(command);
    std::vector<Section> sections = sections_of(markdown);
    std::vector<std::string> description = sections.front().lines;
    std::string page = title(name, 1) + name_section(name, summary);
    std::string rest;
    for (std::size_t i = 1; i < sections.size(); ++i) {
        if (sections[i].heading != "Synopsis") {
            rest += section(heading_of(sections[i].heading), sections[i].lines);
            continue;
        }
        std::vector<std::string> forms;
        for (std::string& line : sections[i].lines) {
            const bool is_form = line.starts_with("    ");
            (is_form ? forms : description).push_back(std::move(line));
        }
        page += section("SYNOPSIS", forms);
    }
    return page + section("DESCRIPTION", description) + rest + ".SH SEE ALSO\n.BR assay (1)\n";
}

std::string man_page_of_program() {
    std::string page =
        title("assay", 1) + name_section("assay", "a registry for machine-learning models") +
        section("SYNOPSIS", {"    assay COMMAND [OPTIONS]"}) +
        section("DESCRIPTION", {"Assay registers trained models with the facts of how they came to be, finds them again, and refuses to",
                                "hand one out to an environment in which it would break. `assay serve` is the server; the other",
                                "commands ask it. Data goes to standard output, messages to standard error."}) +
        ".SH COMMANDS\n";
    for (const Command& command : commands())
        page += fmt::format(".TP\n.BR assay\\-{} (1)\n{}\n", escaped(command.name), escaped(command.summary));
    for (const Section& part : sections_of(page_of("help").value_or(""))) {
        if (!part.heading.empty() && part.heading != "Synopsis") page += section(heading_of(part.heading), part.lines);
    }
    return page + ".SH SEE ALSO\n.BR assay.toml (5)\n";
}

std::string man_page_of_format(std::string_view name, std::string_view markdown) {
    const std::vector<Section> sections = sections_of(markdown);
    std::string summary;
    for (const std::string& line : sections.front().lines) {
        if (line.empty() && !summary.empty()) break;
        summary += (summary.empty() ? "" : " ") + line;
    }
    std::string page = title(name, 5) + name_section(name, summary.substr(0, summary.find(". ")));
    page += section("DESCRIPTION", sections.front().lines);
    for (std::size_t i = 1; i < sections.size(); ++i) page += section(heading_of(sections[i].heading), sections[i].lines);
    return page + ".SH SEE ALSO\n.BR assay (1)\n";
}

}  // namespace assay
