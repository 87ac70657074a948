#pragma once

#include "clients/cli/import_report.hpp"
#include "clients/cli/mlflow_api.hpp"
#include "clients/cli/mlflow_source.hpp"

#include <map>
#include <string>

namespace assay {

/// What a run or a logged model of ours is there.
struct ExportedPlace {
    std::string id;
    std::string artifacts;  ///< the URI of its files there
    std::string location;   ///< the URI of its files here
    bool lacks_files = false;  ///< they could not go there
};

struct ExportedPlaces {
    std::map<std::string, ExportedPlace> runs;           ///< by id here
    std::map<std::string, ExportedPlace> logged_models;  ///< by id here
};

/// Gives a tracking server the experiments, runs and logged models that `source` has. It makes ids of its own: a tag "assay.run" or
/// "assay.logged_model" says ours, and a run that has it, or has our id, is completed. What it refuses is told in the report.
[[nodiscard]] Result<void> export_runs(Output& output, MlflowSource& source, MlflowApi& there, bool files, ExportedPlaces& places,
                                       ImportReport& report);

/// Copies the files at `from` of a source to `to` of a server, but those that are there with the same size.
[[nodiscard]] Result<void> export_files(MlflowSource& source, const std::string& from, MlflowApi& there, const std::string& to,
                                        ImportReport& report);

/// Logs to a run there: params and tags {"key": "value"}, points as log-batch takes them.
[[nodiscard]] Result<void> log_to_exported(MlflowApi& there, const std::string& run, const Json& params, const Json& tags,
                                           const Json& points);

/// Whether a refusal is of one item alone, so that the rest can go on; it is told in the report then.
[[nodiscard]] bool told(const Error& error, const std::string& what, ImportReport& report);

}  // namespace assay
