#pragma once

#include "artifact/inspection.hpp"
#include "base/result.hpp"

#include <string>

namespace assay {

/// What a file, or a folder (a model of MLflow, or any other), is, without running anything of it. Links in a folder are not followed; at
/// most 10,000 files (`too_large`).
[[nodiscard]] Result<Inspection> inspect_path(const std::string& path);

}  // namespace assay
