#include "registry/registrations.hpp"

#include "base/text.hpp"
#include "registry/facts_of_run.hpp"
#include "registry/manifest.hpp"
#include "registry/push.hpp"
#include "storage/tables/aliases.hpp"
#include "storage/tables/history.hpp"
#include "storage/tables/logged_files.hpp"
#include "storage/tables/models.hpp"
#include "storage/tables/registrations.hpp"
#include "storage/tables/tags.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace assay {

namespace {

constexpr std::int64_t max_files_below = 10'000;

std::unexpected<Error> no_model(const std::string& name) {
    return fail(ErrorKind::not_found, "model-not-found", fmt::format("there is no model called '{}'", printable(name, 300)));
}

std::unexpected<Error> no_version(const std::string& model, std::int64_t version) {
    return fail(ErrorKind::not_found, "version-not-found", fmt::format("there is no version {} of {}", version, printable(model, 300)));
}

Result<ModelRow> active_row(SqlSession& sql, const std::string& name) {
    TRY_ASSIGN(auto row, models::find(sql, name));
    if (!row || row->state == LifeState::deleted) return no_model(name);
    return *std::move(row);
}

/// What stands for the registration of a version that was pushed.
Result<RegistrationRow> stand_in(const VersionRow& row) {
    RegistrationRow registration;
    registration.model = row.model;
    registration.version = row.version;
    registration.run = row.run;
    TRY_ASSIGN(const Timestamp created, Timestamp::parse(row.created_at));
    registration.created_at = registration.updated_at = milliseconds_of(created);
    return registration;
}

/// The files of the new version, and what it is made of.
Result<PushRequest> request_of(Registry& registry, const NewRegistration& wanted) {
    PushRequest request;
    request.model = wanted.model;
    request.description = wanted.description;
    request.actor = wanted.actor;
    for (const TagRow& tag : wanted.tags) request.tags[tag.key] = tag.value;
    request.missing_facts = wanted.require_facts ? WhenMissing::refuse : WhenMissing::warn;
    if (wanted.copied_from) {
        TRY_ASSIGN(const Manifest manifest, read_manifest(wanted.copied_from->manifest));
        for (const ManifestFile& file : manifest.files)
            request.files.push_back({.path = file.path, .digest = file.digest, .media_type = file.media_type});
        request.facts = manifest.facts;
        request.facts.missing.clear();
        request.facts.parents = {{"copied_from", manifest.model, manifest.version, ""}};
        request.run.id = manifest.facts.run;
        request.facts.run.clear();
        return request;
    }
    if (!wanted.past) request.claims = Claims::declare;  // what is taken over from elsewhere is kept, with a warning
    TRY_ASSIGN(const auto files,
               registry.database.read([&](SqlSession& sql) { return logged_files::below(sql, wanted.location, max_files_below + 1); }));
    if (std::ssize(files) > max_files_below)
        return fail(ErrorKind::too_large, "too-many-files",
                    fmt::format("{} holds more than {} files", printable(wanted.location, 300), max_files_below));
    for (const LoggedFileRow& file : files) {
        TRY_ASSIGN(const Digest digest, Digest::parse(file.digest));
        request.files.push_back({.path = file.path.substr(wanted.location.size() + 1), .digest = digest, .media_type = {}});
    }
    if (files.empty()) {
        return fail(Error(ErrorKind::invalid, "no-files", fmt::format("there are no files at {}", printable(wanted.source, 300)))
                        .with_fix("log the model first, then register it"));
    }
    TRY_ASSIGN(RunFacts found, facts_of_run(registry, wanted.run, wanted.logged_model));
    request.facts = std::move(found.facts);
    request.run.id = std::move(found.run);
    return request;
}

struct FactFix {
    std::string_view field;
    std::string_view fix;
};
/// What MLflow's users do about a fact that is missing; the fixes of the problems are those of `assay push`.
constexpr auto fact_fixes = std::to_array<FactFix>({
    {"facts.libraries", "mlflow.sklearn.log_model(model, name=...) writes requirements.txt beside the model, which names them"},
    {"facts.datasets",
     "assay.mlflow.log_dataset(data, 'NAME') in the run (the first page of this server says how to install it); mlflow.log_input "
     "alone knows no hash of all of the data"},
    {"facts.metrics", "mlflow.log_metric('NAME', VALUE) in the run"},
    {"facts.trained_at", "log the model within mlflow.start_run(), and register it with its run"},
});

std::string reasons_in_words(const Error& error) {
    std::string text = error.message;
    if (!error.because.empty()) text += ": " + error.because;
    for (const FieldProblem& problem : error.problems) text += fmt::format("\n  {}: {}", problem.field, problem.message);
    for (const std::string& fix : error.fixes) text += "\n  fix: " + fix;
    bool lacks = false;
    for (const FieldProblem& problem : error.problems) {
        const auto found = std::ranges::find(fact_fixes, std::string_view(problem.field), &FactFix::field);
        if (found == fact_fixes.end()) continue;
        text += fmt::format("\n  fix: {}", found->fix);
        lacks = true;
    }
    if (lacks) text += "\n  then register it again: what is logged afterwards does not change a version";
    return text;
}

/// Whether a refusal is about the model, so that the registration failed; everything else is a failure of the request itself.
bool is_about_model(const Error& error) {
    return error.kind == ErrorKind::invalid || error.kind == ErrorKind::unsafe || error.kind == ErrorKind::integrity ||
           error.kind == ErrorKind::prediction_differs || error.kind == ErrorKind::too_large;
}

/// Takes a number for a registration that failed.
Result<RegistrationView> record_failure(Registry& registry, RegistrationRow row, const NewRegistration& wanted, const Error& error) {
    TRY_ASSIGN(const std::int64_t next, registry.database.read([&](SqlSession& sql) -> Result<std::int64_t> {
        TRY_ASSIGN(const auto model, models::find(sql, row.model));
        return model ? model->next_version : 1;
    }));
    TRY(registry.manifests.open_model(row.model));
    for (std::int64_t at_least = wanted.past ? std::max(next, wanted.past->version) : next;;) {
        row.version = registry.numbers.reserve(row.model, at_least);
        if (wanted.past && row.version != wanted.past->version) {
            registry.numbers.give_back(row.model, row.version);
            return fail(ErrorKind::conflict, "number-taken", fmt::format("the number {} of {} is taken", wanted.past->version, row.model));
        }
        TRY_ASSIGN(at_least, registry.manifests.next_free(row.model, row.version));
        if (at_least == row.version) break;
    }
    row.status = error.kind == ErrorKind::unsafe ? "dangerous" : "failed";
    row.message = reasons_in_words(error);
    row.description = wanted.description;
    return registry.database.write([&](SqlWrite& sql) -> Result<RegistrationView> {
        TRY(registrations::insert(sql, row));
        TRY(models::raise_next_version(sql, row.model, row.version + 1));
        TRY(models::set_updated(sql, row.model, row.created_at));
        TRY(history::append(
            sql, {0, registry.now(), row.model, row.version, "refused", "", std::nullopt, printable(error.message, 1'000), wanted.actor}));
        for (const TagRow& tag : wanted.tags) TRY(tags::set(sql, row.model, row.version, tag));
        return RegistrationView{row, std::nullopt, wanted.tags};
    });
}

}  // namespace

Result<RegisteredModel> active_model(SqlSession& sql, const std::string& name) {
    RegisteredModel model;
    TRY_ASSIGN(model.row, active_row(sql, name));
    TRY_ASSIGN(model.aliases, aliases::of_model(sql, name));
    TRY_ASSIGN(model.tags, tags::list(sql, name, 0));
    return model;
}

Result<RegisteredModel> create_model(Registry& registry, const std::string& name, const std::string& description,
                                     const std::vector<TagRow>& tags, const std::string& actor) {
    return registry.database.write([&](SqlWrite& sql) -> Result<RegisteredModel> {
        TRY_ASSIGN(const auto found, models::find(sql, name));
        if (found && found->state == LifeState::active)
            return fail(ErrorKind::conflict, "model-exists", fmt::format("there is a model called '{}' already", printable(name, 300)));
        const std::string now = registry.now();
        TRY(models::ensure(sql, name, now));
        TRY(models::set_description(sql, name, description));
        TRY(models::set_updated(sql, name, registry.now_milliseconds()));
        if (!description.empty())
            TRY(history::append(sql, {0, now, name, std::nullopt, "description", "", found ? found->description : "", description, actor}));
        for (const TagRow& tag : tags) {
            TRY(tags::set(sql, name, 0, tag));
            TRY(history::append(sql, {0, now, name, std::nullopt, "tag", tag.key, std::nullopt, tag.value, actor}));
        }
        return active_model(sql, name);
    });
}

Result<RegisteredModel> show_registered_model(Registry& registry, const std::string& name) {
    return registry.database.read([&](SqlSession& sql) { return active_model(sql, name); });
}

Result<void> delete_model(Registry& registry, const std::string& name, const std::string& actor) {
    TRY(show_registered_model(registry, name));
    for (;;) {  // each deletion is durable by itself: one that is cut off goes on when it is asked for again
        TRY_ASSIGN(const auto versions, registry.database.read([&](SqlSession& sql) -> Result<std::vector<VersionRow>> {
            std::vector<VersionRow> living;
            for (const VersionState state : {VersionState::ready, VersionState::quarantined}) {
                TRY_ASSIGN(auto some, versions::list(sql, name, 0, state, 100));
                std::ranges::move(some, std::back_inserter(living));
            }
            return living;
        }));
        if (versions.empty()) break;
        for (const VersionRow& row : versions)
            TRY(delete_version(registry, name, VersionRef{VersionRef::Number{row.version}}, WithAliases::remove, actor));
    }
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        const std::string now = registry.now();
        TRY_ASSIGN(const auto held, tags::list(sql, name, 0));
        for (const TagRow& tag : held) {
            TRY(tags::remove(sql, name, 0, tag.key));
            TRY(history::append(sql, {0, now, name, std::nullopt, "tag", tag.key, tag.value, std::nullopt, actor}));
        }
        TRY(registrations::remove_all(sql, name));
        TRY(models::set_description(sql, name, ""));
        TRY(models::set_state(sql, name, LifeState::deleted));
        return history::append(sql, {0, now, name, std::nullopt, "deleted", "", std::nullopt, std::nullopt, actor});
    });
}

Result<void> touch_model(Registry& registry, const std::string& name) {
    return registry.database.write([&](SqlWrite& sql) { return models::set_updated(sql, name, registry.now_milliseconds()); });
}

Result<RegistrationView> register_folder(Registry& registry, const NewRegistration& wanted) {
    TRY(show_registered_model(registry, wanted.model));
    RegistrationRow row;
    row.model = wanted.model;
    row.source = wanted.source;
    row.location = wanted.location;
    row.run = wanted.run;
    row.run_link = wanted.run_link;
    row.logged_model = wanted.logged_model;
    row.created_at = row.updated_at = registry.now_milliseconds();
    if (wanted.past) {
        row.stage = wanted.past->stage;
        row.created_at = wanted.past->created_at;
        row.updated_at = wanted.past->updated_at;
    }
    auto request = request_of(registry, wanted);
    if (!request) {
        if (!is_about_model(request.error())) return fail(std::move(request).error());
        return record_failure(registry, std::move(row), wanted, request.error());
    }
    request->registration = row;
    if (wanted.past) request->version = wanted.past->version;
    auto pushed = push(registry, *request);
    if (!pushed && is_about_model(pushed.error())) return record_failure(registry, std::move(row), wanted, pushed.error());
    if (!pushed) return fail(std::move(pushed).error());
    return show_registered_version(registry, wanted.model, pushed->version.row.version);
}

Result<RegistrationView> registered_version(SqlSession& sql, const std::string& model, std::int64_t version) {
    TRY(active_row(sql, model));
    return version_of_active_model(sql, model, version);
}

Result<RegistrationView> version_of_active_model(SqlSession& sql, const std::string& model, std::int64_t version) {
    TRY_ASSIGN(auto row, versions::find(sql, model, version));
    TRY_ASSIGN(auto registration, registrations::find(sql, model, version));
    if (!row && registration && registration->status != "ready") {
        TRY_ASSIGN(auto held, tags::list(sql, model, version));
        return RegistrationView{*std::move(registration), std::nullopt, std::move(held)};
    }
    if (!row || row->state == VersionState::deleted) return no_version(model, version);
    RegistrationView found;
    if (registration) {
        found.registration = *std::move(registration);
    } else {
        TRY_ASSIGN(found.registration, stand_in(*row));
    }
    TRY_ASSIGN(found.version, assay::view_of(sql, *std::move(row)));
    return found;
}

Result<RegistrationView> show_registered_version(Registry& registry, const std::string& model, std::int64_t version) {
    return registry.database.read([&](SqlSession& sql) { return registered_version(sql, model, version); });
}

Result<RegistrationView> describe_registered_version(Registry& registry, const std::string& model, std::int64_t version,
                                                     const std::string& text, const std::string& actor) {
    TRY_ASSIGN(RegistrationView found, show_registered_version(registry, model, version));
    if (found.version) TRY(describe_version(registry, model, VersionRef{VersionRef::Number{version}}, text, actor));
    return registry.database.write([&](SqlWrite& sql) -> Result<RegistrationView> {
        RegistrationRow row = found.registration;
        TRY_ASSIGN(const auto held, registrations::find(sql, model, version));
        row.updated_at = registry.now_milliseconds();
        row.description = found.version ? "" : text;
        TRY(held ? registrations::update(sql, row) : registrations::insert(sql, row));
        return registered_version(sql, model, version);
    });
}

Result<void> delete_registered_version(Registry& registry, const std::string& model, std::int64_t version, const std::string& actor) {
    TRY_ASSIGN(const RegistrationView found, show_registered_version(registry, model, version));
    if (found.version) TRY(delete_version(registry, model, VersionRef{VersionRef::Number{version}}, WithAliases::remove, actor));
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY(registrations::remove(sql, model, version));
        for (const TagRow& tag : found.tags) TRY(tags::remove(sql, model, version, tag.key));
        return models::set_updated(sql, model, registry.now_milliseconds());
    });
}

