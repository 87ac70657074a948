#pragma once

#include <string>
#include <string_view>

namespace assay::mlflow {

/// The Content-Type that MLflow gives a file, by its name alone. Source: MLflow 3.17, mlflow/utils/mime_type_utils.py.
[[nodiscard]] std::string media_type_of(std::string_view path);

}  // namespace assay::mlflow
