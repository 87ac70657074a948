#include "registry/logged_models.hpp"

#include "base/text.hpp"
#include "registry/experiments.hpp"
#include "registry/gc.hpp"
#include "registry/tag_list.hpp"
#include "storage/tables/logged_models.hpp"

#include <fmt/format.h>

#include <set>

namespace assay {

namespace {

Result<void> add_params(SqlWrite& sql, const std::string& id, const std::vector<RunParamRow>& params) {
    TRY_ASSIGN(const auto held, logged_models::params(sql, id));
    std::set<std::string_view> names;
    for (const RunParamRow& param : held) names.insert(param.name);
    for (const RunParamRow& param : params) {
        if (!names.insert(param.name).second)
            return fail(ErrorKind::conflict, "param-changed",
                        fmt::format("the logged model has a param '{}' already", printable(param.name, 100)));
        TRY(logged_models::add_param(sql, id, param));
    }
    return {};
}

}  // namespace

Result<LoggedModelRow> logged_model_row(SqlSession& sql, const std::string& id, WithDeleted deleted) {
    TRY_ASSIGN(auto row, logged_models::find(sql, id));
    if (!row || (row->state == LifeState::deleted && deleted == WithDeleted::no)) {
        TRY_ASSIGN(Error error, not_there(sql, TrackedKind::logged_model, id, "logged-model-not-found",
                                          fmt::format("there is no logged model '{}'", printable(id, 100))));
        return fail(std::move(error));
    }
    return *std::move(row);
}

Result<LoggedModelRow> logged_model_row(Registry& registry, const std::string& id) {
    return registry.database.read([&](SqlSession& sql) { return logged_model_row(sql, id); });
}

std::string artifact_folder(const ExperimentRow& experiment, const std::string& logged_model) {
    return fmt::format("{}/models/{}/artifacts", experiment.location, logged_model);
}

Result<LoggedModelView> view_of(SqlSession& sql, LoggedModelRow row) {
    LoggedModelView view;
    view.row = std::move(row);
    TRY_ASSIGN(view.params, logged_models::params(sql, view.row.id));
    TRY_ASSIGN(view.tags, logged_models::tags(sql, view.row.id));
    TRY_ASSIGN(view.metrics, logged_models::metrics(sql, view.row.id));
    return view;
}

Result<LoggedModelView> create_logged_model(Registry& registry, LoggedModelRow row, const std::vector<RunParamRow>& params,
                                            const std::vector<TagRow>& tags) {
    return registry.database.write([&](SqlWrite& sql) -> Result<LoggedModelView> {
        TRY_ASSIGN(const ExperimentRow experiment, active_experiment(sql, row.experiment));
        row.state = LifeState::active;
        row.created_at = row.updated_at = registry.now_milliseconds();
        if (row.location.empty()) row.location = artifact_folder(experiment, row.id);
        TRY(logged_models::insert(sql, row));
        TRY(add_params(sql, row.id, params));
        for (const TagRow& tag : tags) TRY(logged_models::set_tag(sql, row.id, tag));
        return view_of(sql, row);
    });
}

Result<LoggedModelView> show_logged_model(Registry& registry, const std::string& id, WithDeleted deleted) {
    return registry.database.read([&](SqlSession& sql) -> Result<LoggedModelView> {
        TRY_ASSIGN(LoggedModelRow row, logged_model_row(sql, id, deleted));
        return view_of(sql, std::move(row));
    });
}

Result<LoggedModelView> finish_logged_model(Registry& registry, const std::string& id, const std::string& status) {
    return registry.database.write([&](SqlWrite& sql) -> Result<LoggedModelView> {
        TRY_ASSIGN(LoggedModelRow row, logged_model_row(sql, id));
        row.status = status;
        row.updated_at = registry.now_milliseconds();
        TRY(logged_models::update(sql, row));
        return view_of(sql, std::move(row));
    });
}

Result<void> delete_logged_model(Registry& registry, const std::string& id) {
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY_ASSIGN(LoggedModelRow row, logged_model_row(sql, id));
        row.state = LifeState::deleted;
        row.updated_at = registry.now_milliseconds();
        return logged_models::update(sql, row);
    });
}

Result<void> add_logged_model_params(Registry& registry, const std::string& id, const std::vector<RunParamRow>& params) {
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY(logged_model_row(sql, id));
        return add_params(sql, id, params);
    });
}

Result<LoggedModelView> set_logged_model_tags(Registry& registry, const std::string& id, const std::vector<TagRow>& tags) {
    return registry.database.write([&](SqlWrite& sql) -> Result<LoggedModelView> {
        TRY_ASSIGN(LoggedModelRow row, logged_model_row(sql, id));
        for (const TagRow& tag : tags) TRY(logged_models::set_tag(sql, id, tag));
        return view_of(sql, std::move(row));
    });
}

Result<void> append_to_logged_model_tag(Registry& registry, const std::string& id, const std::string& key, const Json& item) {
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY(logged_model_row(sql, id));
        TRY_ASSIGN(const auto tags, logged_models::tags(sql, id));
        return logged_models::set_tag(sql, id, {key, with_appended(tags, key, item)});
    });
}

Result<void> delete_logged_model_tag(Registry& registry, const std::string& id, const std::string& key) {
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY(logged_model_row(sql, id));
        TRY_ASSIGN(const bool removed, logged_models::remove_tag(sql, id, key));
        if (!removed)
            return fail(ErrorKind::not_found, "tag-not-found", fmt::format("the logged model has no tag '{}'", printable(key, 100)));
        return {};
    });
}

}  // namespace assay
