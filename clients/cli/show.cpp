#include "base/text.hpp"
#include "base/url.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/download.hpp"
#include "clients/cli/reference_path.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

void add_line(std::string& text, const Output& output, std::string_view name, std::string_view value) {
    if (!value.empty()) text += fmt::format("{}{}\n", output.styled(fmt::format("{:<13}", name), Style::dim), value);
}

std::string pairs_in_words(const Json& object, std::string_view between) {
    std::vector<std::string> parts;
    if (!object.is_object()) return "";
    for (auto it = object.begin(); it != object.end(); ++it) parts.push_back(printable(it.key(), 300) + std::string(between) + plain(*it));
    return join(parts, ", ");
}

std::string metrics_in_words(const Json& facts) {
    std::vector<std::string> parts;
    for (const Json& metric : list_of(facts, "metrics")) {
        const std::string dataset = text_of(metric, "dataset");
        parts.push_back(text_of(metric, "name") + " " + plain(member(metric, "value")) + (dataset.empty() ? "" : " on " + dataset));
    }
    return join(parts, ", ");
}

std::string datasets_in_words(const Json& facts) {
    std::vector<std::string> parts;
    for (const Json& dataset : list_of(facts, "datasets")) {
        std::string digest = text_of(dataset, "digest");
        if (digest.empty()) digest = text_of(dataset, "table_digest");
        const auto count = integer_of(dataset, "rows");
        const std::string rows = count ? ", " + counted(static_cast<std::uint64_t>(*count), "row") : "";
        parts.push_back(
            fmt::format("{} ({}{}) {}", text_of(dataset, "name"), text_of(dataset, "role"), rows, digest.substr(0, digest.find(':') + 13)));
    }
    return join(parts, ", ");
}

std::string parents_in_words(const Json& facts) {
    std::vector<std::string> parts;
    for (const Json& parent : list_of(facts, "parents")) parts.push_back(text_of(parent, "relation") + " " + text_of(parent, "version"));
    return join(parts, ", ");
}

std::string version_in_words(const Output& output, const Json& version, const Json& manifest) {
    const Json& facts = member(manifest, "facts");
    std::string text = output.styled(fmt::format("{}@{}", text_of(version, "model"), plain(member(version, "version"))), Style::bold);
    if (const std::string state = text_of(version, "state"); state != "ready") text += "  " + output.styled(state, Style::yellow);
    text += "\n";
    add_line(text, output, "digest", text_of(version, "digest"));
    add_line(text, output, "registered", time_of(version, "created_at"));
    add_line(text, output, "description", text_of(version, "description"));
    add_line(text, output, "aliases", join(strings_of(list_of(version, "aliases")), ", "));
    add_line(text, output, "tags", pairs_in_words(member(version, "tags"), "="));
    add_line(text, output, "trained", time_of(facts, "trained_at"));
    add_line(text, output, "metrics", metrics_in_words(facts));
    add_line(text, output, "datasets", datasets_in_words(facts));
    add_line(text, output, "uses", join(strings_of(list_of(facts, "uses")), ", "));
    add_line(text, output, "libraries", pairs_in_words(member(facts, "libraries"), " "));
    add_line(text, output, "platform", text_of(facts, "platform"));
    add_line(text, output, "params", pairs_in_words(member(facts, "params"), "="));
    add_line(text, output, "source", pairs_in_words(member(facts, "source"), " "));
    add_line(text, output, "run", text_of(version, "run"));
    add_line(text, output, "made from", parents_in_words(facts));
    add_line(text, output, "missing", join(strings_of(list_of(facts, "missing")), ", "));
    Table files({"FILE", "SIZE", "DIGEST"});
    for (const Json& file : list_of(manifest, "files")) {
        files.add(
            {text_of(file, "path"), human_size(static_cast<std::uint64_t>(integer_of(file, "size").value_or(0))), text_of(file, "digest")});
    }
    return text + "\n" + files.text(output);
}

Result<ExitCode> show(CommandContext& context, const std::string& text) {
    Output& output = context.output();
    TRY_ASSIGN(const Reference reference, Reference::parse(text));
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(Json version, server->get(path_of(reference)));
    const std::int64_t number = integer_of(version, "version").value_or(0);
    TRY_ASSIGN(const Json fetches, server->get_all(Connection::path_of(reference.model, number) + "/fetches"));
    if (output.json()) {
        version["fetches"] = fetches;
        output.write_json(version);
        return ExitCode::ok;
    }
    std::string page = version_in_words(output, version, member(version, "manifest"));
    if (!fetches.empty()) {
        Table table({"FETCHED BY", "HOST", "VERDICT", "LAST", "TIMES"});
        for (const Json& fetch : fetches) {
            table.add({text_of(fetch, "consumer"), text_of(fetch, "host"), text_of(fetch, "verdict"), time_of(fetch, "last_at"),
                       plain(member(fetch, "count"))});
        }
        page += "\n" + table.text(output);
    }
    output.write(page);
    return ExitCode::ok;
}

}  // namespace

Command show_command() {
    return {"show", "Facts, files, aliases and consumers of a version", [](Arguments& arguments) -> Run {
                auto reference = std::make_shared<std::string>();
                arguments.positional("REF", *reference, "Version to show").required();
                return [reference](CommandContext& context) -> Result<ExitCode> { return show(context, *reference); };
            }};
}

}  // namespace assay
