#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/inspection_text.hpp"
#include "clients/cpp/answer.hpp"
#include "registry/reference.hpp"

#include <fmt/format.h>

#include <array>

namespace assay {

namespace {

struct DiffOptions {
    std::vector<std::string> references;
    bool all = false;
};

constexpr std::array<std::string_view, 9> order = {"metrics",  "params",  "libraries", "datasets", "files",
                                                   "contents", "lineage", "facts",     "labels"};

/// A digest is told apart by its first characters; the whole of it is in --json.
std::string shortened(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    const bool digest = text.starts_with("sha256:") || text.starts_with("ds1:sha256:");
    return digest ? text.substr(0, colon + 13) : text;
}

/// An attribute as Python would show it; of arrays the first characters of their digest, too.
std::string content_text(const Json& value) {
    if (!value.is_object() || !(value.contains("sha256") || value.contains("not_read"))) return value_text(value);
    const std::string what = value.contains("array")
                                 ? value_text(value)
                                 : fmt::format("{} arrays, {}", plain(member(value, "arrays")),
                                               human_size(static_cast<std::uint64_t>(integer_of(value, "bytes").value_or(0))));
    return what + (value.contains("sha256") ? " " + text_of(value, "sha256").substr(0, 8) : " (not read)");
}

std::string cell(const Json& value, bool contents) {
    if (value.is_null()) return "-";
    if (contents) return content_text(value);
    if (value.is_array()) return join(strings_of(value), ", ");
    if (!value.is_object()) return shortened(plain(value));
    const auto size = static_cast<std::uint64_t>(integer_of(value, "size").value_or(0));
    return fmt::format("{} {}", shortened(text_of(value, "digest")), human_size(size));
}

/// A number beside the one of the first version: by how much it is more or less.
std::string change(const Json& first, const Json& value) {
    if (!first.is_number() || !value.is_number() || first == value) return "";
    return fmt::format(" ({:+.3g})", value.get<double>() - first.get<double>());
}

std::string section_text(const Output& output, const std::string& name, const Json& rows, const std::vector<std::string>& versions,
                         bool all) {
    std::vector<std::string> headings = {name};
    headings.insert(headings.end(), versions.begin(), versions.end());
    for (char& c : headings.front()) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    Table table(std::move(headings));
    for (const Json& row : rows) {
        if (!all && member(row, "same") == Json(true)) continue;
        std::vector<std::string> cells = {text_of(row, "key")};
        const Json& values = list_of(row, "values");
        for (const Json& value : values) cells.push_back(cell(value, name == "contents") + change(values.front(), value));
        cells.resize(std::min(cells.size(), versions.size() + 1));
        table.add(std::move(cells));
    }
    return table.empty() ? "" : table.text(output);
}

Result<ExitCode> diff(CommandContext& context, const DiffOptions& options) {
    Json asked = Json::array();
    for (const std::string& text : options.references) {
        TRY_ASSIGN(const Reference reference, Reference::parse(text));
        asked.push_back(reference.to_string());
    }
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const Json answer, server->ask("/v1/versions:compare", {{"versions", asked}}));
    Output& output = context.output();
    if (output.json()) {
        output.write_json(answer);
        return ExitCode::ok;
    }
    std::vector<std::string> versions;
    for (const Json& version : list_of(answer, "versions"))
        versions.push_back(text_of(version, "model") + "@" + plain(member(version, "version")));
    std::string page;
    for (const std::string_view name : order) {
        const std::string text = section_text(output, std::string(name), list_of(member(answer, "sections"), name), versions, options.all);
        if (!text.empty()) page += (page.empty() ? "" : "\n") + text;
    }
    if (page.empty())
        output.note("nothing differs between " + join(versions, " and "));
    else
        output.write(page);
    return ExitCode::ok;
}

}  // namespace

Command diff_command() {
    return {"diff", "Two or more versions side by side: what differs", [](Arguments& arguments) -> Run {
                auto options = std::make_shared<DiffOptions>();
                arguments.positional("REF", options->references, "Versions to compare, two or more").required().expected(2, 20);
                arguments.flag("--all", options->all, "Show what they have in common, too");
                return [options](CommandContext& context) -> Result<ExitCode> {
                    auto code = diff(context, *options);
                    if (!code)
                        return fail(std::move(code).error().with_context("comparing " + printable(join(options->references, ", "), 300)));
                    return code;
                };
            }};
}

}  // namespace assay
