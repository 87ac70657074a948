#include "api/mlflow/errors.hpp"
#include "api/mlflow/names.hpp"
#include "api/mlflow/routes.hpp"
#include "api/mlflow/search.hpp"
#include "api/mlflow/version_view.hpp"
#include "base/text.hpp"
#include "registry/aliases.hpp"
#include "registry/find_tracked.hpp"
#include "registry/models.hpp"
#include "registry/names.hpp"
#include "registry/registrations.hpp"
#include "registry/tags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

// Source: MLflow 3.17, mlflow/server/handlers.py and mlflow/store/model_registry/sqlalchemy_store.py.

namespace assay::mlflow {

namespace {

constexpr Check name_check{.name = "name", .required = true, .type = Type::text, .type_first = true};
constexpr auto create_fields =
    std::to_array<Field>({{"name"}, {"tags", Type::message, true, &pair_message}, {"description"}, {"deployment_job_id"}});
constexpr auto create_checks = std::to_array<Check>({name_check, {.name = "tags", .list = true}, {"description", false, Type::text}});
constexpr auto name_fields = std::to_array<Field>({{"name"}});
constexpr auto name_checks = std::to_array<Check>({name_check});
constexpr auto update_fields = std::to_array<Field>({{"name"}, {"description"}, {"deployment_job_id"}});
constexpr auto update_checks = std::to_array<Check>({name_check, {"description", false, Type::text}});
constexpr auto rename_fields = std::to_array<Field>({{"name"}, {"new_name"}});
constexpr auto rename_checks =
    std::to_array<Check>({name_check, {.name = "new_name", .required = true, .type = Type::text, .type_first = true}});
constexpr auto tag_fields = std::to_array<Field>({{"name"}, {"key"}, {"value"}});
constexpr auto tag_checks = std::to_array<Check>(
    {name_check, {.name = "key", .required = true, .type = Type::text, .type_first = true}, {"value", false, Type::text}});
constexpr auto latest_fields = std::to_array<Field>({{"name"}, {"stages", Type::text, true}});
constexpr auto latest_checks = std::to_array<Check>({name_check, {.name = "stages", .type = Type::text, .list = true}});
constexpr auto alias_fields = std::to_array<Field>({{"name"}, {"alias"}, {"version"}});
constexpr auto set_alias_checks = std::to_array<Check>({name_check,
                                                        {.name = "alias", .required = true, .type = Type::text, .type_first = true},
                                                        {.name = "version", .required = true, .type = Type::text, .type_first = true}});
constexpr auto alias_checks =
    std::to_array<Check>({name_check, {.name = "alias", .required = true, .type = Type::text, .type_first = true}});

Result<Json> answer_with(Registry& registry, const RegisteredModel& model) {
    TRY_ASSIGN(const auto latest, latest_by_stage(registry, model.row.name));
    return Json{{"registered_model", view(model, latest)}};
}

Result<Json> create(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {create_fields}, create_checks));
    TRY_ASSIGN(const std::string given, registered_name(text_of(read, "name")));
    TRY_ASSIGN(const std::string name, model_name(given));
    std::vector<TagRow> tags;
    for (const Json& tag : list_of(read, "tags")) {
        TRY_ASSIGN(TagRow row, registry_tag(tag));
        tags.push_back(std::move(row));
    }
    const auto made = create_model(context.registry, name, text_of(read, "description"), tags, actor_of(request));
    if (!made) return registry_error(made.error(), name);
    return answer_with(context.registry, *made);
}

Result<Json> get(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {name_fields}, name_checks));
    const std::string name = text_of(read, "name");
    const auto found = show_registered_model(context.registry, name);
    if (!found) return registry_error(found.error(), name);
    return answer_with(context.registry, *found);
}

Result<Json> update(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {update_fields}, update_checks));
    const std::string name = text_of(read, "name");
    const auto found = show_registered_model(context.registry, name);
    if (!found) return registry_error(found.error(), name);
    TRY(describe_model(context.registry, name, text_of(read, "description"), actor_of(request)));
    TRY(touch_model(context.registry, name));
    TRY_ASSIGN(const RegisteredModel changed, show_registered_model(context.registry, name));
    return answer_with(context.registry, changed);
}

