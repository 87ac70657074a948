#pragma once

#include "api/mlflow/routes.hpp"
#include "registry/version_files.hpp"

#include <string>
#include <vector>

// A version as the folder that MLflow's clients load. One that `mlflow.….log_model` wrote is such a folder as it is. Of others, `MLmodel`,
// `requirements.txt` and `python_env.yaml` are made of its facts where they are not there, so that `mlflow.sklearn.load_model` and
// `mlflow.pyfunc.load_model` take it, when it has one model that Python loads: a pickle and a skops file as they are; a joblib file, which
// these clients cannot read, within the few bytes of a pickle that hands it to `joblib.load`, as NAME.pkl. What is made is no part of the
// version and of its digest.

namespace assay::mlflow {

/// What lies directly in a folder of the version ("" is its root), by name.
[[nodiscard]] Result<std::vector<logged_files::Entry>> folder_entries(Registry& registry, const VersionRow& version,
                                                                      const std::string& folder);

/// A file of a version, where `inside` is its path in it and `path` what was asked for. What a loader would run passes the gate first.
[[nodiscard]] Result<Response> version_file(Context& context, const Request& request, const VersionRow& version, const std::string& inside,
                                            const std::string& path);

}  // namespace assay::mlflow
