#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cpp/answer.hpp"
#include "registry/names.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

std::string deed(const Json& event) {
    std::string kind = text_of(event, "kind");
    const std::string key = text_of(event, "key");
    if (kind == "registered" || kind == "deleted" || kind == "undeleted") return kind;
    const Json& before = member(event, "before");
    const Json& after = member(event, "after");
    const std::string subject = kind + (key.empty() ? "" : " " + key);
    // What was not there before has nothing to come from: "trusted: reviewed with Ann".
    const bool moves = kind == "alias" || !before.is_null();
    return moves ? fmt::format("{}: {} -> {}", subject, plain(before), plain(after)) : fmt::format("{}: {}", subject, plain(after));
}

Result<ExitCode> log(CommandContext& context, const std::string& name) {
    Output& output = context.output();
    TRY_ASSIGN(const std::string model, model_name(name));
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const Json events, server->get_all(Connection::path_of(model) + "/history"));
    if (output.json()) {
        output.write_json({{"items", events}});
        return ExitCode::ok;
    }
    Table table({"AT", "VERSION", "WHAT", "BY"});
    for (const Json& event : events)
        table.add({time_of(event, "at"), plain(member(event, "version")), deed(event), text_of(event, "actor")});
    output.write(table.text(output));
    return ExitCode::ok;
}

}  // namespace

Command log_command() {
    return {"log", "What has happened to a model, newest first", [](Arguments& arguments) -> Run {
                auto name = std::make_shared<std::string>();
                arguments.positional("NAME", *name, "Model").required();
                return [name](CommandContext& context) -> Result<ExitCode> { return log(context, *name); };
            }};
}

}  // namespace assay