/// The name of a model is in the manifest of each of its versions, and so in their digests.
Result<Json> rename(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {rename_fields}, rename_checks));
    const std::string name = text_of(read, "name");
    const auto found = show_registered_model(context.registry, name);
    if (!found) return registry_error(found.error(), name);
    return refuse(not_implemented,
                  fmt::format("Registered Model (name={}) cannot be renamed: its name is part of every version's digest. Copy the versions "
                              "instead: MlflowClient().copy_model_version('models:/{}/VERSION', '{}').",
                              name, name, text_of(read, "new_name")));
}

Result<Json> remove(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {name_fields}, name_checks));
    const std::string name = text_of(read, "name");
    const auto removed = delete_model(context.registry, name, actor_of(request));
    if (!removed) return registry_error(removed.error(), name);
    return Json::object();
}

Result<Json> set_model_tag(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {tag_fields}, tag_checks));
    const std::string name = text_of(read, "name");
    TRY_ASSIGN(const TagRow tag, registry_tag(read));
    const auto found = show_registered_model(context.registry, name);
    if (!found) return registry_error(found.error(), name);
    TRY(set_tag(context.registry, name, std::nullopt, tag.key, tag.value, actor_of(request)));
    return Json::object();
}

Result<Json> delete_model_tag(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {tag_fields}, tag_checks));
    const std::string name = text_of(read, "name");
    const auto found = show_registered_model(context.registry, name);
    if (!found) return registry_error(found.error(), name);
    const auto removed = remove_tag(context.registry, name, std::nullopt, text_of(read, "key"), actor_of(request));
    if (!removed && removed.error().code != "tag-not-found") return fail(removed.error());
    return Json::object();
}

Result<Json> latest_versions(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {latest_fields}, latest_checks));
    const std::string name = text_of(read, "name");
    std::vector<std::string> wanted;
    for (const std::string& stage : texts_of(read, "stages")) {
        TRY_ASSIGN(std::string canonical, canonical_stage(stage));
        wanted.push_back(std::move(canonical));
    }
    const auto latest = latest_by_stage(context.registry, name);
    if (!latest) return registry_error(latest.error(), name);
    Json json = Json::object();
    for (const RegistrationView& version : *latest) {
        const bool asked = wanted.empty() || std::ranges::find(wanted, version.registration.stage) != wanted.end();
        if (asked) json["model_versions"].push_back(view(version));
    }
    return json;
}

constexpr auto search_fields =
    std::to_array<Field>({{"filter"}, {"max_results", Type::int64}, {"order_by", Type::text, true}, {"page_token"}});
constexpr auto search_checks = std::to_array<Check>({{"filter", false, Type::text},
                                                     {.name = "max_results", .type = Type::int64, .at_most = 1'000, .type_first = true},
                                                     {.name = "order_by", .type = Type::text, .list = true},
                                                     {"page_token", false, Type::text}});

Result<Json> search_all(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {search_fields}, search_checks));
    TrackingQuery query;
    TRY_ASSIGN(const std::int64_t limit, max_results_of(read, 100, 1'000));
    TRY(read_search(Searched::models, text_of(read, "filter"), texts_of(read, "order_by"), query));
    TRY(read_page(text_of(read, "page_token"), limit, query));
    auto found = find_models(context.registry, query);
    if (!found) return search_error(found.error());
    Json json = Json::object();
    if (const std::string next = next_page(found->places, query); !next.empty()) json["next_page_token"] = next;
    for (const FoundModel& one : found->views) json["registered_models"].push_back(view(one.model, one.latest));
    return json;
}

Result<void> check_alias(const std::string& alias) {
    std::string word = alias;
    std::erase(word, '-');
    if (!word.empty() && !is_word_text(word)) {
        return refuse(
            invalid_parameter,
            fmt::format("Invalid alias name: '{}'. Names may only contain alphanumerics, underscores (_), and dashes (-).", alias));
    }
    TRY(check_length("Registered model alias name", 255, alias));
    if (equals_ignoring_case(alias, "latest")) return refuse(invalid_parameter, "'latest' alias name (case insensitive) is reserved.");
    const bool like_version =
        alias.size() > 1 && (alias[0] == 'v' || alias[0] == 'V') && alias.find_first_not_of("0123456789", 1) == std::string::npos;
    if (like_version) return refuse(invalid_parameter, fmt::format("Version alias name '{}' is reserved.", alias));
    return {};
}

Result<Json> put_alias(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {alias_fields}, set_alias_checks));
    const std::string name = text_of(read, "name");
    const std::string alias = text_of(read, "alias");
    TRY(check_alias(alias));
    TRY_ASSIGN(const std::int64_t number, version_number(text_of(read, "version")));
    auto found = show_registered_version(context.registry, name, number);
    if (!found && found.error().code == "model-not-found") found.error().code = "version-not-found";
    if (!found) return registry_error(found.error(), name, std::to_string(number));
    const auto set = set_alias(context.registry, name, alias, VersionRef{VersionRef::Number{number}}, {}, actor_of(request));
    if (!set) return registry_error(set.error(), name, std::to_string(number));
    return Json::object();
}

