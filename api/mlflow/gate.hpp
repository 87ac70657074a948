#pragma once

#include "api/http.hpp"
#include "api/mlflow/routes.hpp"
#include "registry/versions.hpp"

#include <string>

// Where MLflow's clients meet the gate: a refusal is a 409 RESOURCE_CONFLICT, whose message they show.

namespace assay::mlflow {

/// Whether this environment may load the version: `incompatible` with cause and fix, `unsafe` for what is in quarantine. A client that does
/// not name its environment is let through, and recorded, unless the server is told otherwise.
[[nodiscard]] Result<void> pass_gate(Context& context, const Request& request, const VersionRow& version);

/// The same for a logged file that a loader runs: of the versions that were registered from its folder, else of the logged model that it is
/// of. What says what is needed (MLmodel, requirements.txt) can always be read.
[[nodiscard]] Result<void> pass_gate(Context& context, const Request& request, const std::string& path);

/// Whether a loader runs what such a file says.
[[nodiscard]] bool runs_code(std::string_view path);

}  // namespace assay::mlflow
