#pragma once

#include "api/http.hpp"
#include "base/json.hpp"
#include "registry/registrations.hpp"

namespace assay::mlflow {

/// What `source`, `run_id` and `model_id` of a new version mean: the folder of a run or a logged model, which the request must name as
/// well, or another version. Refused in MLflow's words: everything that is none of ours, and every path that would lead out of its folder.
[[nodiscard]] Result<void> resolve_source(Registry& registry, const Request& request, const Json& read, NewRegistration& wanted);

}  // namespace assay::mlflow