Result<Json> delete_alias(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {alias_fields}, alias_checks));
    const std::string name = text_of(read, "name");
    const auto found = show_registered_model(context.registry, name);
    if (!found) return registry_error(found.error(), name);
    const auto removed = remove_alias(context.registry, name, text_of(read, "alias"), {}, actor_of(request));
    if (!removed && removed.error().code != "alias-not-found") return fail(removed.error());
    return Json::object();
}

Result<Json> get_alias(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {alias_fields}, alias_checks));
    const std::string name = text_of(read, "name");
    const std::string alias = text_of(read, "alias");
    const auto model = show_registered_model(context.registry, name);
    if (!model) return registry_error(model.error(), name);
    std::int64_t number = 0;
    if (equals_ignoring_case(alias, "latest")) {
        TRY_ASSIGN(const auto latest, latest_by_stage(context.registry, name));
        for (const RegistrationView& version : latest) number = std::max(number, version.registration.version);
        if (number == 0) return refuse(does_not_exist, fmt::format("Latest version not found for model {}.", name));
    } else {
        const auto found = std::ranges::find(model->aliases, alias, &AliasRow::alias);
        if (found == model->aliases.end()) return refuse(invalid_parameter, fmt::format("Registered model alias {} not found.", alias));
        number = found->version;
    }
    const auto version = show_registered_version(context.registry, name, number);
    if (!version) return registry_error(version.error(), name, std::to_string(number));
    return Json{{"model_version", view(*version)}};
}

}  // namespace

void add_registered_model_routes(Router& router, Context& context) {
    const auto with = [&context](auto handle) { return bound_to(context, handle); };
    add(router, Method::post, "registered-models/create", Lane::commit, with(create));
    add(router, Method::get, "registered-models/get", Lane::quick, with(get));
    add(router, Method::get, "registered-models/search", Lane::search, with(search_all));
    add(router, Method::patch, "registered-models/update", Lane::commit, with(update));
    add(router, Method::post, "registered-models/rename", Lane::commit, with(rename));
    add(router, Method::del, "registered-models/delete", Lane::commit, with(remove));
    add(router, Method::post, "registered-models/set-tag", Lane::commit, with(set_model_tag));
    add(router, Method::del, "registered-models/delete-tag", Lane::commit, with(delete_model_tag));
    add(router, Method::post, "registered-models/get-latest-versions", Lane::quick, with(latest_versions));
    add(router, Method::get, "registered-models/get-latest-versions", Lane::quick, with(latest_versions));
    add(router, Method::post, "registered-models/alias", Lane::commit, with(put_alias));
    add(router, Method::del, "registered-models/alias", Lane::commit, with(delete_alias));
    add(router, Method::get, "registered-models/alias", Lane::quick, with(get_alias));
}

}  // namespace assay::mlflow
