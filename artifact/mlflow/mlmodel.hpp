#pragma once

#include "artifact/content.hpp"

namespace assay {

/// Whether a text of this name is one that MLflow writes beside a model: MLmodel, requirements.txt, conda.yaml, python_env.yaml.
[[nodiscard]] bool is_mlflow_name(std::string_view name);

/// Adds what such a text says to an inspection that has its format already ("mlmodel" for an MLmodel): the flavours, the releases that
/// wrote the model, its signature. `trusts-itself` where MLmodel lists names that its own loader shall trust, `model-code` where loading
/// runs Python files of its own, `invalid-yaml`. Source: MLflow, mlflow/models/model.py (Model.to_dict), mlflow/sklearn/__init__.py.
[[nodiscard]] Result<void> inspect_mlflow_text(const Content& content, Inspection& inspection);

}  // namespace assay
