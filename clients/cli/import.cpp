#include "base/text.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/import_dvc.hpp"
#include "clients/cli/import_json.hpp"
#include "clients/cli/import_mlflow.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace assay {

namespace {

struct ImportOptions {
    MlflowImportOptions mlflow;
    DvcImportOptions dvc;
    JsonImportOptions json;
    std::vector<std::string> map;
    CLI::App* from_mlflow = nullptr;
    CLI::App* from_dvc = nullptr;
};

/// Runs one of them, and shows what came of it.
template <class Take>
Result<ExitCode> take_over(CommandContext& context, const std::string& source, Take take) {
    TRY_ASSIGN(Connection* const server, context.server());
    ImportReport report;
    return report.finish(context.output(), take(*server, report), "importing " + printable(source, 300));
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

void declare_mlflow(CLI::App& app, ImportOptions& options) {
    options.from_mlflow = app.add_subcommand("mlflow", "From a tracking server, its database or a folder mlruns");
    options.from_mlflow->fallthrough();
    options.from_mlflow->add_option("SOURCE", options.mlflow.source, "http://HOST:PORT, the file mlflow.db, or the folder mlruns")
        ->required();
    options.from_mlflow->add_option("--artifacts", options.mlflow.artifacts, "The folder behind mlflow-artifacts: URIs of a database")
        ->type_name("FOLDER");
    options.from_mlflow->add_flag("--no-artifacts", options.mlflow.no_artifacts,
                                  "Only what the database has: no files, and so no versions");
}

void declare_dvc(CLI::App& app, ImportOptions& options) {
    options.from_dvc = app.add_subcommand("dvc", "The models of a DVC project");
    options.from_dvc->fallthrough();
    options.from_dvc->add_option("FOLDER", options.dvc.folder, "Where dvc.lock and .dvc files are; this folder when not given");
    options.from_dvc->add_option("--name", options.dvc.name, "The model; otherwise as dvc.yaml or the file says")->type_name("NAME");
}

void declare_json(CLI::App& app, ImportOptions& options) {
    CLI::App* const json = app.add_subcommand("json", "Model files with a JSON file beside them");
    json->fallthrough();
    json->add_option("PATH", options.json.paths, "JSON files, model files or folders")->required();
    json->add_option("--name", options.json.name, "The model; otherwise as the JSON or the file says")->type_name("NAME");
    json->add_option("--map", options.map, "Read what is at a PATH of the JSON as a FIELD")
        ->type_name("FIELD=PATH")
        ->allow_extra_args(false);
}

}  // namespace

Command import_command() {
    return {"import", "Take over what another tool has kept: MLflow, DVC, JSON files beside models", [](CLI::App& app) -> Run {
                auto options = std::make_shared<ImportOptions>();
                app.require_subcommand(1);
                declare_mlflow(app, *options);
                declare_dvc(app, *options);
                declare_json(app, *options);
                return [options](CommandContext& context) -> Result<ExitCode> { return import(context, *options); };
            }};
}

}  // namespace assay
