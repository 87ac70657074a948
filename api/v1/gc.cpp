#include "registry/gc.hpp"

#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay::v1 {

namespace {

constexpr std::int64_t max_age = 10'000'000'000;  // seconds
constexpr std::size_t max_named = 10'000;         // of a list, asked and answered

std::vector<std::string> names_of(JsonReader& reader, std::string_view key) {
    std::vector<std::string> names;
    const Json* list = reader.optional_array(key);
    if (list == nullptr) return names;
    if (list->size() > max_named) reader.problem(key, fmt::format("must be at most {} at once", max_named));
    for (const Json& name : *list) {
        if (name.is_string() && !name.get_ref<const std::string&>().empty()) {
            names.push_back(name.get<std::string>());
        } else {
            reader.problem(key, "must be a list of texts that are not empty");
        }
    }
    return names;
}

/// Until when something must have been deleted: `until`, else so long ago; now, when neither is said.
std::int64_t until_of(JsonReader& reader, std::int64_t now) {
    const auto age = reader.optional_integer("older_than");
    if (age && (*age < 0 || *age > max_age)) reader.problem("older_than", fmt::format("must be from 0 to {} seconds", max_age));
    const auto text = reader.optional_string("until");
    if (!text) return now - std::clamp<std::int64_t>(age.value_or(0), 0, max_age) * 1000;
    if (age) reader.problem("until", "must not be given together with older_than");
    const auto time = Timestamp::parse(*text);
    if (!time) reader.problem("until", "must be a time as RFC 3339 has it");
    return time ? milliseconds_of(*time) : 0;
}

Json item_view(const GcItem& item) { return {{"kind", to_string(item.kind)}, {"id", item.id}, {"name", item.name}}; }
Json item_view(const GcKept& kept) {
    Json json = item_view(kept.item);
    json["because"] = kept.because;
    if (!kept.renamed.empty()) json["renamed"] = kept.renamed;
    return json;
}

template <class T>
Json item_views(const std::vector<T>& items) {
    Json json = Json::array();
    for (std::size_t i = 0; i < std::min(items.size(), max_named); ++i) json.push_back(item_view(items[i]));
    return json;
}

Json report_view(const GcRequest& wanted, const GcReport& report) {
    const auto count = [&](TrackedKind kind) { return std::ranges::count(report.gone, kind, &GcItem::kind); };
    return {{"until", time_of_milliseconds(wanted.until).to_string()},
            {"done", report.done},
            {"counts",
             {{"experiments", count(TrackedKind::experiment)},
              {"runs", count(TrackedKind::run)},
              {"logged_models", count(TrackedKind::logged_model)},
              {"files", report.files},
              {"bytes", report.bytes},
              {"kept", report.kept.size()}}},
            {"gone", item_views(report.gone)},
            {"kept", item_views(report.kept)},
            {"gone_before", item_views(report.gone_before)}};
}

Result<Response> run_gc(Context& context, Request& request) {
    TRY_ASSIGN(const std::string actor, consumer_of(request));
    TRY_ASSIGN(const Json body, json_body(request));
    Problems problems;
    JsonReader reader(body, "", problems);
    GcRequest wanted;
    wanted.until = until_of(reader, context.registry.now_milliseconds());
    wanted.experiments = names_of(reader, "experiments");
    wanted.runs = names_of(reader, "runs");
    wanted.logged_models = names_of(reader, "logged_models");
    const bool dry_run = reader.optional_boolean("dry_run").value_or(false);
    reader.refuse_unknown();
    TRY(refuse_if_any(problems, "invalid-request", "the request is not valid"));
    TRY_ASSIGN(const GcReport report, dry_run ? preview_gc(context.registry, wanted) : collect(context.registry, wanted, actor));
    return json_response(200, report_view(wanted, report));
}

}  // namespace

void add_gc_routes(Router& router, Context& context) {
    router.add({.method = Method::post,
                .pattern = "/v1/gc",
                .lane = Lane::transfer,
                .handle = answering([&context](Request& request) { return run_gc(context, request); }),
                .max_body_bytes = max_json_bytes,
                .json_body = true});
}

}  // namespace assay::v1
