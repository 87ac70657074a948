#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cpp/answer.hpp"
#include "registry/reference.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

Result<ExitCode> undelete(CommandContext& context, const std::string& text) {
    Output& output = context.output();
    TRY_ASSIGN(const Reference reference, Reference::parse(text));
    const auto* number = std::get_if<std::int64_t>(&reference.version);
    if (number == nullptr) {
        return fail(Error(ErrorKind::invalid, "usage", "'" + printable(text, 300) + "' is no version number of a model")
                        .with_fix("assay undelete NAME@3; 'assay list NAME --all' shows the deleted ones"));
    }
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const Json version, server->create(Connection::path_of(reference.model, *number) + ":undelete", Json::object()));
    if (output.json())
        output.write_json(version);
    else
        output.write_line(fmt::format("{} is {} again", reference.to_string(), text_of(version, "state")));
    return ExitCode::ok;
}

}  // namespace

Command undelete_command() {
    return {"undelete", "Bring a deleted version back", [](Arguments& arguments) -> Run {
                auto reference = std::make_shared<std::string>();
                arguments.positional("REF", *reference, "NAME@VERSION").required();
                return [reference](CommandContext& context) -> Result<ExitCode> { return undelete(context, *reference); };
            }};
}

}  // namespace assay
