#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/import_dvc.hpp"
#include "clients/cli/import_json.hpp"
#include "clients/cli/import_mlflow.hpp"

#include <memory>

namespace assay {

namespace {

struct ImportOptions {
    MlflowImportOptions mlflow;
    DvcImportOptions dvc;
    JsonImportOptions json;
    std::vector<std::string> map;
    const Arguments* from_mlflow = nullptr;
    const Arguments* from_dvc = nullptr;
};

/// "postgresql://…@host/mlflow" of "postgresql://ann:secret@host/mlflow"
std::string without_password(std::string source) {
    const std::size_t scheme = source.find("://");
    const std::size_t at = source.rfind('@');
    if (scheme != std::string::npos && at != std::string::npos && at > scheme) source.replace(scheme + 3, at - scheme - 3, "…");
    return source;
}

/// Runs one of them, and shows what came of it.
template <class Take>
Result<ExitCode> take_over(CommandContext& context, const std::string& source, Take take) {
    TRY_ASSIGN(Connection* const server, context.server());
    ImportReport report;
    return report.finish(context.output(), take(*server, report), "importing " + printable(without_password(source), 300));
}

Result<ExitCode> import(CommandContext& context, ImportOptions& options) {
    Output& output = context.output();
    if (options.from_mlflow->parsed())
        return take_over(context, options.mlflow.source,
                         [&](Connection& server, ImportReport& report) { return import_mlflow(output, server, options.mlflow, report); });
    if (options.from_dvc->parsed())
        return take_over(context, options.dvc.folder, [&](Connection& server, ImportReport& report) {
            return import_dvc(output, server, context.config(), options.dvc, report);
        });
    for (const std::string& text : options.map) {
        TRY_ASSIGN(auto pair, companion_map_option(text));
        options.json.map.push_back(std::move(pair));
    }
    return take_over(context, join(options.json.paths, " "), [&](Connection& server, ImportReport& report) {
        return import_json(output, server, context.config(), options.json, report);
    });
}

void declare_mlflow(Arguments& arguments, ImportOptions& options) {
    Arguments& mlflow = arguments.subcommand("mlflow", "From a tracking server, its database or a folder mlruns");
    options.from_mlflow = &mlflow;
    mlflow.positional("SOURCE", options.mlflow.source, "http://HOST:PORT, the file mlflow.db, or the folder mlruns").required();
    mlflow.option("--artifacts FOLDER", options.mlflow.artifacts, "The folder behind mlflow-artifacts: URIs of a database");
    mlflow.flag("--no-artifacts", options.mlflow.no_artifacts, "Only what the database has: no files, and so no versions");
}

void declare_dvc(Arguments& arguments, ImportOptions& options) {
    Arguments& dvc = arguments.subcommand("dvc", "The models of a DVC project");
    options.from_dvc = &dvc;
    dvc.positional("FOLDER", options.dvc.folder, "Where dvc.lock and .dvc files are; this folder when not given");
    dvc.option("--name NAME", options.dvc.name, "The model; otherwise as dvc.yaml or the file says");
}

void declare_json(Arguments& arguments, ImportOptions& options) {
    Arguments& json = arguments.subcommand("json", "Model files with a JSON file beside them");
    json.positional("PATH", options.json.paths, "JSON files, model files or folders").required();
    json.option("--name NAME", options.json.name, "The model; otherwise as the JSON or the file says");
    json.option("--map FIELD=PATH", options.map, "Read what is at a PATH of the JSON as a FIELD").one_value_each();
}

}  // namespace

Command import_command() {
    return {"import", "Take over what another tool has kept: MLflow, DVC, JSON files beside models", [](Arguments& arguments) -> Run {
                auto options = std::make_shared<ImportOptions>();
                arguments.require_subcommand();
                declare_mlflow(arguments, *options);
                declare_dvc(arguments, *options);
                declare_json(arguments, *options);
                return [options](CommandContext& context) -> Result<ExitCode> { return import(context, *options); };
            }};
}

}  // namespace assay
