#include "api/mlflow/errors.hpp"
#include "api/mlflow/page_token.hpp"
#include "api/mlflow/routes.hpp"
#include "api/mlflow/run_log.hpp"
#include "api/mlflow/run_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

// How metrics went: of one run in pages, of several at once, and in equal distances for charts. Source: MLflow 3.17,
// mlflow/server/handlers.py and mlflow/store/tracking/sqlalchemy_store.py.

namespace assay::mlflow {

namespace {

constexpr auto history_fields =
    std::to_array<Field>({{"run_id"}, {"run_uuid"}, {"metric_key"}, {"page_token"}, {"max_results", Type::int32}});
constexpr auto history_checks = std::to_array<Check>({{.name = "run_id", .required = true, .type = Type::text, .type_first = true},
                                                      {.name = "metric_key", .required = true, .type = Type::text, .type_first = true},
                                                      {"page_token", false, Type::text}});

constexpr auto bulk_fields = std::to_array<Field>({{"run_id", Type::text, true}, {"metric_key"}, {"max_results", Type::int64}});
constexpr auto interval_fields = std::to_array<Field>(
    {{"run_ids", Type::text, true}, {"metric_key"}, {"start_step", Type::int32}, {"end_step", Type::int32}, {"max_results", Type::int32}});
constexpr auto interval_checks = std::to_array<Check>({{.name = "run_ids", .required = true, .type = Type::text, .list = true},
                                                       {"metric_key", true, Type::text},
                                                       {"start_step", false, Type::int32},
                                                       {"end_step", false, Type::int32},
                                                       {"max_results", false, Type::int32}});

constexpr std::size_t max_runs = 100;
constexpr std::int64_t max_bulk_points = 25'000;
constexpr std::int64_t max_sampled_points = 2'500;

Json view_with_run(const RunMetricRow& point, const std::string& run) {
    Json json = view(point);
    json["run_id"] = run;
    return json;
}

/// A token holds the last point of the page before: points that are logged meanwhile shift no page.
std::string token_after(const RunMetricRow& point) {
    const bool nan = point.value != point.value;
    return page_token({{"at", point.at}, {"step", point.step}, {"value", nan ? Json(nullptr) : Json(point.value)}});
}

Result<std::optional<RunMetricRow>> point_of_token(const std::string& token, const std::string& name) {
    if (token.empty()) return std::nullopt;
    TRY_ASSIGN(const Json held, read_page_token(token));
    const bool good = held.contains("at") && held["at"].is_number_integer() && held.contains("step") && held["step"].is_number_integer() &&
                      held.contains("value") && (held["value"].is_number() || held["value"].is_null());
    if (!good) return bad_page_token(held);
    const double value = held["value"].is_null() ? std::numeric_limits<double>::quiet_NaN() : held["value"].get<double>();
    return RunMetricRow{name, held["step"].get<std::int64_t>(), held["at"].get<std::int64_t>(), value};
}

Result<Json> get_history(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {history_fields}, history_checks));
    const std::string id = run_id_of(read);
    const std::string name = text_of(read, "metric_key");
    const auto limit = optional_integer(read, "max_results");
    if (limit && *limit <= 0) {
        return refuse(invalid_parameter,
                      fmt::format("Invalid value {} for parameter 'max_results' supplied. It must be a positive integer.", *limit));
    }
    TRY_ASSIGN(const auto after, point_of_token(text_of(read, "page_token"), name));
    const std::int64_t wanted = limit ? *limit + 1 : std::numeric_limits<std::int64_t>::max();
    auto points = metric_history(context.registry, id, name, after, wanted);
    if (!points) return run_error(points.error(), id);
    Json json = Json::object();
    if (limit && std::ssize(*points) > *limit) {
        points->pop_back();
        json["next_page_token"] = token_after(points->back());
    }
    for (const RunMetricRow& point : *points) json["metrics"].push_back(view(point));
    return json;
}

/// Of several runs, by run: what charts of MLflow's own pages ask for. Runs that are none have no points.
Result<Json> get_history_of_runs(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {bulk_fields}, {}));
    std::vector<std::string> runs = texts_of(read, "run_id");
    const auto name = optional_text(read, "metric_key");
    if (runs.empty()) return refuse(invalid_parameter, "GetMetricHistoryBulk request must specify at least one run_id.");
    if (runs.size() > max_runs) {
        return refuse(
            invalid_parameter,
            fmt::format("GetMetricHistoryBulk request cannot specify more than {} run_ids. Received {} run_ids.", max_runs, runs.size()));
    }
    if (!name) return refuse(invalid_parameter, "GetMetricHistoryBulk request must specify a metric_key.");
    std::int64_t left = std::min(optional_integer(read, "max_results").value_or(max_bulk_points), max_bulk_points);
    std::ranges::sort(runs);
    runs.erase(std::ranges::unique(runs).begin(), runs.end());
    Json json = {{"metrics", Json::array()}};
    for (const std::string& run : runs) {
        if (left <= 0) break;
        auto points = metric_history(context.registry, run, *name, std::nullopt, left);
        if (!points && points.error().code == "run-not-found") continue;
        if (!points) return fail(std::move(points).error());
        for (const RunMetricRow& point : *points) json["metrics"].push_back(view_with_run(point, run));
        left -= std::ssize(*points);
    }
    return json;
}

Result<std::optional<run_metrics::Steps>> steps_of(const Json& read) {
    const auto first = optional_integer(read, "start_step");
    const auto last = optional_integer(read, "end_step");
    if (!first && !last) return std::nullopt;
    if (!first || !last) return refuse(invalid_parameter, "If either start step or end step are specified, both must be specified.");
    if (*first > *last) {
        return refuse(invalid_parameter,
                      fmt::format("end_step must be greater than start_step. Found start_step={} and end_step={}.", *first, *last));
    }
    return run_metrics::Steps{*first, *last};
}

Result<Json> get_sampled_history(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {interval_fields}, interval_checks));
    const std::vector<std::string> runs = texts_of(read, "run_ids");
    if (runs.size() > max_runs) {
        return refuse(invalid_parameter,
                      fmt::format("GetMetricHistoryBulkInterval request must specify at most {} run_ids. Received {} run_ids.", max_runs,
                                  runs.size()));
    }
    const std::int64_t limit = optional_integer(read, "max_results").value_or(max_sampled_points);
    if (limit < 1 || limit > max_sampled_points)
        return refuse(invalid_parameter, fmt::format("max_results must be between 1 and {}.", max_sampled_points));
    TRY_ASSIGN(const auto steps, steps_of(read));
    Json json = Json::object();
    for (const std::string& run : runs) {
        const auto points = sampled_history(context.registry, run, text_of(read, "metric_key"), steps, limit);
        if (!points) return run_error(points.error(), run);
        for (const RunMetricRow& point : *points) json["metrics"].push_back(view_with_run(point, run));
    }
    return json;
}

}  // namespace

void add_metric_history_routes(Router& router, Context& context) {
    const auto with = [&context](auto handle) { return bound_to(context, handle); };
    add(router, Method::get, "metrics/get-history", Lane::search, with(get_history));
    add(router, Method::get, "metrics/get-history-bulk", Lane::search, with(get_history_of_runs));
    add(router, Method::get, "metrics/get-history-bulk-interval", Lane::search, with(get_sampled_history));
}

}  // namespace assay::mlflow
