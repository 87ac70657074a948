#include "base/text.hpp"
#include "base/url.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/option_value.hpp"
#include "clients/cli/reference_path.hpp"
#include "clients/cpp/answer.hpp"
#include "registry/names.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

struct AliasOptions {
    std::string model;
    std::string alias;
    std::string version;
    std::string at;
    std::optional<std::int64_t> if_match;
    bool if_new = false;
};

std::string alias_path(const std::string& model, const std::string& alias) {
    return Connection::path_of(model) + "/aliases/" + encode_component(alias);
}

std::string at_query(const AliasOptions& options) { return options.at.empty() ? "" : "?at=" + encode_component(options.at); }

std::string version_in_words(const Json& version) { return version.is_null() ? "nothing" : "version " + plain(version); }

Result<ExitCode> say_move(CommandContext& context, const AliasOptions& options, const Json& answer) {
    Output& output = context.output();
    if (output.json()) {
        output.write_json(answer);
        return ExitCode::ok;
    }
    const Json& previous = member(answer, "previous");
    std::string line = fmt::format("{}@{} is version {}", options.model, options.alias, plain(member(answer, "version")));
    if (!previous.is_null() && previous != member(answer, "version")) line += fmt::format(" (was {})", plain(previous));
    output.write_line(line);
    return ExitCode::ok;
}

Result<ExitCode> set(CommandContext& context, const AliasOptions& options) {
    TRY_ASSIGN(Connection* const server, context.server());
    // The version may be given as any reference to one: 3, another alias, a digest.
    TRY_ASSIGN(const Reference target, Reference::parse(options.model + "@" + options.version));
    std::int64_t number = 0;
    if (const auto* given = std::get_if<std::int64_t>(&target.version)) {
        number = *given;
    } else {
        TRY_ASSIGN(const Json version, server->get(path_of(target)));
        number = integer_of(version, "version").value_or(0);
    }
    std::vector<std::pair<std::string, std::string>> conditions;
    if (options.if_match) conditions.emplace_back("If-Match", fmt::format("\"{}\"", *options.if_match));
    if (options.if_new) conditions.emplace_back("If-None-Match", "*");
    TRY_ASSIGN(const Json answer, server->put(alias_path(options.model, options.alias), {{"version", number}}, conditions));
    return say_move(context, options, answer);
}

Result<ExitCode> rollback(CommandContext& context, const AliasOptions& options) {
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const Json answer, server->create(alias_path(options.model, options.alias) + ":rollback", Json::object()));
    return say_move(context, options, answer);
}

Result<ExitCode> remove(CommandContext& context, const AliasOptions& options) {
    TRY_ASSIGN(Connection* const server, context.server());
    std::vector<std::pair<std::string, std::string>> conditions;
    if (options.if_match) conditions.emplace_back("If-Match", fmt::format("\"{}\"", *options.if_match));
    TRY(server->remove(alias_path(options.model, options.alias), conditions));
    if (context.output().json())
        context.output().write_json({{"model", options.model}, {"alias", options.alias}, {"removed", true}});
    else
        context.output().write_line(fmt::format("{}@{} is removed", options.model, options.alias));
    return ExitCode::ok;
}

Result<ExitCode> history(CommandContext& context, const AliasOptions& options) {
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const Json moves, server->get_all(alias_path(options.model, options.alias) + "/history"));
    Output& output = context.output();
    if (output.json()) {
        output.write_json({{"items", moves}});
        return ExitCode::ok;
    }
    Table table({"AT", "FROM", "TO", "BY"});
    for (const Json& move : moves) {
        table.add({time_of(move, "at"), version_in_words(member(move, "before")), version_in_words(member(move, "after")),
                   text_of(move, "actor")});
    }
    output.write(table.text(output));
    return ExitCode::ok;
}

Result<ExitCode> show(CommandContext& context, const AliasOptions& options) {
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const Json alias, server->get(alias_path(options.model, options.alias) + at_query(options)));
    Output& output = context.output();
    if (output.json()) {
        output.write_json(alias);
        return ExitCode::ok;
    }
    output.write_line(fmt::format("{}@{}  {}", options.model, plain(member(alias, "version")), text_of(alias, "digest")));
    output.note(fmt::format("{}@{} {} since {}, set by {}", options.model, options.alias,
                            options.at.empty() ? "points there" : "pointed there", time_of(alias, "since"), text_of(alias, "by")));
    return ExitCode::ok;
}

Result<ExitCode> list(CommandContext& context, const AliasOptions& options) {
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const Json answer, server->get(Connection::path_of(options.model) + "/aliases" + at_query(options)));
    const Json& aliases = list_of(answer, "items");
    Output& output = context.output();
    if (output.json()) {
        output.write_json({{"items", aliases}});
        return ExitCode::ok;
    }
    if (aliases.empty()) output.note(options.model + (options.at.empty() ? " has no aliases" : " had no aliases then"));
    Table table({"ALIAS", "VERSION", "SINCE", "BY"});
    for (const Json& alias : aliases)
        table.add({text_of(alias, "alias"), plain(member(alias, "version")), time_of(alias, "since"), text_of(alias, "by")});
    if (!table.empty()) output.write(table.text(output));
    return ExitCode::ok;
}

}  // namespace

Command alias_command() {
    return {"alias", "Set, move, roll back and list movable names of versions", [](Arguments& arguments) -> Run {
                auto options = std::make_shared<AliasOptions>();
                arguments.require_subcommand();
                const auto declare = [&](const char* name, const char* summary, bool with_alias) -> Arguments& {
                    Arguments& sub = arguments.subcommand(name, summary);
                    sub.positional("NAME", options->model, "Model").required();
                    if (with_alias) sub.positional("ALIAS", options->alias, "Alias").required();
                    return sub;
                };
                Arguments& set_form = declare("set", "Point an alias at a version", true);
                set_form.positional("VERSION", options->version, "Version number, alias, latest or sha256:…").required();
                set_form.option("--if-match VERSION", options->if_match, "Only when it points at this version now")
                    .check(whole_number(1, INT64_MAX));
                set_form.flag("--if-new", options->if_new, "Only when there is no such alias yet");
                Arguments& rm_form = declare("rm", "Remove an alias", true);
                rm_form.option("--if-match VERSION", options->if_match, "Only when it points at this version now")
                    .check(whole_number(1, INT64_MAX));
                const Arguments& log_form = declare("log", "Where an alias has pointed", true);
                const Arguments& rollback_form = declare("rollback", "Point it back at the version before", true);
                Arguments& show_form = declare("show", "The version that an alias points at, or pointed at", true);
                Arguments& list_form = declare("list", "The aliases of a model", false);
                for (Arguments* sub : {&show_form, &list_form}) {
                    sub->option("--at TIME", options->at, "As it was at this time, such as 2026-11-23");
                }
                return [options, &set_form, &rm_form, &log_form, &rollback_form, &show_form](CommandContext& context) -> Result<ExitCode> {
                    TRY_ASSIGN(options->model, model_name(options->model));
                    if (set_form.parsed() || rollback_form.parsed() || show_form.parsed()) {
                        TRY_ASSIGN(options->alias, alias_name(options->alias));
                    }
                    if (set_form.parsed()) return set(context, *options);
                    if (rm_form.parsed()) return remove(context, *options);
                    if (log_form.parsed()) return history(context, *options);
                    if (rollback_form.parsed()) return rollback(context, *options);
                    if (show_form.parsed()) return show(context, *options);
                    return list(context, *options);
                };
            }};
}

}  // namespace assay
