#include "registry/imports.hpp"

#include "base/text.hpp"
#include "registry/blobs.hpp"
#include "registry/experiments.hpp"
#include "registry/logged_files.hpp"
#include "registry/logged_models.hpp"
#include "registry/runs.hpp"
#include "storage/tables/experiments.hpp"
#include "storage/tables/logged_files.hpp"
#include "storage/tables/logged_models.hpp"
#include "storage/tables/models.hpp"
#include "storage/tables/run_inputs.hpp"
#include "storage/tables/run_metrics.hpp"
#include "storage/tables/runs.hpp"
#include "storage/tables/tags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

namespace assay {

namespace {

/// What came of one: a failure of the whole batch, or a value or an error of this one alone.
template <class T>
using Attempt = Result<std::variant<T, Error>>;

template <class T, class Item, class Import>
Imported<T> in_one_write(Registry& registry, const std::vector<Item>& items, Import import) {
    return registry.database.write([&](SqlWrite& sql) -> Imported<T> {
        std::vector<Result<T>> results;
        for (const Item& item : items) {
            TRY_ASSIGN(auto came, import(sql, item));
            if (auto* error = std::get_if<Error>(&came)) {
                results.push_back(fail(std::move(*error)));
            } else {
                results.push_back(std::get<T>(std::move(came)));
            }
        }
        return results;
    });
}

/// What was deleted here stays so, whatever it is where it came from.
LifeState state_after(LifeState here, LifeState there) { return here == LifeState::deleted ? here : there; }

/// What an export has written on what it made of something here: its id, or a version's digest. Empty for everything else.
std::string origin_of(const std::vector<TagRow>& tags, std::string_view key) {
    const auto tag = std::ranges::find(tags, key, &TagRow::key);
    return tag == tags.end() ? std::string() : tag->value;
}

Error elsewhere(std::string_view what, const std::string& id) {
    return {ErrorKind::conflict, "id-taken", fmt::format("the {} '{}' is here already, in another experiment", what, printable(id, 100))};
}

/// Those that are not held; an error when one is held with another value.
Result<std::vector<RunParamRow>> new_params(const std::string& id, const std::vector<RunParamRow>& held,
                                            const std::vector<RunParamRow>& given) {
    std::vector<RunParamRow> fresh;
    for (const RunParamRow& param : given) {
        const auto same = std::ranges::find(held, param.name, &RunParamRow::name);
        if (same == held.end()) {
            fresh.push_back(param);
        } else if (same->value != param.value) {
            return fail(ErrorKind::conflict, "param-changed",
                        fmt::format("the param '{}' of {} has another value here", printable(param.name, 100), printable(id, 100)));
        }
    }
    return fresh;
}

}  // namespace

Imported<ImportedPlace> import_experiments(Registry& registry, const std::vector<ImportedExperiment>& experiments) {
    return in_one_write<ImportedPlace>(registry, experiments,
                                       [](SqlWrite& sql, const ImportedExperiment& experiment) -> Attempt<ImportedPlace> {
                                           TRY_ASSIGN(auto row, experiments::find_by_name(sql, experiment.row.name));
                                           const bool added = !row;
                                           if (!row) {
                                               row = experiment.row;
                                               TRY_ASSIGN(const auto taken, experiments::find(sql, row->id));
                                               if (taken || row->id <= 0) {
                                                   TRY_ASSIGN(row->id, experiments::next_id(sql));
                                               }
                                               row->location = std::to_string(row->id);
                                               TRY(experiments::insert(sql, *row));
                                           }
                                           for (const TagRow& tag : experiment.tags) TRY(experiments::set_tag(sql, row->id, tag));
                                           const LifeState there = experiment.row.state;
                                           TRY(experiments::set_state(sql, row->id, added ? there : state_after(row->state, there),
                                                                      std::max(row->updated_at, experiment.row.updated_at)));
                                           return ImportedPlace{row->id, row->location, added};
                                       });
}

Imported<ImportedPlace> import_runs(Registry& registry, const std::vector<ImportedRun>& runs) {
    return in_one_write<ImportedPlace>(registry, runs, [&](SqlWrite& sql, const ImportedRun& run) -> Attempt<ImportedPlace> {
        const std::string& id = run.row.id;
        TRY_ASSIGN(const auto exported, runs::find(sql, origin_of(run.tags, "assay.run")));
        if (exported) return ImportedPlace{exported->experiment, artifact_folder(*exported), false};
        TRY_ASSIGN(const auto experiment, experiments::find(sql, run.row.experiment));
        if (!experiment) return no_experiment(run.row.experiment);
        TRY_ASSIGN(const auto held, runs::find(sql, id));
        if (held && held->experiment != run.row.experiment) return elsewhere("run", id);
        TRY_ASSIGN(const auto params, runs::params(sql, id));
        const auto fresh = new_params(id, params, run.params);
        if (!fresh) return fresh.error();
        if (!held) TRY(runs::insert(sql, run.row));
        TRY(runs::update(sql, run.row));
        TRY(runs::set_state(sql, id, held ? state_after(held->state, run.row.state) : run.row.state, registry.now_milliseconds()));
        for (const RunParamRow& param : *fresh) TRY(runs::add_param(sql, id, param));
        for (const TagRow& tag : run.tags) TRY(runs::set_tag(sql, id, tag));
        for (const auto& [name, points] : run.metrics) TRY(run_metrics::add_all(sql, id, name, points));
        TRY(add_inputs_and_outputs(sql, run.row, run.datasets, run.inputs, run.outputs));
        TRY_ASSIGN(const RunRow row, run_row(sql, id));
        return ImportedPlace{experiment->id, artifact_folder(row), !held};
    });
}

Imported<ImportedPlace> import_logged_models(Registry& registry, const std::vector<ImportedLoggedModel>& models) {
    return in_one_write<ImportedPlace>(registry, models, [](SqlWrite& sql, const ImportedLoggedModel& model) -> Attempt<ImportedPlace> {
        LoggedModelRow row = model.row;
        TRY_ASSIGN(const auto exported, logged_models::find(sql, origin_of(model.tags, "assay.logged_model")));
        if (exported) return ImportedPlace{exported->experiment, exported->location, false};
        TRY_ASSIGN(const auto experiment, experiments::find(sql, row.experiment));
        if (!experiment) return no_experiment(row.experiment);
        TRY_ASSIGN(const auto held, logged_models::find(sql, row.id));
        if (held && held->experiment != row.experiment) return elsewhere("logged model", row.id);
        TRY_ASSIGN(const auto params, logged_models::params(sql, row.id));
        const auto fresh = new_params(row.id, params, model.params);
        if (!fresh) return fresh.error();
        row.location = held ? held->location : artifact_folder(*experiment, row.id);
        if (held) row.state = state_after(held->state, row.state);
        if (!held) TRY(logged_models::insert(sql, row));
        TRY(logged_models::update(sql, row));
        for (const RunParamRow& param : *fresh) TRY(logged_models::add_param(sql, row.id, param));
        for (const TagRow& tag : model.tags) TRY(logged_models::set_tag(sql, row.id, tag));
        for (const LoggedModelMetricRow& metric : model.metrics) TRY(logged_models::add_metric(sql, row.id, metric));
        return ImportedPlace{experiment->id, row.location, !held};
    });
}

Imported<std::string> import_files(Registry& registry, const std::vector<ImportedFile>& files) {
    std::map<std::string, std::uint64_t> sizes;  // by digest, of blobs that are here
    for (const ImportedFile& file : files) {
        TRY_ASSIGN(const auto size, stat_blob(registry, file.digest));
        if (size) sizes[file.digest.to_string()] = *size;
    }
    return in_one_write<std::string>(registry, files, [&](SqlWrite& sql, const ImportedFile& file) -> Attempt<std::string> {
        const std::string digest = file.digest.to_string();
        const auto size = sizes.find(digest);
        if (size == sizes.end()) {
            return Error(ErrorKind::conflict, "blob-missing", fmt::format("the bytes of '{}' are not here", printable(file.path, 300)))
                .with_fix("upload the blob first");
        }
        TRY_ASSIGN(const auto held, logged_files::find(sql, file.path));
        if (held && held->digest == digest) return file.path;
        auto fits = refuse_registered(registry, file.path);
        if (fits) fits = refuse_path_clash(sql, file.path);
        if (!fits && fits.error().kind == ErrorKind::conflict) return std::move(fits).error();
        TRY(std::move(fits));
        TRY(logged_files::put(sql, {file.path, digest, static_cast<std::int64_t>(size->second), registry.now_milliseconds()}));
        return file.path;
    });
}

Result<bool> import_model(Registry& registry, const ImportedModel& model, const std::string& actor) {
    auto made = create_model(registry, model.name, model.description, model.tags, actor);
    if (!made && made.error().code != "model-exists") return fail(std::move(made).error());
    TRY(registry.database.write([&](SqlWrite& sql) -> Result<void> {
        for (const TagRow& tag : model.tags) TRY(tags::set(sql, model.name, 0, tag));
        return models::set_updated(sql, model.name, model.updated_at);
    }));
    return made.has_value();
}

Result<ImportedRegistration> import_version(Registry& registry, const NewRegistration& wanted) {
    const auto held = show_registered_version(registry, wanted.model, wanted.past->version);
    if (held) {
        const RegistrationRow& row = held->registration;
        if (held->version && held->version->row.digest == origin_of(wanted.tags, "assay.digest")) return ImportedRegistration{*held, false};
        if (row.source == wanted.source && row.location == wanted.location) return ImportedRegistration{*held, false};
        return fail(ErrorKind::conflict, "number-taken",
                    fmt::format("{} has a version {} of its own here", printable(wanted.model, 300), wanted.past->version));
    }
    if (held.error().code != "version-not-found") return fail(held.error());
    TRY_ASSIGN(RegistrationView made, register_folder(registry, wanted));
    return ImportedRegistration{std::move(made), true};
}

}  // namespace assay