Result<RegistrationView> set_stage(Registry& registry, const std::string& model, std::int64_t version, const std::string& stage,
                                   bool archive_others, const std::string& actor) {
    return registry.database.write([&](SqlWrite& sql) -> Result<RegistrationView> {
        TRY_ASSIGN(const RegistrationView found, registered_version(sql, model, version));
        // One that failed has nothing to stage, and says so; those that are in the stage keep it.
        if (!found.version && (stage == "Staging" || stage == "Production"))
            TRY(resolve(sql, model, VersionRef{VersionRef::Number{version}}));
        const std::int64_t now = registry.now_milliseconds();
        const auto move = [&](RegistrationRow row, const std::string& to) -> Result<void> {
            TRY(history::append(sql, {0, registry.now(), model, row.version, "stage", "", row.stage, to, actor}));
            TRY_ASSIGN(const auto held, registrations::find(sql, model, row.version));
            row.stage = to;
            row.updated_at = now;
            return held ? registrations::update(sql, row) : registrations::insert(sql, row);
        };
        if (archive_others) {
            TRY_ASSIGN(const auto others, registrations::in_stage(sql, model, stage));
            for (const RegistrationRow& other : others) {
                if (other.version != version) TRY(move(other, "Archived"));
            }
        }
        TRY(move(found.registration, stage));
        TRY(models::set_updated(sql, model, now));
        return registered_version(sql, model, version);
    });
}

