#include "registry/runs.hpp"
#include "api/mlflow/errors.hpp"
#include "api/mlflow/names.hpp"
#include "api/mlflow/routes.hpp"
#include "api/mlflow/run_log.hpp"
#include "api/mlflow/run_view.hpp"
#include "api/mlflow/search.hpp"
#include "base/text.hpp"
#include "registry/find_tracked.hpp"

#include <fmt/format.h>

#include <array>

// Source: MLflow 3.17, mlflow/server/handlers.py and mlflow/store/tracking/sqlalchemy_store.py.

namespace assay::mlflow {

namespace {

constexpr auto create_fields = std::to_array<Field>(
    {{"experiment_id"}, {"user_id"}, {"run_name"}, {"start_time", Type::int64}, {"tags", Type::message, true, &pair_message}});
constexpr auto create_checks =
    std::to_array<Check>({{"experiment_id", false, Type::text}, {"start_time", false, Type::int64}, {"run_name", false, Type::text}});
constexpr auto update_fields = std::to_array<Field>({{"run_id"},
                                                     {"run_uuid"},
                                                     {.name = "status", .type = Type::word, .words = run_statuses, .first_word = 1},
                                                     {"end_time", Type::int64},
                                                     {"run_name"}});
constexpr auto update_checks = std::to_array<Check>(
    {{"run_id", true, Type::text}, {"end_time", false, Type::int64}, {"status", false, Type::text}, {"run_name", false, Type::text}});
constexpr auto id_fields = std::to_array<Field>({{"run_id"}, {"run_uuid"}});
constexpr auto id_checks = std::to_array<Check>({{"run_id", true, Type::text}});
constexpr auto tag_fields = std::to_array<Field>({{"run_id"}, {"run_uuid"}, {"key"}, {"value"}});
constexpr auto set_tag_checks =
    std::to_array<Check>({{"run_id", true, Type::text}, {"key", true, Type::text}, {"value", false, Type::text}});
constexpr auto delete_tag_checks = std::to_array<Check>({{"run_id", true, Type::text}, {"key", true, Type::text}});

Result<Json> create(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {create_fields}, create_checks));
    NewRun run;
    TRY_ASSIGN(run.experiment, experiment_id(text_of(read, "experiment_id")));
    run.name = text_of(read, "run_name");
    run.started_at = optional_integer(read, "start_time").value_or(0);
    run.actor = text_of(read, "user_id");
    std::string name_in_tags;
    for (const Json& tag : list_of(read, "tags")) {
        std::erase_if(run.tags, [&](const TagRow& other) { return other.key == text_of(tag, "key"); });  // the last one counts
        run.tags.push_back({text_of(tag, "key"), text_of(tag, "value")});
        TRY(check_length("value", max_kept_value, run.tags.back().value));  // not cut, as set-tag does: so has MLflow it
        if (run.tags.back().key == run_name_tag) name_in_tags = run.tags.back().value;
    }
    if (!run.name.empty() && !name_in_tags.empty() && run.name != name_in_tags) {
        return refuse(
            invalid_parameter,
            fmt::format("Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='{}', "
                        "mlflow.runName='{}').",
                        run.name, name_in_tags));
    }
    if (run.name.empty()) run.name = name_in_tags.empty() ? random_name() : name_in_tags;
    std::erase_if(run.tags, [](const TagRow& tag) { return tag.key == run_name_tag; });
    run.tags.push_back({std::string(run_name_tag), run.name});
    const auto made = create_run(context.registry, run);
    if (!made) return experiment_error(made.error(), run.experiment);
    RunView view_made{};
    view_made.row = *made;
    view_made.tags = run.tags;
    Json json = view(view_made);
    json.erase("outputs");
    return Json{{"run", std::move(json)}};
}

Result<Json> update(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {update_fields}, update_checks));
    RunChange change;
    if (const auto status = optional_text(read, "status")) change.status = to_lower_ascii(*status);
    change.ended_at = optional_integer(read, "end_time");
    if (const std::string name = text_of(read, "run_name"); !name.empty()) {
        change.name = name;
        change.tags.push_back({std::string(run_name_tag), name});
    }
    TRY_ASSIGN(const RunRow row, log_to_run(context.registry, run_id_of(read), change));
    return Json{{"run_info", run_info(row)}};
}

