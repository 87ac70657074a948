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

Result<void> export_all(CommandContext& context, const ExportOptions& options, ImportReport& report) {
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