Result<std::vector<RegistrationView>> latest_by_stage(SqlSession& sql, const std::string& model) {
    TRY(active_row(sql, model));
    TRY_ASSIGN(const auto special, registrations::out_of_the_ordinary(sql, model));
    std::map<std::string, std::int64_t> newest;  // by stage
    std::vector<std::int64_t> staged;
    for (const RegistrationRow& row : special) {
        if (row.status != "ready") continue;
        if (row.stage != "None") staged.push_back(row.version);
        newest[row.stage] = std::max(newest[row.stage], row.version);
    }
    // The newest without a stage: the first from above that has none.
    for (std::int64_t below = 0;;) {
        std::vector<VersionRow> rows;
        for (const VersionState state : {VersionState::ready, VersionState::quarantined}) {
            TRY_ASSIGN(auto some, versions::list(sql, model, below, state, 50));
            std::ranges::move(some, std::back_inserter(rows));
        }
        if (rows.empty()) break;
        std::ranges::sort(rows, std::greater<>(), &VersionRow::version);
        const auto plain =
            std::ranges::find_if(rows, [&](const VersionRow& row) { return std::ranges::find(staged, row.version) == staged.end(); });
        if (plain != rows.end()) {
            newest["None"] = std::max(newest["None"], plain->version);
            break;
        }
        below = rows.back().version;
    }
    std::vector<RegistrationView> found;
    for (const std::string_view stage : stages) {
        const auto version = newest.find(std::string(stage));
        if (version == newest.end()) continue;
        auto one = version_of_active_model(sql, model, version->second);
        if (!one && one.error().code == "version-not-found") continue;  // deleted natively, with its stage
        TRY_ASSIGN(RegistrationView view, std::move(one));
        found.push_back(std::move(view));
    }
    return found;
}

