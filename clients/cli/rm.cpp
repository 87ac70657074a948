#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/reference_path.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

struct RemoveOptions {
    std::string reference;
    bool force = false;
    bool yes = false;
};

Result<ExitCode> remove(CommandContext& context, const RemoveOptions& options) {
    Output& output = context.output();
    TRY_ASSIGN(const Reference reference, Reference::parse(options.reference));
    if (options.reference.find('@') == std::string::npos && !options.reference.starts_with("models:/")) {
        return fail(Error(ErrorKind::invalid, "usage", "'" + printable(options.reference, 300) + "' names a model and no version")
                        .with_fix("assay rm NAME@VERSION"));
    }
    TRY_ASSIGN(Connection* const server, context.server());
    // Resolved once: what the person confirms is what is deleted, even if an alias moves meanwhile.
    TRY_ASSIGN(const Json version, server->get(path_of(reference)));
    const auto number = integer_of(version, "version");
    if (!number) return fail(ErrorKind::internal, "bad-answer", "the server's answer names no version");
    const std::string name = fmt::format("{}@{}", reference.model, *number);
    const std::vector<std::string> aliases = strings_of(list_of(version, "aliases"));
    if (!options.yes) {
        const std::string with = options.force && !aliases.empty()
                                     ? fmt::format(" and its alias{} {}", aliases.size() == 1 ? "" : "es", join(aliases, ", "))
                                     : "";
        if (auto confirmed = context.confirm(fmt::format("delete {}{}?", printable(name, 300), with)); !confirmed) {
            Error error = std::move(confirmed).error();
            error.fixes = {fmt::format("assay rm {}{} --yes", printable(name, 300), options.force ? " --force" : "")};
            return fail(std::move(error));
        }
    }
    TRY(server->remove(Connection::path_of(reference.model, *number) + (options.force ? "?force=true" : "")));
    if (output.json())
        output.write_json({{"model", reference.model}, {"version", *number}, {"state", "deleted"}});
    else
        output.write_line(fmt::format("{} is deleted; 'assay undelete {}' brings it back", name, name));
    return ExitCode::ok;
}

}  // namespace

Command rm_command() {
    return {"rm", "Delete a version (its number stays taken; undelete brings it back)", [](Arguments& arguments) -> Run {
                auto options = std::make_shared<RemoveOptions>();
                arguments.positional("REF", options->reference, "Version to delete").required();
                arguments.flag("--force", options->force, "Also when aliases point at it; they are removed");
                arguments.flag("-y,--yes", options->yes, "Do not ask");
                return [options](CommandContext& context) -> Result<ExitCode> { return remove(context, *options); };
            }};
}

}  // namespace assay
