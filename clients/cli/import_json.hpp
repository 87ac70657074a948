#pragma once

#include "clients/cli/companion.hpp"
#include "clients/cli/import_versions.hpp"

#include <string>
#include <vector>

namespace assay {

struct JsonImportOptions {
    std::vector<std::string> paths;  ///< companions, model files that have one, or folders
    std::string name;                ///< of the model; empty: as the companion or the file says
    CompanionMap map;
};

/// Registers model files with the facts of the JSON files kept beside them.
[[nodiscard]] Result<void> import_json(Output& output, Connection& server, const Config& config, const JsonImportOptions& options,
                                       ImportReport& report);

}  // namespace assay
