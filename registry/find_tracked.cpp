#include "registry/find_tracked.hpp"

namespace assay {

namespace {

const std::string& text_at(const TrackingQuery::Place& place, std::size_t i) { return std::get<std::string>(place.id.at(i).held); }
std::int64_t integer_at(const TrackingQuery::Place& place, std::size_t i) { return std::get<std::int64_t>(place.id.at(i).held); }

template <class View, class Load>
Result<FoundPage<View>> find(Registry& registry, const TrackingQuery& query, Load load) {
    return registry.database.read([&](SqlSession& sql) -> Result<FoundPage<View>> {
        FoundPage<View> page;
        TRY_ASSIGN(page.places, search_tracking(sql, query));
        for (std::size_t i = 0; i < page.places.size() && static_cast<std::int64_t>(i) + 1 < query.limit; ++i) {
            TRY_ASSIGN(View view, load(sql, page.places[i]));
            page.views.push_back(std::move(view));
        }
        return page;
    });
}

}  // namespace

Result<FoundPage<ExperimentView>> find_experiments(Registry& registry, const TrackingQuery& query) {
    return find<ExperimentView>(registry, query, [](SqlSession& sql, const TrackingQuery::Place& place) -> Result<ExperimentView> {
        TRY_ASSIGN(ExperimentRow row, experiment_row(sql, integer_at(place, 0)));
        return view_of(sql, std::move(row));
    });
}

Result<FoundPage<RunView>> find_runs(Registry& registry, const TrackingQuery& query) {
    return find<RunView>(registry, query, [](SqlSession& sql, const TrackingQuery::Place& place) -> Result<RunView> {
        TRY_ASSIGN(RunRow row, run_row(sql, text_at(place, 0)));
        return view_of(sql, std::move(row));
    });
}

Result<FoundPage<LoggedModelView>> find_logged_models(Registry& registry, const TrackingQuery& query) {
    return find<LoggedModelView>(registry, query, [](SqlSession& sql, const TrackingQuery::Place& place) -> Result<LoggedModelView> {
        TRY_ASSIGN(LoggedModelRow row, logged_model_row(sql, text_at(place, 0), WithDeleted::yes));
        return view_of(sql, std::move(row));
    });
}

Result<FoundPage<FoundModel>> find_models(Registry& registry, const TrackingQuery& query) {
    return find<FoundModel>(registry, query, [](SqlSession& sql, const TrackingQuery::Place& place) -> Result<FoundModel> {
        FoundModel found;
        TRY_ASSIGN(found.model, active_model(sql, text_at(place, 0)));
        TRY_ASSIGN(found.latest, latest_by_stage(sql, text_at(place, 0)));
        return found;
    });
}

Result<FoundPage<RegistrationView>> find_versions(Registry& registry, const TrackingQuery& query) {
    std::string there;  // a page is mostly of one model, for which it is enough to be asked once whether it is there
    return find<RegistrationView>(registry, query, [&](SqlSession& sql, const TrackingQuery::Place& place) {
        const std::string& model = text_at(place, 0);
        auto found = model == there ? version_of_active_model(sql, model, integer_at(place, 1))
                                    : registered_version(sql, model, integer_at(place, 1));
        if (found) there = model;
        return found;
    });
}

}  // namespace assay
