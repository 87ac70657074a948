#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/man_page.hpp"
#include "clients/cli/page.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

struct HelpOptions {
    std::string name;
    bool man = false;
};

/// The page as roff. Without a name it is that of the program.
std::string man_page(const std::string& name, std::string_view page) {
    if (name.empty()) return man_page_of_program();
    const auto command = std::ranges::find(commands(), name, &Command::name);
    return command == commands().end() ? man_page_of_format(name, page) : man_page_of_command(name, command->summary, page);
}

Result<ExitCode> help(CommandContext& context, const HelpOptions& options) {
    Output& output = context.output();
    const std::string name = options.name.empty() ? "help" : options.name;
    const auto page = page_of(name);
    if (!page) {
        Error error(ErrorKind::invalid, "usage", fmt::format("there is no command '{}'", printable(name, 100)));
        const auto near = nearest_command(name);
        return fail(std::move(error).with_fix(near ? fmt::format("did you mean 'assay help {}'?", *near)
                                                   : std::string("'assay' alone lists the commands")));
    }
    const std::string text = options.man ? man_page(options.name, *page) : std::string(*page);
    if (output.json())
        output.write_json({{"command", name}, {"page", text}});
    else
        output.write(options.man ? text : rendered_page(text, output));
    return ExitCode::ok;
}

}  // namespace

Command help_command() {
    return {"help", "The manual page of a command",
            [](Arguments& arguments) -> Run {
                auto options = std::make_shared<HelpOptions>();
                arguments.positional("COMMAND", options->name, "Command");
                arguments.flag("--man", options->man, "The page as man(1) reads it; without a COMMAND that of assay itself");
                return [options](CommandContext& context) { return help(context, *options); };
            },
            Needs::nothing};
}

}  // namespace assay
