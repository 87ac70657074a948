#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/download.hpp"
#include "clients/cli/inspect_path.hpp"
#include "clients/cli/reference_path.hpp"
#include "clients/cpp/answer.hpp"
#include "clients/cpp/gate_verdict.hpp"
#include "registry/manifest.hpp"
#include "registry/needs.hpp"
#include "registry/safety.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace assay {

namespace {

struct CheckOptions {
    std::string reference;
    std::string environment;
    std::vector<std::string> against;  ///< "scikit-learn=1.9.1", also several with commas
};

/// The releases of --against as packages of an environment.
Result<Environment> releases_against(const std::vector<std::string>& texts) {
    Environment environment{.python = std::nullopt, .implementation = "cpython", .platform = "linux-x86_64", .packages = {}};
    for (const std::string& list : texts) {
        for (const std::string& one : split(list, ',')) {
            const std::size_t equals = one.find('=');
            const std::size_t begins = equals == std::string::npos ? equals : one.find_first_not_of('=', equals);
            const std::string release = begins == std::string::npos ? "" : one.substr(begins);
            const auto refuse = [&](const std::string& because) {
                return fail(Error(ErrorKind::invalid, "usage", fmt::format("--against '{}' is not understood", printable(one, 200)))
                                .with_because(because)
                                .with_fix("such as --against scikit-learn=1.9.1, or --against scikit-learn=1.9.1,numpy=2.4.6"));
            };
            const auto name = package_name(one.substr(0, equals));
            if (!name) return refuse(name.error().message);
            const std::string package = *name == "sklearn" ? "scikit-learn" : *name;
            if (const auto problem = problem_of_release_text(release)) return refuse("the release " + *problem);
            if (!Release::parse(release)) return refuse(fmt::format("'{}' is no release", printable(release, 100)));
            if (package == "python") {
                environment.python = release;
            } else if (!environment.packages.emplace(package, release).second) {
                return refuse(package + " stands twice");
            }
        }
    }
    return environment;
}

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

/// What a file is judged for.
Result<Environment> environment_for_file(CommandContext& context, const CheckOptions& options) {
    if (!options.against.empty()) return releases_against(options.against);
    TRY_ASSIGN(const auto environment, choose_environment(options.environment, context.variables()));
    if (!environment) {
        return fail(Error(ErrorKind::invalid, "usage", "a file is judged for an environment, and --environment none is no such")
                        .with_fix("--environment auto, or a FILE that assay env capture wrote"));
    }
    return environment->environment;
}

/// What cannot be loaded as it is, or would run code that is known to do harm, works nowhere.
Result<void> refuse_unsafe(const Inspection& inspection) {
    TRY_ASSIGN(const SafetyLists lists, SafetyLists::builtin());
    const SafetyVerdict safety = judge_safety(inspection, lists);
    if (safety.verdict < Safety::dangerous) return {};
    Error error(ErrorKind::unsafe, "unsafe-artifact", fmt::format("{} is {}", inspection.name, to_string(safety.verdict)));
    if (!safety.reasons.empty()) error.because = safety.reasons.front().detail;
    error.fixes = {"do not load it; assay inspect FILE shows what is in it"};
    return fail(std::move(error));
}

/// A file that is in no registry, by what its bytes need and the rules that come with Assay.
Result<ExitCode> check_file(CommandContext& context, const CheckOptions& options) {
    TRY_ASSIGN(const Environment environment, environment_for_file(context, options));
    TRY_ASSIGN(const Inspection inspection, inspect_path(options.reference));
    TRY(refuse_unsafe(inspection));
    Recorded needs = needs_of_file(to_json(inspection, SIZE_MAX));
    needs.version = inspection.name;
    if (needs.uses.empty() && needs.names.empty() && needs.formats.empty()) {
        return fail(Error(ErrorKind::invalid, "nothing-to-check", "nothing in it says what it needs to be loaded")
                        .with_because("it is " + printable(inspection.format, 60) +
                                      ", and neither imports a library with a table nor names a release")
                        .with_fix("assay inspect " + printable(options.reference, 300) + " shows what is in it"));
    }
    if (!options.against.empty()) {
        std::set<std::string> packages{environment.python ? "python" : ""};
        for (const auto& [package, release] : environment.packages) {
            if (!needs.names.contains(package) && !needs.formats.contains(package) && !needs.libraries.contains(package)) {
                return fail(Error(ErrorKind::invalid, "usage", fmt::format("nothing in {} needs {}", needs.version, package))
                                .with_fix("assay inspect FILE shows which packages its bytes import"));
            }
            packages.insert(package);
        }
        needs = needs_of_packages(std::move(needs), packages);
    }
    Verdict verdict = judge(needs, environment, default_rules());
    advise(verdict, needs, environment, default_rules());
    // A file in no registry has no version that could be tried, and no waiver.
    std::erase_if(verdict.fix, [](const std::string& fix) { return fix.starts_with("let the smoke test decide"); });
    return tell(context.output(), needs.version, to_json(verdict), true);
}

Result<std::optional<LocalEnvironment>> local_environment(Environment environment) {
    TRY_ASSIGN(const Digest digest, digest_of(environment));
    return LocalEnvironment{std::move(environment), digest};
}

Result<std::optional<LocalEnvironment>> environment_for_version(CommandContext& context, const CheckOptions& options) {
    if (options.against.empty()) return choose_environment(options.environment, context.variables());
    TRY_ASSIGN(Environment environment, releases_against(options.against));
    return local_environment(std::move(environment));
}

/// The environment that the version was made in, with these releases in the place of its own.
Result<std::optional<LocalEnvironment>> with_recorded(const RemoteVersion& version, Environment environment) {
    TRY_ASSIGN(const Manifest manifest, read_manifest(to_text(version.manifest)));
    for (const auto& [package, release] : manifest.facts.libraries) {
        if (package == "python") {
            if (!environment.python) environment.python = release;
        } else {
            environment.packages.emplace(package, release);
        }
    }
    if (!environment.python) {
        return fail(Error(ErrorKind::invalid, "usage", version.name() + " does not say which Python it was made with")
                        .with_fix("name it: --against python=3.12,…"));
    }
    return local_environment(std::move(environment));
}

Result<ExitCode> check_version(CommandContext& context, const CheckOptions& options) {
    TRY_ASSIGN(const Reference reference, Reference::parse(options.reference));
    TRY_ASSIGN(auto environment, environment_for_version(context, options));
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const RemoteVersion version, resolve(*server, reference));
    if (!options.against.empty()) {
        TRY_ASSIGN(environment, with_recorded(version, environment->environment));
    }
    TRY_ASSIGN(const Json verdict, judge(*server, version, environment, false));
    return tell(context.output(), version.name(), verdict, environment.has_value());
}

}  // namespace

Command check_command() {
    return {"check", "Would this version or file work in this environment? (exit 4: no)", [](Arguments& arguments) -> Run {
                auto options = std::make_shared<CheckOptions>();
                arguments.positional("REF|FILE", options->reference, "Version or file to judge").required();
                const Option environment =
                    arguments.option("--environment FILE|auto|none", options->environment, "Environment: FILE, auto or none");
                arguments
                    .option("--against PACKAGE=RELEASE", options->against, "Judge these releases alone: scikit-learn=1.9.1[,numpy=2.4.6 …]")
                    .excludes(environment);
                return [options](CommandContext& context) -> Result<ExitCode> {
                    if (options->environment.empty()) options->environment = context.config().environment;
                    auto code = means_a_file(options->reference) ? check_file(context, *options) : check_version(context, *options);
                    if (!code) return fail(std::move(code).error().with_context("checking " + printable(options->reference, 300)));
                    return code;
                };
            }};
}

}  // namespace assay
