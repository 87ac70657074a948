#pragma once

#include "clients/cli/import_report.hpp"
#include "clients/cli/mlflow_source.hpp"
#include "clients/cpp/connection.hpp"

#include <string>

namespace assay {

struct MlflowImportOptions {
    std::string source;  ///< http://HOST:PORT, mlflow.db, mlruns
    std::string artifacts;
    bool no_artifacts = false;
};

/// Takes over all that a source has. `report` says what came of it, also after a failure.
[[nodiscard]] Result<void> import_mlflow(Output& output, Connection& server, const MlflowImportOptions& options, ImportReport& report);

}  // namespace assay
