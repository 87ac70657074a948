#include "api/mlflow/errors.hpp"
#include "api/mlflow/gate.hpp"
#include "api/mlflow/locations.hpp"
#include "api/mlflow/names.hpp"
#include "api/mlflow/routes.hpp"
#include "api/mlflow/run_view.hpp"
#include "api/mlflow/search.hpp"
#include "api/mlflow/version_source.hpp"
#include "api/mlflow/version_view.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "registry/find_tracked.hpp"
#include "registry/logged_models.hpp"
#include "registry/registrations.hpp"
#include "registry/tags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

// Source: MLflow 3.17, mlflow/server/handlers.py and mlflow/store/model_registry/sqlalchemy_store.py.

namespace assay::mlflow {

namespace {

constexpr Check name_check{.name = "name", .required = true, .type = Type::text, .type_first = true};
constexpr Check version_check{.name = "version", .required = true, .type = Type::text, .type_first = true};
constexpr auto create_fields = std::to_array<Field>(
    {{"name"}, {"source"}, {"run_id"}, {"tags", Type::message, true, &pair_message}, {"run_link"}, {"description"}, {"model_id"}});
constexpr auto create_checks = std::to_array<Check>({name_check,
                                                     {.name = "source", .required = true, .type = Type::text, .type_first = true},
                                                     {"run_id", false, Type::text},
                                                     {.name = "tags", .list = true},
                                                     {"run_link", false, Type::text},
                                                     {"description", false, Type::text},
                                                     {"model_id", false, Type::text}});
constexpr auto version_fields = std::to_array<Field>({{"name"}, {"version"}});
constexpr auto version_checks = std::to_array<Check>({name_check, version_check});
constexpr auto update_fields = std::to_array<Field>({{"name"}, {"version"}, {"description"}});
constexpr auto update_checks = std::to_array<Check>({name_check, version_check, {"description", false, Type::text}});
constexpr auto stage_fields = std::to_array<Field>({{"name"}, {"version"}, {"stage"}, {"archive_existing_versions", Type::boolean}});
constexpr auto stage_checks = std::to_array<Check>({name_check,
                                                    version_check,
                                                    {.name = "stage", .required = true, .type = Type::text, .type_first = true},
                                                    {"archive_existing_versions", false, Type::boolean}});
constexpr auto tag_fields = std::to_array<Field>({{"name"}, {"version"}, {"key"}, {"value"}});
constexpr auto tag_checks = std::to_array<Check>(
    {name_check, version_check, {.name = "key", .required = true, .type = Type::text, .type_first = true}, {"value", false, Type::text}});

/// The version that a request names.
struct Named {
    std::string model;
    std::int64_t number = 0;
    RegistrationView version;
};
Result<Named> named(Context& context, const Json& read) {
    Named found{text_of(read, "name"), 0, {}};
    if (found.model.empty()) return refuse(invalid_parameter, "Missing value for required parameter 'name'.");
    TRY_ASSIGN(found.number, version_number(text_of(read, "version")));
    auto version = show_registered_version(context.registry, found.model, found.number);
    if (!version && version.error().code == "model-not-found") version.error().code = "version-not-found";
    if (!version) return registry_error(version.error(), found.model, text_of(read, "version"));
    found.version = *std::move(version);
    return found;
}

/// Clients of 3.x write the versions of a logged model into a tag of it; so does the server, before they do.
Result<void> note_on_model(Registry& registry, const RegistrationView& made) {
    constexpr const char* tag = "mlflow.modelVersions";
    const std::string& id = made.registration.logged_model;
    if (id.empty()) return {};
    return append_to_logged_model_tag(registry, id, tag, {{"name", made.registration.model}, {"version", made.registration.version}});
}

/// A version of a prompt is a text in a tag, with no files.
bool is_prompt(const Json& read) {
    return std::ranges::any_of(list_of(read, "tags"), [](const Json& tag) {
        return text_of(tag, "key") == "mlflow.prompt.is_prompt" && to_lower_ascii(text_of(tag, "value")) == "true";
    });
}

Result<Json> create(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {create_fields}, create_checks));
    NewRegistration wanted;
    TRY_ASSIGN(wanted.model, registered_name(text_of(read, "name")));
    if (is_prompt(read))
        return refuse(endpoint_not_found,
                      "This server keeps models: versions of prompts are not implemented. Their names, descriptions and tags are kept.");
    TRY(resolve_source(context.registry, request, read, wanted));
    for (const Json& tag : list_of(read, "tags")) {
        TRY_ASSIGN(TagRow row, registry_tag(tag));
        std::erase_if(wanted.tags, [&](const TagRow& other) { return other.key == row.key; });
        wanted.tags.push_back(std::move(row));
    }
    wanted.run_link = text_of(read, "run_link");
    wanted.description = text_of(read, "description");
    wanted.actor = actor_of(request);
    wanted.require_facts = context.require_facts;
    const auto made = register_folder(context.registry, wanted);
    if (!made) return registry_error(made.error(), wanted.model);
    if (made->version && !wanted.copied_from) {
        // The version is there, whatever becomes of the note.
        if (const auto noted = note_on_model(context.registry, *made); !noted)
            log(LogLevel::warning, "a logged model does not name its version",
                {{"model", made->registration.logged_model}, {"because", noted.error().message}});
    }
    return Json{{"model_version", view(*made)}};
}

