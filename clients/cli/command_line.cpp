#include "clients/cli/command_line.hpp"

#include "base/text.hpp"
#include "base/version.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/usage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <map>
#include <ostream>

namespace assay {

namespace {

struct GlobalFlags {
    std::optional<std::string> url;
    std::optional<std::string> consumer;
    bool json = false;
    bool quiet = false;
    bool no_color = false;
    bool version = false;
};

void declare_global_flags(Arguments& whole, GlobalFlags& flags) {
    whole.option("--url URL", flags.url, "Server to talk to (else ASSAY_URL, assay.toml, http://127.0.0.1:8080)");
    whole.option("--consumer NAME", flags.consumer, "Who is asking, NAME or NAME@HOST; recorded with fetches");
    whole.flag("--json", flags.json, "One JSON document on standard output");
    whole.flag("-q,--quiet", flags.quiet, "No messages but warnings and errors");
    whole.flag("--no-color", flags.no_color, "No colours (as with NO_COLOR)");
    whole.flag("--version", flags.version, "Print the version");
}

std::string overview() {
    std::string text =
        "assay: a registry for machine-learning models that refuses to hand out what would break\n\nusage: assay COMMAND [OPTIONS]\n\n";
    for (const Command& command : commands()) text += fmt::format("  {:<11}{}\n", command.name, command.summary);
    return text + "\n'assay help COMMAND' shows a command's page. --json, --url URL, --quiet and --no-color may stand anywhere.\n";
}

/// Parsing stops options at "--"; before it, --json may stand anywhere.
bool asks_for_json(const std::vector<std::string>& arguments) {
    for (const std::string& argument : arguments) {
        if (argument == "--") return false;
        if (argument == "--json") return true;
    }
    return false;
}

/// The server refused what stands in the command line itself: the filter, the order, or the parameter that an option is.
bool is_about_the_command_line(const Error& error) {
    return error.code == "invalid-filter" || error.code == "invalid-order" ||
           std::ranges::any_of(error.problems, [](const FieldProblem& problem) { return problem.field.starts_with('?'); });
}

ExitCode exit_code_for(const Error& error, const CommandContext* context) {
    // What is invalid and was not refused by the server is what the person typed.
    if (error.kind == ErrorKind::invalid && (context == nullptr || !context->refused_by_server() || is_about_the_command_line(error)))
        return ExitCode::usage;
    return exit_code_of(error.kind);
}

int run(const std::vector<std::string>& arguments, const Surroundings& world, Output::Options options) {
    Arguments whole("assay");
    bool help = false;
    whole.flag("-h,--help", help, "How a command is used");
    GlobalFlags flags;
    declare_global_flags(whole, flags);
    std::map<const Arguments*, Run> runs;
    std::map<const Arguments*, Needs> needs;
    for (const Command& command : commands()) {
        Arguments& sub = whole.subcommand(std::string(command.name), std::string(command.summary));
        runs[&sub] = command.declare(sub);
        needs[&sub] = command.needs;
    }

    // Parsing complains of what is missing before anything can look at a flag: help is answered first.
    const auto before_dashes = std::ranges::find(arguments, "--");
    const bool wants_help =
        std::any_of(arguments.begin(), before_dashes, [](const std::string& word) { return word == "--help" || word == "-h"; });
    if (wants_help) {
        const auto named = std::ranges::find_if(arguments, [](const std::string& word) { return page_of(word).has_value(); });
        if (named == arguments.end()) {
            Output(world.out, world.err, options).write(overview());
            return 0;
        }
        return run({"help", *named}, world, options);
    }

    std::optional<Error> misuse;
    if (const auto problem = whole.parse(arguments)) misuse = misuse_of(whole, *problem);
    options.quiet = flags.quiet;
    if (!misuse) options.json = flags.json;  // also says what --json=false means
    if (flags.no_color) options.colour = false;
    Output output(world.out, world.err, options);
    const auto finish = [&](const Error& error, const CommandContext* context) {
        output.error(error);
        return static_cast<int>(exit_code_for(error, context));
    };
    if (misuse) return finish(*misuse, nullptr);
    if (flags.version) {
        if (options.json)
            output.write_json({{"name", "assay"}, {"version", assay_version}});
        else
            output.write_line("assay " + std::string(assay_version));
        return 0;
    }
    const Arguments* const chosen = whole.chosen();
    if (chosen == nullptr) {
        output.write(overview());
        return 0;
    }

    ConfigSources sources{flags.url, flags.consumer, world.variables, world.directory, world.user, world.host};
    auto config = load_config(sources);
    std::optional<Error> config_problem;
    if (!config) {
        if (needs.at(chosen) == Needs::configuration) return finish(config.error(), nullptr);
        config_problem = config.error();
        sources.files = ConfigFiles::leave_out;
        config = load_config(sources);
        if (!config) return finish(config.error(), nullptr);
    }
    CommandContext context(*std::move(config), output, world.variables, world.connect, world.in, world.in_is_terminal,
                           std::move(config_problem));
    const auto code = runs.at(chosen)(context);
    if (!code) return finish(code.error(), &context);
    return static_cast<int>(*code);
}

}  // namespace

int run_command_line(const std::vector<std::string>& arguments, const Surroundings& surroundings) {
    Output::Options options;
    options.json = asks_for_json(arguments);
    options.out_is_terminal = surroundings.out_is_terminal;
    options.err_is_terminal = surroundings.err_is_terminal;
    options.width = surroundings.width;
    const auto no_color = surroundings.variables ? surroundings.variables("NO_COLOR") : std::nullopt;
    options.colour = !no_color || no_color->empty();
    try {
        return run(arguments, surroundings, options);
    } catch (const std::exception& error) {
        Output(surroundings.out, surroundings.err, options)
            .error(Error(ErrorKind::internal, "internal", std::string("a fault of ours: ") + error.what()));
        return static_cast<int>(ExitCode::other);
    }
}

}  // namespace assay
