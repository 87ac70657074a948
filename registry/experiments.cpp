#include "registry/experiments.hpp"

#include "base/text.hpp"
#include "registry/gc.hpp"
#include "storage/tables/experiments.hpp"
#include "storage/tables/runs.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

std::unexpected<Error> experiment_exists(const std::string& name) {
    return fail(ErrorKind::conflict, "experiment-exists", fmt::format("there is an experiment '{}' already", printable(name, 100)));
}

/// Deletes or restores: the experiment must be in the other state.
Result<void> change_state(Registry& registry, std::int64_t id, LifeState state) {
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY_ASSIGN(const ExperimentRow row, experiment_row(sql, id));
        if (row.state == state) return fail(no_experiment(id));
        const std::int64_t now = registry.now_milliseconds();
        TRY(experiments::set_state(sql, id, state, now));
        return runs::set_state_in(sql, id, state, now);
    });
}

}  // namespace

Error no_experiment(std::int64_t id) {
    return {ErrorKind::not_found, "experiment-not-found", fmt::format("there is no experiment {}", id)};
}

Result<void> ensure_default_experiment(Registry& registry) {
    TRY_ASSIGN(const auto found, registry.database.read([](SqlSession& sql) { return experiments::find(sql, 0); }));
    if (found) return {};
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY(experiments::ensure(sql, "Default", registry.now_milliseconds()));
        return {};
    });
}

Result<std::int64_t> create_experiment(Registry& registry, const std::string& name, const std::string& location,
                                       const std::vector<TagRow>& tags) {
    return registry.database.write([&](SqlWrite& sql) -> Result<std::int64_t> {
        TRY_ASSIGN(const auto same, experiments::find_by_name(sql, name));
        if (same) return experiment_exists(name);
        const std::int64_t now = registry.now_milliseconds();
        TRY_ASSIGN(const std::int64_t id, experiments::next_id(sql));
        TRY(experiments::insert(sql, {id, name, LifeState::active, location.empty() ? std::to_string(id) : location, now, now}));
        for (const TagRow& tag : tags) TRY(experiments::set_tag(sql, id, tag));
        return id;
    });
}

Result<ExperimentRow> experiment_row(SqlSession& sql, std::int64_t id) {
    TRY_ASSIGN(auto row, experiments::find(sql, id));
    if (!row) {
        const Error none = no_experiment(id);
        TRY_ASSIGN(Error error, not_there(sql, TrackedKind::experiment, std::to_string(id), none.code, none.message));
        return fail(std::move(error));
    }
    return *std::move(row);
}

Result<ExperimentRow> active_experiment(SqlSession& sql, std::int64_t id) {
    TRY_ASSIGN(ExperimentRow row, experiment_row(sql, id));
    if (row.state == LifeState::deleted)
        return fail(ErrorKind::conflict, "experiment-deleted", fmt::format("the experiment '{}' is deleted", printable(row.name, 100)));
    return row;
}

Result<ExperimentView> view_of(SqlSession& sql, ExperimentRow row) {
    TRY_ASSIGN(auto tags, experiments::tags(sql, row.id));
    return ExperimentView{std::move(row), std::move(tags)};
}

Result<ExperimentView> show_experiment(Registry& registry, std::int64_t id) {
    return registry.database.read([&](SqlSession& sql) -> Result<ExperimentView> {
        TRY_ASSIGN(ExperimentRow row, experiment_row(sql, id));
        return view_of(sql, std::move(row));
    });
}

Result<ExperimentView> find_experiment(Registry& registry, const std::string& name) {
    return registry.database.read([&](SqlSession& sql) -> Result<ExperimentView> {
        TRY_ASSIGN(auto row, experiments::find_by_name(sql, name));
        if (!row)
            return fail(ErrorKind::not_found, "experiment-not-found", fmt::format("there is no experiment '{}'", printable(name, 100)));
        return view_of(sql, *std::move(row));
    });
}

Result<void> rename_experiment(Registry& registry, std::int64_t id, const std::string& name) {
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY(active_experiment(sql, id));
        TRY_ASSIGN(const auto same, experiments::find_by_name(sql, name));
        if (same && same->id != id) return experiment_exists(name);
        return experiments::rename(sql, id, name, registry.now_milliseconds());
    });
}

Result<void> delete_experiment(Registry& registry, std::int64_t id) { return change_state(registry, id, LifeState::deleted); }
Result<void> restore_experiment(Registry& registry, std::int64_t id) { return change_state(registry, id, LifeState::active); }

Result<void> set_experiment_tag(Registry& registry, std::int64_t id, const TagRow& tag) {
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY(active_experiment(sql, id));
        return experiments::set_tag(sql, id, tag);
    });
}

Result<void> delete_experiment_tag(Registry& registry, std::int64_t id, const std::string& key) {
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY(active_experiment(sql, id));
        TRY_ASSIGN(const bool removed, experiments::remove_tag(sql, id, key));
        if (!removed)
            return fail(ErrorKind::not_found, "tag-not-found", fmt::format("the experiment has no tag '{}'", printable(key, 100)));
        return {};
    });
}

}  // namespace assay