Result<Json> get(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {version_fields}, version_checks));
    TRY_ASSIGN(const Named found, named(context, read));
    return Json{{"model_version", view(found.version)}};
}

Result<Json> update(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {update_fields}, update_checks));
    TRY_ASSIGN(const Named found, named(context, read));
    const auto text = optional_text(read, "description");
    if (!text) return Json{{"model_version", view(found.version)}};
    TRY_ASSIGN(const auto changed, describe_registered_version(context.registry, found.model, found.number, *text, actor_of(request)));
    return Json{{"model_version", view(changed)}};
}

Result<Json> transition(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {stage_fields}, stage_checks));
    TRY_ASSIGN(const std::string stage, canonical_stage(text_of(read, "stage")));
    const bool archive = read.value("archive_existing_versions", false);
    if (archive && stage != "Staging" && stage != "Production") {
        return fail(Error(
            ErrorKind::invalid, "INVALID_PARAMETER_VALUE",
            fmt::format(
                "Model version transition cannot archive existing model versions because '{}' is not an Active stage. Valid stages are "
                "['Staging', 'Production']",
                text_of(read, "stage"))));
    }
    TRY_ASSIGN(const Named found, named(context, read));
    TRY_ASSIGN(const auto moved, set_stage(context.registry, found.model, found.number, stage, archive, actor_of(request)));
    return Json{{"model_version", view(moved)}};
}

Result<Json> remove(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {version_fields}, version_checks));
    TRY_ASSIGN(const Named found, named(context, read));
    TRY(delete_registered_version(context.registry, found.model, found.number, actor_of(request)));
    return Json::object();
}

/// Every load of `models:/name/…` asks here first: where a refusal is seen best.
Result<Json> download_uri(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {version_fields}, {}));
    TRY_ASSIGN(const Named found, named(context, read));
    if (!found.version.version) {
        return refuse(
            resource_conflict,
            fmt::format("{} version {} was not registered, and has no files: {}\n  fix: mend that, log the model again and register "
                        "it; it will have a number of its own",
                        found.model, found.number, found.version.registration.message));
    }
    TRY(pass_gate(context, request, found.version.version->row));
    return Json{{"artifact_uri", uri_of(folder_of(found.version.version->row))}};
}

constexpr auto search_fields =
    std::to_array<Field>({{"filter"}, {"max_results", Type::int64}, {"order_by", Type::text, true}, {"page_token"}});
constexpr auto search_checks = std::to_array<Check>({{"filter", false, Type::text},
                                                     {.name = "max_results", .type = Type::int64, .at_most = 200'000, .type_first = true},
                                                     {.name = "order_by", .type = Type::text, .list = true},
                                                     {"page_token", false, Type::text}});

Result<Json> search_all(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {search_fields}, search_checks));
    TrackingQuery query;
    TRY_ASSIGN(const std::int64_t limit, max_results_of(read, 10'000, 200'000));
    TRY(read_search(Searched::versions, text_of(read, "filter"), texts_of(read, "order_by"), query));
    TRY(read_page(text_of(read, "page_token"), limit, query));
    auto found = find_versions(context.registry, query);
    if (!found) return search_error(found.error());
    Json json = Json::object();
    if (const std::string next = next_page(found->places, query); !next.empty()) json["next_page_token"] = next;
    for (const RegistrationView& version : found->views) json["model_versions"].push_back(view(version, WithAliasNames::no));
    return json;
}

Result<Json> set_version_tag(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {tag_fields}, tag_checks));
    TRY_ASSIGN(const TagRow tag, registry_tag(read));
    TRY_ASSIGN(const Named found, named(context, read));
    TRY(set_tag(context.registry, found.model, VersionRef{VersionRef::Number{found.number}}, tag.key, tag.value, actor_of(request)));
    return Json::object();
}

Result<Json> delete_version_tag(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {tag_fields}, tag_checks));
    TRY_ASSIGN(const Named found, named(context, read));
    const auto removed =
        remove_tag(context.registry, found.model, VersionRef{VersionRef::Number{found.number}}, text_of(read, "key"), actor_of(request));
    if (!removed && removed.error().code != "tag-not-found") return fail(removed.error());
    return Json::object();
}

}  // namespace

void add_model_version_routes(Router& router, Context& context) {
    const auto with = [&context](auto handle) { return bound_to(context, handle); };
    add(router, Method::post, "model-versions/create", Lane::commit, with(create));
    add(router, Method::get, "model-versions/get", Lane::quick, with(get));
    add(router, Method::get, "model-versions/search", Lane::search, with(search_all));
    add(router, Method::patch, "model-versions/update", Lane::commit, with(update));
    add(router, Method::post, "model-versions/transition-stage", Lane::commit, with(transition));
    add(router, Method::del, "model-versions/delete", Lane::commit, with(remove));
    add(router, Method::get, "model-versions/get-download-uri", Lane::commit, with(download_uri));
    add(router, Method::post, "model-versions/set-tag", Lane::commit, with(set_version_tag));
    add(router, Method::del, "model-versions/delete-tag", Lane::commit, with(delete_version_tag));
}

}  // namespace assay::mlflow
