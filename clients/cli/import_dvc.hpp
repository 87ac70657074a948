#pragma once

#include "clients/cli/import_versions.hpp"

#include <string>

namespace assay {

struct DvcImportOptions {
    std::string folder = ".";
    std::string name;  ///< of the model; empty: as dvc.yaml or the file says
};

/// Registers the models that a DVC project has, with the data, params, metrics and commit that it recorded.
[[nodiscard]] Result<void> import_dvc(Output& output, Connection& server, const Config& config, const DvcImportOptions& options,
                                      ImportReport& report);

}  // namespace assay
