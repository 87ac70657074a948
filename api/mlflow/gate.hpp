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

/// The same for a logged file: of the versions that were registered from its folder, else of the logged model that it is of. Files of
/// neither pass, and descriptions do.
[[nodiscard]] Result<void> pass_gate(Context& context, const Request& request, const std::string& path);

/// Whether a file says what a model is and what it needs (MLmodel, requirements.txt, …), and can always be read: by its name and by its
/// bytes, as MLmodel may name any file as the one that is loaded.
[[nodiscard]] Result<bool> is_description(Registry& registry, const std::string& path, const Digest& digest);

}  // namespace assay::mlflow
