#include "clients/cli/mlflow_api.hpp"
#include "clients/cli/mlflow_source.hpp"

#include "base/text.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

#include <cmath>

// A tracking server by its REST API (MLflow 2.22 and 3.17).

namespace assay {

namespace {

/// Numbers of 64 bits come as texts in places.
std::int64_t integer_in(const Json& json, std::string_view key) {
    return integer_of(json, key).value_or(parse_integer(string_of(json, key)).value_or(0));
}
/// [{"key","value"}] as {"key": "value"}, without what Assay's own server says in the form of a tag.
Json pairs_at(const Json& json, std::string_view key) {
    Json found = Json::object();
    for (const Json& one : member(json, key)) found[string_of(one, "key")] = string_of(one, "value");
    found.erase("assay.quarantine");
    return found;
}
Json value_at(const Json& json) {
    const Json& value = member(json, "value");
    if (value.is_number()) return value;
    if (value == "Infinity" || value == "-Infinity") return std::copysign(1.7976931348623157e+308, value == "Infinity" ? 1.0 : -1.0);
    return nullptr;
}
std::string state_at(const Json& json) { return string_of(json, "lifecycle_stage") == "deleted" ? "deleted" : "active"; }

class MlflowServer final : public MlflowSource {
public:
    explicit MlflowServer(MlflowApi api) : api_(std::move(api)) {}
    [[nodiscard]] Result<std::uint64_t> run_count() override { return 0; }

    [[nodiscard]] Result<Json> experiments() override {
        Json found = Json::array();
        TRY(api_.each_post("experiments/search", {{"max_results", 1000}, {"view_type", "ALL"}}, "experiments",
                           [&](const Json& one) -> Result<void> {
                               found.push_back({{"id", integer_in(one, "experiment_id")},
                                                {"name", string_of(one, "name")},
                                                {"state", state_at(one)},
                                                {"created_at", integer_in(one, "creation_time")},
                                                {"updated_at", integer_in(one, "last_update_time")},
                                                {"tags", pairs_at(one, "tags")}});
                               return {};
                           }));
        return found;
    }

    [[nodiscard]] Result<void> runs(const Json& experiment, const Take& take) override {
        const Json question = {{"experiment_ids", {std::to_string(integer_in(experiment, "id"))}},
                               {"max_results", 200},
                               {"run_view_type", "ALL"},
                               {"order_by", {"start_time ASC"}}};
        return api_.each_post("runs/search", question, "runs", [&](const Json& one) -> Result<void> {
            const Json& info = member(one, "info");
            const Json& data = member(one, "data");
            const std::string id = string_of(info, "run_id");
            Json run = {{"id", id},
                        {"name", string_of(info, "run_name")},
                        {"actor", string_of(info, "user_id")},
                        {"status", to_lower_ascii(string_of(info, "status"))},
                        {"state", state_at(info)},
                        {"artifacts", string_of(info, "artifact_uri")},
                        {"params", pairs_at(data, "params")},
                        {"tags", pairs_at(data, "tags")},
                        {"metrics", Json::object()},
                        {"datasets", Json::array()},
                        {"inputs", Json::array()},
                        {"outputs", Json::array()}};
            if (member(info, "start_time").is_number()) run["started_at"] = integer_in(info, "start_time");
            if (member(info, "end_time").is_number()) run["ended_at"] = integer_in(info, "end_time");
            for (const Json& metric : member(data, "metrics")) {
                const std::string name = string_of(metric, "key");
                TRY_ASSIGN(run["metrics"][name], history(id, name));
            }
            for (const Json& input : member(member(one, "inputs"), "dataset_inputs")) {
                Json dataset = member(input, "dataset");
                dataset["tags"] = pairs_at(input, "tags");
                run["datasets"].push_back(std::move(dataset));
            }
            for (const Json& model : member(member(one, "inputs"), "model_inputs"))
                run["inputs"].push_back({string_of(model, "model_id"), 0});
            for (const Json& model : member(member(one, "outputs"), "model_outputs"))
                run["outputs"].push_back({string_of(model, "model_id"), integer_in(model, "step")});
            return take(std::move(run));
        });
    }

