#include "base/text.hpp"
#include "clients/cli/answer.hpp"
#include "clients/cli/command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace assay {

namespace {

constexpr std::size_t max_rules_bytes = std::size_t{16} << 20U;

Result<ExitCode> list(CommandContext& context) {
    Output& output = context.output();
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const Json rules, server->get("/v1/rules"));
    if (output.json()) {
        output.write_json(rules);
        return ExitCode::ok;
    }
    Table table({"RULE", "PACKAGE", "EFFECT", "BECAUSE"});
    for (const Json& rule : list_of(rules, "rules")) {
        const std::string id = text_of(rule, "id");
        table.add({id.empty() ? text_of(rule, "rule") : id, text_of(rule, "package"), text_of(rule, "effect"), text_of(rule, "because")});
    }
    if (table.empty()) output.note("there are no rules beyond the default ones");
    else output.write(table.text(output));
    return ExitCode::ok;
}

Result<ExitCode> import(CommandContext& context, const std::string& path) {
    Output& output = context.output();
    TRY_ASSIGN(const std::string text, read_text_file(path, max_rules_bytes));
    auto rules = parse_json(text);
    if (!rules) return fail(std::move(rules).error().with_context("reading " + printable(path, 300)));
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_WHILE(server->put("/v1/rules", *rules), "importing " + printable(path, 300));
    TRY_ASSIGN(const Json in_force, server->get("/v1/rules"));
    if (output.json()) output.write_json(in_force);
    else output.write_line(fmt::format("{} rules are in force", list_of(in_force, "rules").size()));
    return ExitCode::ok;
}

}  // namespace

Command rules_command() {
    return {"rules", "List and replace the rules of the gate", [](CLI::App& app) -> Run {
                auto path = std::make_shared<std::string>();
                app.require_subcommand(1);
                CLI::App* list_app = app.add_subcommand("list", "The rules in force");
                CLI::App* import_app = app.add_subcommand("import", "Replace the rules");
                import_app->add_option("FILE", *path, "Rules (assay.rules/1)")->required();
                for (CLI::App* sub : {list_app, import_app}) sub->fallthrough();
                return [=](CommandContext& context) -> Result<ExitCode> { return list_app->parsed() ? list(context) : import(context, *path); };
            }};
}

}  // namespace assay
