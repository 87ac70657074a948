#include "base/text.hpp"
#include "base/url.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cpp/answer.hpp"
#include "registry/names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

struct ListOptions {
    std::string model;
    std::string contains;
    bool all = false;
};

std::string aliases_in_words(const Json& aliases) {
    std::vector<std::string> parts;
    if (aliases.is_object()) {
        for (auto it = aliases.begin(); it != aliases.end(); ++it)
            parts.push_back(fmt::format("{}={}", printable(it.key(), 300), plain(*it)));
    } else {
        parts = strings_of(aliases);
    }
    return join(parts, " ");
}

Result<ExitCode> list_models(CommandContext& context, const ListOptions& options) {
    Output& output = context.output();
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const Json models,
               server->get_all("/v1/models" + (options.contains.empty() ? "" : "?contains=" + encode_component(options.contains))));
    if (output.json()) {
        output.write_json({{"items", models}});
        return ExitCode::ok;
    }
    Table table({"MODEL", "VERSIONS", "LATEST", "ALIASES", "DESCRIPTION"});
    for (const Json& model : models) {
        table.add({text_of(model, "name"), plain(member(model, "versions")), plain(member(model, "latest_version")),
                   aliases_in_words(member(model, "aliases")), text_of(model, "description")});
    }
    if (table.empty())
        output.note(options.contains.empty() ? "there are no models yet"
                                             : "no model's name contains '" + printable(options.contains, 300) + "'");
    else
        output.write(table.text(output));
    return ExitCode::ok;
}

/// What is ready and what waits, newest first; with what is deleted when `all`.
Result<Json> versions_of(Connection& server, const std::string& model, bool all) {
    const std::string target = Connection::path_of(model) + "/versions?state=";
    if (all) return server.get_all(target + "all");
    TRY_ASSIGN(Json versions, server.get_all(target + "ready"));
    TRY_ASSIGN(Json waiting, server.get_all(target + "quarantined"));
    for (Json& version : waiting) versions.push_back(std::move(version));
    std::stable_sort(versions.begin(), versions.end(), [](const Json& a, const Json& b) {
        return integer_of(a, "version").value_or(0) > integer_of(b, "version").value_or(0);
    });
    return versions;
}

Result<ExitCode> list_versions(CommandContext& context, const ListOptions& options) {
    Output& output = context.output();
    TRY_ASSIGN(const std::string model, model_name(options.model));
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const Json versions, versions_of(*server, model, options.all));
    if (output.json()) {
        output.write_json({{"items", versions}});
        return ExitCode::ok;
    }
    Table table({"VERSION", "REGISTERED", "STATE", "ALIASES", "METRICS", "DIGEST"});
    for (const Json& version : versions) {
        std::vector<std::string> metrics;
        for (const Json& metric : list_of(version, "metrics"))
            metrics.push_back(text_of(metric, "name") + "=" + plain(member(metric, "value")));
        table.add({plain(member(version, "version")), time_of(version, "created_at"), text_of(version, "state"),
                   aliases_in_words(member(version, "aliases")), join(metrics, " "), text_of(version, "digest").substr(0, 19)});
    }
    if (table.empty())
        output.note(model + " has no versions");
    else
        output.write(table.text(output));
    return ExitCode::ok;
}

}  // namespace

Command list_command() {
    return {"list", "Models, or the versions of one model", [](Arguments& arguments) -> Run {
                auto options = std::make_shared<ListOptions>();
                arguments.positional("NAME", options->model, "Model whose versions are listed");
                arguments.option("--contains TEXT", options->contains, "Only models whose name contains this");
                arguments.flag("--all", options->all, "Deleted versions too");
                return [options](CommandContext& context) -> Result<ExitCode> {
                    return options->model.empty() ? list_models(context, *options) : list_versions(context, *options);
                };
            }};
}

}  // namespace assay
