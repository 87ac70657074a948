#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/download.hpp"
#include "clients/cli/option_value.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

struct EnvOptions {
    std::string python;
    std::string reference;
    std::string format = "pip";
};

Result<ExitCode> capture(CommandContext& context, const EnvOptions& options) {
    const std::string python = options.python.empty() ? default_python(context.variables()) : options.python;
    TRY_ASSIGN(const LocalEnvironment environment, capture_environment(python));
    const std::size_t count = environment.environment.packages.size();
    context.output().note(
        fmt::format("{} package{} of {}, digest {}", count, count == 1 ? "" : "s", printable(python, 300), environment.digest.to_string()));
    context.output().write_json(to_json(environment.environment));
    return ExitCode::ok;
}

/// The environment a version was trained in, as far as its facts tell.
Result<Environment> environment_of(const RemoteVersion& version) {
    const Json& facts = member(version.manifest, "facts");
    const Json& libraries = member(facts, "libraries");
    Environment environment;
    environment.platform = text_of(facts, "platform");
    if (!libraries.is_object()) return environment;
    for (auto it = libraries.begin(); it != libraries.end(); ++it) {
        const auto name = package_name(it.key());
        if (!name) return fail(Error(name.error()).with_context("reading the libraries of " + printable(version.name(), 300)));
        if (*name == "python") {
            environment.python = plain(*it);
            environment.implementation = "cpython";  // facts do not tell: the common one
        } else {
            environment.packages[*name] = plain(*it);
        }
    }
    return environment;
}

Result<ExitCode> show(CommandContext& context, const EnvOptions& options) {
    TRY_ASSIGN(const Reference reference, Reference::parse(options.reference));
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const RemoteVersion version, resolve(*server, reference));
    TRY_ASSIGN(Environment environment, environment_of(version));
    Output& output = context.output();
    if (output.json() || options.format == "json") {
        Json json = to_json(environment);
        for (const char* key : {"implementation", "platform"}) {
            if (json[key] == Json("")) json.erase(key);
        }
        output.write_json(json);
        return ExitCode::ok;
    }
    if (environment.implementation.empty()) environment.implementation = "python";
    if (environment.platform.empty()) environment.platform = "unknown platform";
    TRY_ASSIGN(const std::string text, options.format == "conda" ? to_conda(environment) : to_pip(environment));
    output.write(fmt::format("# {}, {}\n{}", printable(version.name(), 300), version.digest.to_string(), text));
    return ExitCode::ok;
}

}  // namespace

Command env_command() {
    return {"env", "Describe an environment, or show the one a version was trained in", [](Arguments& arguments) -> Run {
                auto options = std::make_shared<EnvOptions>();
                arguments.require_subcommand();
                Arguments& capture_form = arguments.subcommand("capture", "What a Python interpreter has, as JSON");
                capture_form.option("--python PATH", options->python, "Interpreter (else the active virtual environment's, else python3)");
                Arguments& show_form = arguments.subcommand("show", "Where a version was trained");
                show_form.positional("REF", options->reference, "Version").required();
                show_form.option("--format json|pip|conda", options->format, "json, pip or conda").check(one_of({"json", "pip", "conda"}));
                return [options, &capture_form](CommandContext& context) -> Result<ExitCode> {
                    return capture_form.parsed() ? capture(context, *options) : show(context, *options);
                };
            }};
}

}  // namespace assay
