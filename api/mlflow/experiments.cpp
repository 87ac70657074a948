#include "registry/experiments.hpp"
#include "api/mlflow/errors.hpp"
#include "api/mlflow/locations.hpp"
#include "api/mlflow/names.hpp"
#include "api/mlflow/routes.hpp"
#include "api/mlflow/search.hpp"
#include "base/text.hpp"
#include "registry/find_tracked.hpp"

#include <fmt/format.h>

#include <array>

// Source: MLflow 3.17, mlflow/server/handlers.py and mlflow/store/tracking/sqlalchemy_store.py.

namespace assay::mlflow {

namespace {

constexpr std::size_t max_tag_value = 20'000;

constexpr auto create_fields = std::to_array<Field>({{"name"}, {"artifact_location"}, {"tags", Type::message, true, &pair_message}});
constexpr auto create_checks =
    std::to_array<Check>({{"name", true, Type::text}, {"artifact_location", false, Type::text}, {.name = "tags", .list = true}});
constexpr auto id_fields = std::to_array<Field>({{"experiment_id"}});
constexpr auto id_checks = std::to_array<Check>({{"experiment_id", true, Type::text}});
constexpr auto name_fields = std::to_array<Field>({{"experiment_name"}});
constexpr auto name_checks = std::to_array<Check>({{"experiment_name", true, Type::text}});
constexpr auto update_fields = std::to_array<Field>({{"experiment_id"}, {"new_name"}});
constexpr auto update_checks = std::to_array<Check>(
    {{"experiment_id", true, Type::text}, {.name = "new_name", .required = true, .type = Type::text, .type_first = true}});
constexpr auto set_tag_fields = std::to_array<Field>({{"experiment_id"}, {"key"}, {"value"}});
constexpr auto set_tag_checks =
    std::to_array<Check>({{"experiment_id", true, Type::text}, {"key", true, Type::text}, {"value", false, Type::text}});
constexpr auto delete_tag_fields = std::to_array<Field>({{"experiment_id"}, {"key"}});
constexpr auto delete_tag_checks = std::to_array<Check>({{"experiment_id", true, Type::text}, {"key", true, Type::text}});

Result<void> check_name(std::string_view name) { return check_length("name", 500, name); }

Result<TagRow> experiment_tag(const Json& tag) {
    TagRow row{text_of(tag, "key"), text_of(tag, "value")};
    TRY(check_key(row.key, "key"));
    TRY(check_length("key", 250, row.key));
    TRY(check_length("value", max_tag_value, row.value));
    return row;
}

/// An error about this experiment in their words.
std::unexpected<Error> in_their_words(Error error, std::int64_t id, const std::string& new_name = {}) {
    if (error.code == "experiment-exists") return refuse(already_exists, fmt::format("Experiment(name={}) already exists.", new_name));
    return experiment_error(std::move(error), id);
}

Json experiment_view(const ExperimentView& experiment) {
    const ExperimentRow& row = experiment.row;
    Json json = {{"experiment_id", std::to_string(row.id)},   {"name", row.name},
                 {"artifact_location", uri_of(row.location)}, {"lifecycle_stage", to_string(row.state)},
                 {"creation_time", row.created_at},           {"last_update_time", row.updated_at}};
    if (!experiment.tags.empty()) json["tags"] = view(experiment.tags);
    return json;
}

Result<Json> create(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {create_fields}, create_checks));
    const std::string name = text_of(read, "name");
    TRY(check_name(name));
    TRY_ASSIGN(const std::string location, location_of(text_of(read, "artifact_location"), "artifact_location"));
    std::vector<TagRow> tags;
    for (const Json& tag : list_of(read, "tags")) {
        TRY_ASSIGN(TagRow row, experiment_tag(tag));
        tags.push_back(std::move(row));
    }
    const auto id = create_experiment(context.registry, name, location, tags);
    if (!id) return in_their_words(id.error(), 0, name);
    return Json{{"experiment_id", std::to_string(*id)}};
}

Result<Json> get(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {id_fields}, id_checks));
    TRY_ASSIGN(const std::int64_t id, experiment_id(text_of(read, "experiment_id")));
    const auto found = show_experiment(context.registry, id);
    if (!found) return in_their_words(found.error(), id);
    return Json{{"experiment", experiment_view(*found)}};
}

Result<Json> get_by_name(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {name_fields}, name_checks));
    const std::string name = text_of(read, "experiment_name");
    const auto found = find_experiment(context.registry, name);
    if (!found && found.error().code == "experiment-not-found")
        return refuse(does_not_exist, fmt::format("Could not find experiment with name '{}'", name));
    if (!found) return fail(found.error());
    return Json{{"experiment", experiment_view(*found)}};
}

Result<Json> update(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {update_fields}, update_checks));
    TRY_ASSIGN(const std::int64_t id, experiment_id(text_of(read, "experiment_id")));
    const std::string name = text_of(read, "new_name");
    TRY(check_name(name));
    const auto renamed = rename_experiment(context.registry, id, name);
    if (!renamed && renamed.error().code == "experiment-deleted") return refuse(invalid_state, "Cannot rename a non-active experiment.");
    if (!renamed) return in_their_words(renamed.error(), id, name);
    return Json::object();
}