Result<std::vector<RegistrationView>> latest_by_stage(Registry& registry, const std::string& model) {
    return registry.database.read([&](SqlSession& sql) { return latest_by_stage(sql, model); });
}

Result<VersionRow> version_of_digest(Registry& registry, const std::string& digest) {
    return registry.database.read([&](SqlSession& sql) -> Result<VersionRow> {
        TRY_ASSIGN(auto row, versions::find_any_by_digest(sql, digest));
        if (!row || row->state == VersionState::deleted)
            return fail(ErrorKind::not_found, "version-not-found", fmt::format("there is no version {}", printable(digest, 100)));
        return *std::move(row);
    });
}

namespace {

Result<std::vector<RegistrationRow>> tried_from(SqlSession& sql, const std::string& path) {
    std::vector<RegistrationRow> found;
    for (std::size_t end = path.size(); end != std::string::npos && end != 0; end = path.rfind('/', end - 1)) {
        TRY_ASSIGN(auto some, registrations::from_location(sql, path.substr(0, end)));
        std::ranges::move(some, std::back_inserter(found));
    }
    return found;
}

bool has_failed(const RegistrationRow& row) { return row.status != "ready"; }

}  // namespace

Result<std::vector<RegistrationRow>> tried_from(Registry& registry, const std::string& path) {
    return registry.database.read([&](SqlSession& sql) { return tried_from(sql, path); });
}

Result<std::vector<RegistrationRow>> registered_from(Registry& registry, const std::string& path) {
    TRY_ASSIGN(auto found, tried_from(registry, path));
    std::erase_if(found, has_failed);
    return found;
}

Result<std::optional<RegistrationRow>> first_registered(SqlSession& sql, const std::string& path) {
    TRY_ASSIGN(auto found, tried_from(sql, path));
    std::erase_if(found, has_failed);
    if (!found.empty()) return std::move(found.front());
    return registrations::first_within(sql, path);
}

Result<void> refuse_registered(Registry& registry, const std::string& path) {
    TRY_ASSIGN(const auto registered, registry.database.read([&](SqlSession& sql) { return first_registered(sql, path); }));
    if (!registered) return {};
    const RegistrationRow& row = *registered;
    return fail(Error(ErrorKind::conflict, "registered", fmt::format("'{}' cannot be changed", printable(path, 300)))
                    .with_because(fmt::format("{} version {} was registered from it, and a version never changes", row.model, row.version))
                    .with_fix("log the model again, and register what was logged"));
}

}  // namespace assay