Result<Json> get(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {id_fields}, id_checks));
    const std::string id = run_id_of(read);
    const auto found = show_run(context.registry, id);
    if (!found) return run_error(found.error(), id);
    return Json{{"run", view(*found)}};
}

template <class Change>
Result<Json> change(Request& request, Change verb) {
    TRY_ASSIGN(const Json read, read_message(request, {id_fields}, id_checks));
    const std::string id = run_id_of(read);
    const Result<void> changed = verb(id);
    if (!changed) return run_error(changed.error(), id);
    return Json::object();
}

constexpr auto search_fields = std::to_array<Field>({{"experiment_ids", Type::text, true},
                                                     {"filter"},
                                                     {.name = "run_view_type", .type = Type::word, .words = view_types, .first_word = 1},
                                                     {"max_results", Type::int32},
                                                     {"order_by", Type::text, true},
                                                     {"page_token"}});
constexpr auto search_checks = std::to_array<Check>({{.name = "experiment_ids", .list = true},
                                                     {"filter", false, Type::text},
                                                     {.name = "max_results", .type = Type::int64, .at_most = 50'000, .type_first = true},
                                                     {.name = "order_by", .type = Type::text, .list = true}});

Result<Json> search_all(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {search_fields}, search_checks));
    TrackingQuery query;
    TRY_ASSIGN(const std::int64_t limit, max_results_of(read, 1'000, 50'000));
    TRY(read_search(Searched::runs, text_of(read, "filter"), texts_of(read, "order_by"), query));
    TRY_ASSIGN(query.experiments, experiment_ids(texts_of(read, "experiment_ids")));
    read_view_type(text_of(read, "run_view_type"), query);
    TRY(read_page(text_of(read, "page_token"), limit, query));
    auto found = find_runs(context.registry, query);
    if (!found) return search_error(found.error());
    Json json = Json::object();
    if (const std::string next = next_page(found->places, query); !next.empty()) json["next_page_token"] = next;
    for (const RunView& run : found->views) json["runs"].push_back(view(run));
    return json;
}

Result<Json> set_tag(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {tag_fields}, set_tag_checks));
    RunChange change;
    TRY_ASSIGN(TagRow tag, run_tag(read, ""));
    if (tag.key == run_name_tag) change.name = tag.value;
    change.tags.push_back(std::move(tag));
    TRY(log_to_run(context.registry, run_id_of(read), change));
    return Json::object();
}

Result<Json> delete_tag(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {tag_fields}, delete_tag_checks));
    const std::string id = run_id_of(read);
    const std::string key = text_of(read, "key");
    const auto removed = delete_run_tag(context.registry, id, key);
    if (!removed && removed.error().code == "tag-not-found")
        return refuse(does_not_exist, fmt::format("No tag with name: {} in run with id {}", key, id));
    if (!removed) return run_error(removed.error(), id);
    return Json::object();
}

}  // namespace

void add_run_routes(Router& router, Context& context) {
    const auto with = [&context](auto handle) { return bound_to(context, handle); };
    add(router, Method::post, "runs/create", Lane::commit, with(create));
    add(router, Method::post, "runs/update", Lane::commit, with(update));
    add(router, Method::get, "runs/get", Lane::quick, with(get));
    add(router, Method::post, "runs/search", Lane::search, with(search_all));
    add(router, Method::post, "runs/delete", Lane::commit,
        [&context](Request& request) { return change(request, [&](const std::string& id) { return delete_run(context.registry, id); }); });
    add(router, Method::post, "runs/restore", Lane::commit,
        [&context](Request& request) { return change(request, [&](const std::string& id) { return restore_run(context.registry, id); }); });
    add(router, Method::post, "runs/set-tag", Lane::commit, with(set_tag));
    add(router, Method::post, "runs/delete-tag", Lane::commit, with(delete_tag));
}

}  // namespace assay::mlflow
