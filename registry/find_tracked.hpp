#pragma once

#include "registry/experiments.hpp"
#include "registry/logged_models.hpp"
#include "registry/registrations.hpp"
#include "registry/runs.hpp"
#include "registry/tracking_search.hpp"

#include <vector>

namespace assay {

/// What a search finds, and where each stands: of one snapshot.
template <class View>
struct FoundPage {
    std::vector<View> views;
    std::vector<TrackingQuery::Place> places;  ///< as many, and one more when `limit` was reached: the views have not that one
};

/// `query.limit` is one more than wanted. Errors as search_tracking().
[[nodiscard]] Result<FoundPage<ExperimentView>> find_experiments(Registry& registry, const TrackingQuery& query);
[[nodiscard]] Result<FoundPage<RunView>> find_runs(Registry& registry, const TrackingQuery& query);
[[nodiscard]] Result<FoundPage<LoggedModelView>> find_logged_models(Registry& registry, const TrackingQuery& query);
struct FoundModel {
    RegisteredModel model;
    std::vector<RegistrationView> latest;  ///< by stage
};
[[nodiscard]] Result<FoundPage<FoundModel>> find_models(Registry& registry, const TrackingQuery& query);
[[nodiscard]] Result<FoundPage<RegistrationView>> find_versions(Registry& registry, const TrackingQuery& query);

}  // namespace assay
