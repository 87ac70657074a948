#include "base/text.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/download.hpp"
#include "clients/cli/reference_path.hpp"
#include "clients/cpp/answer.hpp"
#include "clients/cpp/gate_verdict.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace assay {

namespace {

struct CheckOptions {
    std::string reference;
    std::string environment;
};

std::string considered(const Json& verdict) {
    const std::vector<std::string> packages = strings_of(list_of(verdict, "considered"));
    return packages.empty() ? "nothing to compare" : join(packages, ", ");
}

Result<ExitCode> check(CommandContext& context, const CheckOptions& options) {
    if (means_a_file(options.reference)) {
        return fail(Error(ErrorKind::invalid, "usage",
                          printable(options.reference, 300) + " is a file, and only registered versions can be checked")
                        .with_fix("push it first: assay push NAME " + printable(options.reference, 300)));
    }
    Output& output = context.output();
    TRY_ASSIGN(const Reference reference, Reference::parse(options.reference));
    TRY_ASSIGN(const auto environment, choose_environment(options.environment, context.variables()));
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const RemoteVersion version, resolve(*server, reference));
    TRY_ASSIGN(const Json verdict, judge(*server, version, environment, false));
    if (output.json()) output.write_json(verdict);
    if (refuses(verdict)) {
        const Error refusal = refusal_of(verdict);
        if (!output.json()) output.write(fmt::format("{}: {}", output.styled("refuse", Style::red), explain(refusal)));
        return ExitCode::incompatible;
    }
    for (const std::string& warning : warnings_of(verdict)) output.warn(warning);
    if (!output.json()) {
        const bool warned = text_of(verdict, "verdict") == "warn";
        output.write_line(fmt::format("{} {}: {}", output.styled(warned ? "warn" : "allow", warned ? Style::yellow : Style::green),
                                      version.name(), environment ? considered(verdict) : "not judged, for there is no environment"));
    }
    return ExitCode::ok;
}

}  // namespace

Command check_command() {
    return {"check", "Would this version work in this environment? (exit 4: no)", [](CLI::App& app) -> Run {
                auto options = std::make_shared<CheckOptions>();
                app.add_option("REF", options->reference, "Version to judge")->required();
                app.add_option("--environment", options->environment, "Environment: FILE, auto or none")->type_name("FILE|auto|none");
                return [options](CommandContext& context) -> Result<ExitCode> {
                    if (options->environment.empty()) options->environment = context.config().environment;
                    auto code = check(context, *options);
                    if (!code) return fail(std::move(code).error().with_context("checking " + printable(options->reference, 300)));
                    return code;
                };
            }};
}

}  // namespace assay
