#include "base/text.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/download.hpp"
#include "clients/cli/inspect_path.hpp"
#include "clients/cli/reference_path.hpp"
#include "clients/cpp/answer.hpp"
#include "clients/cpp/gate_verdict.hpp"
#include "registry/needs.hpp"

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

/// The verdict, told.
ExitCode tell(Output& output, const std::string& name, const Json& verdict, bool judged) {
    if (output.json()) output.write_json(verdict);
    if (refuses(verdict)) {
        const Error refusal = refusal_of(verdict);
        if (!output.json()) output.write(fmt::format("{}: {}", output.styled("refuse", Style::red), explain(refusal)));
        return ExitCode::incompatible;
    }
    for (const std::string& warning : warnings_of(verdict)) output.warn(warning);
    if (!output.json()) {
        const bool warned = text_of(verdict, "verdict") == "warn";
        output.write_line(fmt::format("{} {}: {}", output.styled(warned ? "warn" : "allow", warned ? Style::yellow : Style::green), name,
                                      judged ? considered(verdict) : "not judged, for there is no environment"));
    }
    return ExitCode::ok;
}

/// A file that is in no registry, by what its bytes need and the rules that come with Assay.
Result<ExitCode> check_file(CommandContext& context, const CheckOptions& options) {
    TRY_ASSIGN(const auto environment, choose_environment(options.environment, context.variables()));
    if (!environment) {
        return fail(Error(ErrorKind::invalid, "usage", "a file is judged for an environment, and --environment none is no such")
                        .with_fix("--environment auto, or a FILE that assay env capture wrote"));
    }
    TRY_ASSIGN(const Inspection inspection, inspect_path(options.reference));
    Recorded needs = needs_of_file(to_json(inspection, SIZE_MAX));
    needs.version = inspection.name;
    if (needs.uses.empty() && needs.names.empty() && needs.formats.empty()) {
        return fail(Error(ErrorKind::invalid, "nothing-to-check", "nothing in it says what it needs to be loaded")
                        .with_because("it is " + printable(inspection.format, 60) +
                                      ", and neither imports a library with a table nor names a release")
                        .with_fix("assay inspect " + printable(options.reference, 300) + " shows what is in it"));
    }
    return tell(context.output(), needs.version, to_json(judge(needs, environment->environment, default_rules())), true);
}

Result<ExitCode> check_version(CommandContext& context, const CheckOptions& options) {
    TRY_ASSIGN(const Reference reference, Reference::parse(options.reference));
    TRY_ASSIGN(const auto environment, choose_environment(options.environment, context.variables()));
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const RemoteVersion version, resolve(*server, reference));
    TRY_ASSIGN(const Json verdict, judge(*server, version, environment, false));
    return tell(context.output(), version.name(), verdict, environment.has_value());
}

}  // namespace

Command check_command() {
    return {"check", "Would this version or file work in this environment? (exit 4: no)", [](CLI::App& app) -> Run {
                auto options = std::make_shared<CheckOptions>();
                app.add_option("REF|FILE", options->reference, "Version or file to judge")->required();
                app.add_option("--environment", options->environment, "Environment: FILE, auto or none")->type_name("FILE|auto|none");
                return [options](CommandContext& context) -> Result<ExitCode> {
                    if (options->environment.empty()) options->environment = context.config().environment;
                    auto code = means_a_file(options->reference) ? check_file(context, *options) : check_version(context, *options);
                    if (!code) return fail(std::move(code).error().with_context("checking " + printable(options->reference, 300)));
                    return code;
                };
            }};
}

}  // namespace assay
