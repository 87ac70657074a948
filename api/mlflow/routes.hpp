#pragma once

#include "api/metrics.hpp"
#include "api/mlflow/message.hpp"
#include "api/router.hpp"
#include "registry/registry.hpp"

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

// MLflow's REST API, for its unmodified clients of 2.x and 3.x: its ids, its error names and its milliseconds stay in this room. What each
// endpoint takes and gives is MLflow's own documentation; docs/mlflow.md says where this server differs.

namespace assay::mlflow {

/// What becomes of a client that does not say in which environment it loads: MLflow's own cannot.
enum class Undeclared { allow, refuse };

/// What the handlers work with; everything referred to must outlive the router.
struct Context {
    Registry& registry;
    Metrics& metrics;
    std::uint64_t max_blob_bytes = std::uint64_t{1} << 40U;
    bool require_facts = false;  ///< a registration without the facts that every version should have fails
    Undeclared undeclared = Undeclared::allow;
};

/// Adds every route, and tells errors below /api/ and /ajax-api/ as these clients know them.
void add_routes(Router& router, Context& context);

/// A handler that gives the JSON of its answer, or an error.
using Answer = std::function<Result<Json>(Request&)>;

/// Adds a route below /api/2.0/mlflow/ and its twin below /ajax-api/2.0/mlflow/.
void add(Router& router, Method method, std::string_view path, Lane lane, const Answer& answer);
[[nodiscard]] Handler answering(const Answer& answer);
/// A function of the context and a request, as one of the request.
template <class Handle>
[[nodiscard]] auto bound_to(Context& context, Handle handle) {
    return [&context, handle](Request& request) { return handle(context, request); };
}

// One function per source file of this folder.
void add_experiment_routes(Router& router, Context& context);
void add_run_routes(Router& router, Context& context);
void add_metric_routes(Router& router, Context& context);
void add_metric_history_routes(Router& router, Context& context);
void add_logged_model_routes(Router& router, Context& context);
void add_registered_model_routes(Router& router, Context& context);
void add_model_version_routes(Router& router, Context& context);
void add_artifact_routes(Router& router, Context& context);
void add_owned_artifact_routes(Router& router, Context& context);
void add_server_routes(Router& router, Context& context);

}  // namespace assay::mlflow
