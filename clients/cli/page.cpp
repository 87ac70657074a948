#include "clients/cli/page.hpp"

#include "base/text.hpp"

namespace assay {

namespace {

/// `code` without its backquotes, bold where there are colours.
std::string without_marks(std::string_view line, const Output& output) {
    std::string text;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t open = line.find('`', at);
        const std::size_t close = open == std::string_view::npos ? open : line.find('`', open + 1);
        if (close == std::string_view::npos) return text + std::string(line.substr(at));
        text += line.substr(at, open - at);
        text += output.styled(line.substr(open + 1, close - open - 1), Style::bold);
        at = close + 1;
    }
    return text;
}

}  // namespace

std::string rendered_page(std::string_view markdown, const Output& output) {
    if (!output.out_is_terminal()) return std::string(markdown);
    std::string page;
    for (const std::string& line : split(markdown, '\n')) {
        if (line.starts_with('#')) {
            const std::string_view heading = trim(std::string_view(line).substr(line.find_first_not_of('#')));
            page += output.styled(line.starts_with("##") ? heading : std::string_view(line).substr(2), Style::bold);
        } else if (line.starts_with("    ")) {
            page += line;  // an example, as it is typed
        } else {
            page += without_marks(line, output);
        }
        page += '\n';
    }
    while (page.ends_with("\n\n")) page.pop_back();
    return page;
}

}  // namespace assay