constexpr auto search_fields = std::to_array<Field>({{"max_results", Type::int64},
                                                     {"page_token"},
                                                     {"filter"},
                                                     {"order_by", Type::text, true},
                                                     {.name = "view_type", .type = Type::word, .words = view_types, .first_word = 1}});
constexpr auto search_checks = std::to_array<Check>({{"max_results", false, Type::int64},
                                                     {.name = "order_by", .list = true},
                                                     {"filter", false, Type::text},
                                                     {"page_token", false, Type::text}});

Result<Json> search_all(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {search_fields}, search_checks));
    TrackingQuery query;
    TRY_ASSIGN(const std::int64_t limit, max_results_of(read, 1'000, 50'000));
    TRY(read_search(Searched::experiments, text_of(read, "filter"), texts_of(read, "order_by"), query));
    read_view_type(text_of(read, "view_type"), query);
    TRY(read_page(text_of(read, "page_token"), limit, query));
    auto found = find_experiments(context.registry, query);
    if (!found) return search_error(found.error());
    Json json = Json::object();
    if (const std::string next = next_page(found->places, query); !next.empty()) json["next_page_token"] = next;
    for (const ExperimentView& experiment : found->views) json["experiments"].push_back(experiment_view(experiment));
    return json;
}

constexpr auto datasets_fields = std::to_array<Field>({{"experiment_ids", Type::text, true}});

/// The data that runs of these experiments have logged: what MLflow's own pages offer to filter by.
Result<Json> search_datasets(Context& context, Request& request) {
    constexpr std::size_t max_experiments = 20;
    constexpr std::int64_t max_datasets = 1'000;
    TRY_ASSIGN(const Json read, read_message(request, {datasets_fields}, {}));
    const std::vector<std::string> texts = texts_of(read, "experiment_ids");
    if (texts.empty()) return refuse(invalid_parameter, "SearchDatasets request must specify at least one experiment_id.");
    if (texts.size() > max_experiments) {
        return refuse(invalid_parameter,
                      fmt::format("SearchDatasets request cannot specify more than {} experiment_ids. Received {} experiment_ids.",
                                  max_experiments, texts.size()));
    }
    TRY_ASSIGN(const auto ids, experiment_ids(texts));
    TRY_ASSIGN(const auto found, logged_datasets(context.registry, ids, max_datasets));
    Json json = Json::object();
    for (const run_inputs::DatasetUse& use : found) {
        Json one = {{"experiment_id", std::to_string(use.experiment)}, {"name", use.name}, {"digest", use.digest}};
        if (use.context) one["context"] = *use.context;
        json["dataset_summaries"].push_back(std::move(one));
    }
    return json;
}

template <class Change>
Result<Json> change(Request& request, Change verb) {
    TRY_ASSIGN(const Json read, read_message(request, {id_fields}, id_checks));
    TRY_ASSIGN(const std::int64_t id, experiment_id(text_of(read, "experiment_id")));
    const Result<void> changed = verb(id);
    if (!changed) return in_their_words(changed.error(), id);
    return Json::object();
}

Result<Json> set_tag(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {set_tag_fields}, set_tag_checks));
    TRY_ASSIGN(const TagRow tag, experiment_tag(read));
    TRY_ASSIGN(const std::int64_t id, experiment_id(text_of(read, "experiment_id")));
    const auto set = set_experiment_tag(context.registry, id, tag);
    if (!set) return in_their_words(set.error(), id);
    return Json::object();
}

Result<Json> delete_tag(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {delete_tag_fields}, delete_tag_checks));
    TRY_ASSIGN(const std::int64_t id, experiment_id(text_of(read, "experiment_id")));
    const std::string key = text_of(read, "key");
    const auto removed = delete_experiment_tag(context.registry, id, key);
    if (!removed && removed.error().code == "tag-not-found")
        return refuse(does_not_exist, fmt::format("No tag with name: {} in experiment with id {}", key, id));
    if (!removed) return in_their_words(removed.error(), id);
    return Json::object();
}

}  // namespace

void add_experiment_routes(Router& router, Context& context) {
    const auto with = [&context](auto handle) { return bound_to(context, handle); };
    add(router, Method::post, "experiments/create", Lane::commit, with(create));
    add(router, Method::post, "experiments/search", Lane::search, with(search_all));
    add(router, Method::get, "experiments/search", Lane::search, with(search_all));
    add(router, Method::post, "experiments/search-datasets", Lane::search, with(search_datasets));
    add(router, Method::get, "experiments/get", Lane::quick, with(get));
    add(router, Method::get, "experiments/get-by-name", Lane::quick, with(get_by_name));
    add(router, Method::post, "experiments/update", Lane::commit, with(update));
    add(router, Method::post, "experiments/delete", Lane::commit,
        [&context](Request& request) { return change(request, [&](std::int64_t id) { return delete_experiment(context.registry, id); }); });
    add(router, Method::post, "experiments/restore", Lane::commit, [&context](Request& request) {
        return change(request, [&](std::int64_t id) { return restore_experiment(context.registry, id); });
    });
    add(router, Method::post, "experiments/set-experiment-tag", Lane::commit, with(set_tag));
    add(router, Method::post, "experiments/delete-experiment-tag", Lane::commit, with(delete_tag));
}

}  // namespace assay::mlflow
