#pragma once

#include "base/json.hpp"
#include "registry/registry.hpp"

#include <string>

namespace assay::mlflow {

/// {"root_uri","files":[{"path","is_dir","file_size"}]}: what lies in a folder below `location`, with paths from there; without `files`
/// when there is no such folder.
[[nodiscard]] Result<Json> files_below(Registry& registry, const std::string& location, const std::string& folder);

}  // namespace assay::mlflow
