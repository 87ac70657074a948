#include "base/text.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/page.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace assay {

namespace {

Result<ExitCode> help(CommandContext& context, const std::string& name) {
    Output& output = context.output();
    const auto page = page_of(name.empty() ? "help" : name);
    if (!page) {
        Error error(ErrorKind::invalid, "usage", fmt::format("there is no command '{}'", printable(name, 100)));
        const auto near = nearest_command(name);
        return fail(std::move(error).with_fix(near ? fmt::format("did you mean 'assay help {}'?", *near)
                                                   : std::string("'assay' alone lists the commands")));
    }
    if (output.json())
        output.write_json({{"command", name.empty() ? "help" : name}, {"page", *page}});
    else
        output.write(rendered_page(*page, output));
    return ExitCode::ok;
}

}  // namespace

Command help_command() {
    return {"help", "The manual page of a command", [](CLI::App& app) -> Run {
                auto name = std::make_shared<std::string>();
                app.add_option("COMMAND", *name, "Command");
                return [name](CommandContext& context) -> Result<ExitCode> { return help(context, *name); };
            }};
}

}  // namespace assay
