#include "base/text.hpp"
#include "clients/cli/answer.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/download.hpp"

#include <CLI/CLI.hpp>
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
    context.output().note(fmt::format("{} packages of {}, digest {}", environment.json.at("packages").size(), printable(python, 300), environment.digest.to_string()));
    context.output().write_json(environment.json);
    return ExitCode::ok;
}

/// The environment a version was trained in, as far as its facts tell.
std::string as_pip(const RemoteVersion& version, const Json& libraries) {
    std::string text = fmt::format("# {}, {}\n", version.name(), version.digest.to_string());
    if (const std::string python = text_of(libraries, "python"); !python.empty()) text += fmt::format("# Python {}\n", python);
    for (auto it = libraries.begin(); it != libraries.end(); ++it) {
        if (it.key() != "python") text += fmt::format("{}=={}\n", printable(it.key(), 300), plain(*it));
    }
    return text;
}

std::string as_conda(const RemoteVersion& version, const Json& libraries) {
    std::string text = fmt::format("# {}, {}\ndependencies:\n", version.name(), version.digest.to_string());
    if (const std::string python = text_of(libraries, "python"); !python.empty()) text += fmt::format("  - python={}\n", python);
    text += "  - pip\n  - pip:\n";
    for (auto it = libraries.begin(); it != libraries.end(); ++it) {
        if (it.key() != "python") text += fmt::format("    - {}=={}\n", printable(it.key(), 300), plain(*it));
    }
    return text;
}

Result<ExitCode> show(CommandContext& context, const EnvOptions& options) {
    TRY_ASSIGN(const Reference reference, Reference::parse(options.reference));
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const RemoteVersion version, resolve(*server, reference));
    const Json& facts = member(version.manifest, "facts");
    Json libraries = member(facts, "libraries");
    if (!libraries.is_object()) libraries = Json::object();
    Output& output = context.output();
    if (output.json() || options.format == "json") {
        Json packages = libraries;
        packages.erase("python");
        Json environment = {{"python", member(libraries, "python")}, {"platform", member(facts, "platform")}, {"packages", std::move(packages)}};
        if (libraries.contains("python")) environment["implementation"] = "cpython";
        for (const char* key : {"python", "platform"}) {
            if (environment[key].is_null()) environment.erase(key);
        }
        output.write_json(environment);
    } else {
        output.write(options.format == "conda" ? as_conda(version, libraries) : as_pip(version, libraries));
    }
    return ExitCode::ok;
}

}  // namespace

Command env_command() {
    return {"env", "Describe an environment, or show the one a version was trained in", [](CLI::App& app) -> Run {
                auto options = std::make_shared<EnvOptions>();
                app.require_subcommand(1);
                CLI::App* capture_app = app.add_subcommand("capture", "What a Python interpreter has, as JSON");
                capture_app->add_option("--python", options->python, "Interpreter (else the active virtual environment's, else python3)")->type_name("PATH");
                CLI::App* show_app = app.add_subcommand("show", "Where a version was trained");
                show_app->add_option("REF", options->reference, "Version")->required();
                show_app->add_option("--format", options->format, "json, pip or conda")->type_name("json|pip|conda")->check(CLI::IsMember({"json", "pip", "conda"}));
                for (CLI::App* sub : {capture_app, show_app}) sub->fallthrough();
                return [=](CommandContext& context) -> Result<ExitCode> { return capture_app->parsed() ? capture(context, *options) : show(context, *options); };
            }};
}

}  // namespace assay
