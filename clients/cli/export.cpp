#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/export_models.hpp"
#include "clients/cli/export_runs.hpp"

#include <memory>

namespace assay {

namespace {

struct ExportOptions {
    std::string target;
    bool no_artifacts = false;
};

/// "127.0.0.1:8080" of a URL.
std::string authority_of(std::string_view url) {
    if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    std::string authority = to_lower_ascii(url.substr(0, url.find('/')));
    constexpr std::string_view local = "localhost";
    if (authority.starts_with(local)) authority.replace(0, local.size(), "127.0.0.1");
    return authority;
}

Result<void> export_all(CommandContext& context, const ExportOptions& options, ImportReport& report) {
    if (authority_of(options.target) == authority_of(context.config().url))
        return fail(Error(ErrorKind::invalid, "same-server", "a server is not exported onto itself: everything would be there twice")
                        .with_fix("name the server that is to have it all; this one is the one of --url, ASSAY_URL or the configuration"));
    TRY_ASSIGN(MlflowApi there, MlflowApi::open(options.target));
    TRY_ASSIGN(Connection* const here, context.server());
    TRY_ASSIGN(const auto source, open_mlflow_server(context.config().url));
    ExportedPlaces places;
    TRY(export_runs(context.output(), *source, there, !options.no_artifacts, places, report));
    if (options.no_artifacts) return {};
    return export_models(*here, *source, there, places, report);
}

Result<ExitCode> run_export(CommandContext& context, const ExportOptions& options) {
    ImportReport report;
    return report.finish(context.output(), export_all(context, options, report), "exporting to " + printable(options.target, 300));
}

}  // namespace

Command export_command() {
    return {"export", "Give an MLflow tracking server everything that this one has", [](Arguments& arguments) -> Run {
                auto options = std::make_shared<ExportOptions>();
                arguments.require_subcommand();
                Arguments& mlflow = arguments.subcommand("mlflow", "To a tracking server");
                mlflow.positional("TARGET", options->target, "http://HOST:PORT").required();
                mlflow.flag("--no-artifacts", options->no_artifacts, "No files, and so no versions");
                return [options](CommandContext& context) -> Result<ExitCode> { return run_export(context, *options); };
            }};
}

}  // namespace assay
