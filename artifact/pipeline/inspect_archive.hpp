#pragma once

#include "artifact/content.hpp"

namespace assay::pipeline {

/// Reads the archive of a pipeline (format "pipeline"): what it was made from, its tree of estimators and its arrays. What the format does
/// not allow is an oddity, "archive-layout"; Pipeline::decode refuses it too.
[[nodiscard]] Result<void> inspect_pipeline_archive(const Content& content, Inspection& inspection);

}  // namespace assay::pipeline