    [[nodiscard]] Result<void> logged_models(const Json& experiment, const Take& take) override {
        const Json question = {{"experiment_ids", {std::to_string(integer_in(experiment, "id"))}}, {"max_results", 50}};
        auto done = api_.each_post("logged-models/search", question, "models", [&](const Json& one) -> Result<void> {
            const Json& info = member(one, "info");
            const std::string status = string_of(info, "status");
            Json model = {{"id", string_of(info, "model_id")},
                          {"name", string_of(info, "name")},
                          {"type", string_of(info, "model_type")},
                          {"run", string_of(info, "source_run_id")},
                          {"status", status == "LOGGED_MODEL_READY"           ? "ready"
                                     : status == "LOGGED_MODEL_UPLOAD_FAILED" ? "failed"
                                                                              : "pending"},
                          {"state", "active"},
                          {"created_at", integer_in(info, "creation_timestamp_ms")},
                          {"updated_at", integer_in(info, "last_updated_timestamp_ms")},
                          {"artifacts", string_of(info, "artifact_uri")},
                          {"tags", pairs_at(info, "tags")},
                          {"params", pairs_at(member(one, "data"), "params")},
                          {"metrics", Json::array()}};
            for (const Json& metric : member(member(one, "data"), "metrics")) {
                Json point = {{"name", string_of(metric, "key")},
                              {"at", integer_in(metric, "timestamp")},
                              {"step", integer_in(metric, "step")},
                              {"run", string_of(metric, "run_id")}};
                if (const Json value = value_at(metric); !value.is_null()) point["value"] = value;
                for (const char* key : {"dataset_name", "dataset_digest"})
                    if (member(metric, key).is_string()) point[key] = member(metric, key);
                model["metrics"].push_back(std::move(point));
            }
            return take(std::move(model));
        });
        if (!done && done.error().kind == ErrorKind::not_found) return {};  // a server of MLflow 2
        return done;
    }

    [[nodiscard]] Result<Json> models() override {
        Json found = Json::array();
        TRY(api_.each_get("registered-models/search", {{"max_results", 100}}, "registered_models", [&](const Json& one) -> Result<void> {
            Json model = {{"name", string_of(one, "name")},
                          {"description", string_of(one, "description")},
                          {"updated_at", integer_in(one, "last_updated_timestamp")},
                          {"tags", pairs_at(one, "tags")},
                          {"aliases", Json::object()}};
            for (const Json& alias : member(one, "aliases")) model["aliases"][string_of(alias, "alias")] = integer_in(alias, "version");
            found.push_back(std::move(model));
            return {};
        }));
        return found;
    }

    [[nodiscard]] Result<void> versions(const Json& model, const Take& take) override {
        const std::string name = string_of(model, "name");
        const Json question = {{"filter", "name = " + mlflow_quoted(name)}, {"max_results", 1000}, {"order_by", "version_number ASC"}};
        return api_.each_get("model-versions/search", question, "model_versions", [&](const Json& one) -> Result<void> {
            const std::string number = string_of(one, "version");
            Json version = {{"model", name},
                            {"version", integer_in(one, "version")},
                            {"description", string_of(one, "description")},
                            {"stage", string_of(one, "current_stage").empty() ? "None" : string_of(one, "current_stage")},
                            {"source", string_of(one, "source")},
                            {"run", string_of(one, "run_id")},
                            {"run_link", string_of(one, "run_link")},
                            {"status", string_of(one, "status")},
                            {"created_at", integer_in(one, "creation_timestamp")},
                            {"updated_at", integer_in(one, "last_updated_timestamp")},
                            {"tags", pairs_at(one, "tags")},
                            {"storage", ""}};
            const auto where = api_.get("model-versions/get-download-uri", {{"name", name}, {"version", number}});
            if (where) version["storage"] = string_of(*where, "artifact_uri");
            return take(std::move(version));
        });
    }

    [[nodiscard]] Result<std::vector<SourceFile>> files(const std::string& uri) override { return api_.files(uri); }
    [[nodiscard]] Result<std::string> local(const std::string& uri, const std::string& path) override { return api_.fetch(uri, path); }

private:
    Result<Json> history(const std::string& run, const std::string& metric) {
        Json points = Json::array();
        TRY(api_.each_get("metrics/get-history", {{"run_id", run}, {"metric_key", metric}, {"max_results", 25000}}, "metrics",
                          [&](const Json& point) -> Result<void> {
                              points.push_back({integer_in(point, "timestamp"), integer_in(point, "step"), value_at(point)});
                              return {};
                          }));
        return points;
    }

    MlflowApi api_;
};

}  // namespace

Result<std::unique_ptr<MlflowSource>> open_mlflow_server(const std::string& url) {
    TRY_ASSIGN(MlflowApi api, MlflowApi::open(url));
    return std::make_unique<MlflowServer>(std::move(api));
}

}  // namespace assay
