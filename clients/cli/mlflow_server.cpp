#include "clients/cli/mlflow_source.hpp"

#include "base/http_client.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "clients/cpp/answer.hpp"
#include "clients/cpp/temporary_folder.hpp"

#include <fmt/format.h>

#include <cmath>
#include <fstream>

// A tracking server by its REST API (MLflow 2.22 and 3.17).

namespace assay {

namespace {

/// Numbers of 64 bits come as texts in places.
std::int64_t integer_at(const Json& json, std::string_view key) {
    return integer_of(json, key).value_or(parse_integer(string_of(json, key)).value_or(0));
}
/// [{"key","value"}] as {"key": "value"}
Json pairs_at(const Json& json, std::string_view key) {
    Json found = Json::object();
    for (const Json& one : member(json, key)) found[string_of(one, "key")] = string_of(one, "value");
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
    MlflowServer(std::unique_ptr<HttpClient> http, std::string url, TemporaryFolder temporary)
        : http_(std::move(http)), url_(std::move(url)), temporary_(std::move(temporary)) {}
    [[nodiscard]] Result<std::uint64_t> run_count() override { return 0; }

    [[nodiscard]] Result<Json> experiments() override {
        Json found = Json::array();
        TRY(each_page("POST", "experiments/search", {{"max_results", 1000}, {"view_type", "ALL"}}, "experiments",
                      [&](const Json& one) -> Result<void> {
                          found.push_back({{"id", integer_at(one, "experiment_id")},
                                           {"name", string_of(one, "name")},
                                           {"state", state_at(one)},
                                           {"created_at", integer_at(one, "creation_time")},
                                           {"updated_at", integer_at(one, "last_update_time")},
                                           {"tags", pairs_at(one, "tags")}});
                          return {};
                      }));
        return found;
    }

    [[nodiscard]] Result<void> runs(const Json& experiment, const Take& take) override {
        const Json question = {{"experiment_ids", {std::to_string(integer_at(experiment, "id"))}},
                               {"max_results", 1000},
                               {"run_view_type", "ALL"},
                               {"order_by", {"start_time ASC"}}};
        return each_page("POST", "runs/search", question, "runs", [&](const Json& one) -> Result<void> {
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
            if (member(info, "start_time").is_number()) run["started_at"] = integer_at(info, "start_time");
            if (member(info, "end_time").is_number()) run["ended_at"] = integer_at(info, "end_time");
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
                run["outputs"].push_back({string_of(model, "model_id"), integer_at(model, "step")});
            return take(std::move(run));
        });
    }

    [[nodiscard]] Result<void> logged_models(const Json& experiment, const Take& take) override {
        const Json question = {{"experiment_ids", {std::to_string(integer_at(experiment, "id"))}}, {"max_results", 50}};
        auto done = each_page("POST", "logged-models/search", question, "models", [&](const Json& one) -> Result<void> {
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
                          {"created_at", integer_at(info, "creation_timestamp_ms")},
                          {"updated_at", integer_at(info, "last_updated_timestamp_ms")},
                          {"artifacts", string_of(info, "artifact_uri")},
                          {"tags", pairs_at(info, "tags")},
                          {"params", pairs_at(member(one, "data"), "params")},
                          {"metrics", Json::array()}};
            for (const Json& metric : member(member(one, "data"), "metrics")) {
                Json point = {{"name", string_of(metric, "key")},
                              {"at", integer_at(metric, "timestamp")},
                              {"step", integer_at(metric, "step")},
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
        TRY(each_page("GET", "registered-models/search", {{"max_results", 100}}, "registered_models", [&](const Json& one) -> Result<void> {
            Json model = {{"name", string_of(one, "name")},
                          {"description", string_of(one, "description")},
                          {"updated_at", integer_at(one, "last_updated_timestamp")},
                          {"tags", pairs_at(one, "tags")},
                          {"aliases", Json::object()}};
            for (const Json& alias : member(one, "aliases")) model["aliases"][string_of(alias, "alias")] = integer_at(alias, "version");
            found.push_back(std::move(model));
            return {};
        }));
        return found;
    }

    [[nodiscard]] Result<void> versions(const Json& model, const Take& take) override {
        const std::string name = string_of(model, "name");
        const Json question = {{"filter", fmt::format("name = '{}'", name)}, {"max_results", 1000}, {"order_by", "version_number ASC"}};
        return each_page("GET", "model-versions/search", question, "model_versions", [&](const Json& one) -> Result<void> {
            const std::string number = string_of(one, "version");
            Json version = {{"model", name},
                            {"version", integer_at(one, "version")},
                            {"description", string_of(one, "description")},
                            {"stage", string_of(one, "current_stage").empty() ? "None" : string_of(one, "current_stage")},
                            {"source", string_of(one, "source")},
                            {"run", string_of(one, "run_id")},
                            {"run_link", string_of(one, "run_link")},
                            {"status", string_of(one, "status")},
                            {"created_at", integer_at(one, "creation_timestamp")},
                            {"updated_at", integer_at(one, "last_updated_timestamp")},
                            {"tags", pairs_at(one, "tags")},
                            {"storage", ""}};
            const auto where = ask("GET", "model-versions/get-download-uri", {{"name", name}, {"version", number}});
            if (where) version["storage"] = string_of(*where, "artifact_uri");
            return take(std::move(version));
        });
    }

    [[nodiscard]] Result<std::vector<SourceFile>> files(const std::string& uri) override {
        TRY_ASSIGN(const std::string path, proxied(uri));
        std::vector<SourceFile> found;
        TRY(add_files(path, "", found));
        return found;
    }

    [[nodiscard]] Result<std::string> local(const std::string& uri, const std::string& path) override {
        TRY_ASSIGN(const std::string folder, proxied(uri));
        const std::string fetched = temporary_.file("file");
        std::ofstream file(fetched, std::ios::binary | std::ios::trunc);
        HttpRequest request;
        request.target = "/api/2.0/mlflow-artifacts/artifacts/" + encode_path(folder + "/" + path);
        request.receive = [&](std::string_view bytes) -> Result<void> {
            file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
            if (!file) return fail(ErrorKind::no_space, "temporary-file", "cannot write " + fetched);
            return {};
        };
        TRY_ASSIGN(const HttpResponse response, http_->send(request));
        file.close();
        if (response.status != 200)
            return fail(ErrorKind::not_found, "file-not-found", fmt::format("{} answered {}", request.target, response.status));
        return fetched;
    }

private:
    /// "mlflow-artifacts:/1/x" as "1/x". A server that names a path of this machine, or another server, is not obeyed.
    static Result<std::string> proxied(const std::string& uri) {
        constexpr std::string_view scheme = "mlflow-artifacts:/";
        if (!uri.starts_with(scheme) || uri.starts_with("mlflow-artifacts://"))
            return fail(ErrorKind::invalid, "foreign-artifacts",
                        fmt::format("the server does not hand out '{}' itself", printable(uri, 300)));
        return uri.substr(scheme.size());
    }

    Result<void> add_files(const std::string& root, const std::string& folder, std::vector<SourceFile>& found) {
        const std::string path = folder.empty() ? root : root + "/" + folder;
        TRY_ASSIGN(const Json listed, send("GET", "/api/2.0/mlflow-artifacts/artifacts?path=" + encode_component(path), nullptr));
        for (const Json& file : member(listed, "files")) {
            const std::string name = folder.empty() ? string_of(file, "path") : folder + "/" + string_of(file, "path");
            if (member(file, "is_dir") == true) {
                TRY(add_files(root, name, found));
            } else {
                found.push_back({name, static_cast<std::uint64_t>(integer_at(file, "file_size"))});
            }
        }
        return {};
    }

    Result<Json> history(const std::string& run, const std::string& metric) {
        Json points = Json::array();
        TRY(each_page("GET", "metrics/get-history", {{"run_id", run}, {"metric_key", metric}, {"max_results", 25000}}, "metrics",
                      [&](const Json& point) -> Result<void> {
                          points.push_back({integer_at(point, "timestamp"), integer_at(point, "step"), value_at(point)});
                          return {};
                      }));
        return points;
    }

    Result<void> each_page(const std::string& method, const std::string& path, Json question, std::string_view items,
                           const std::function<Result<void>(const Json&)>& take) {
        for (;;) {
            TRY_ASSIGN(const Json page, ask(method, path, question));
            for (const Json& item : member(page, items)) TRY(take(item));
            const std::string next = string_of(page, "next_page_token");
            if (next.empty()) return {};
            question["page_token"] = next;
        }
    }

    Result<Json> ask(const std::string& method, const std::string& path, const Json& question) {
        std::string target = "/api/2.0/mlflow/" + path;
        if (method != "GET") return send(method, target, question);
        char separator = '?';
        for (const auto& [key, value] : question.items()) {
            target +=
                fmt::format("{}{}={}", separator, key, encode_component(value.is_string() ? value.get<std::string>() : to_text(value)));
            separator = '&';
        }
        return send(method, target, nullptr);
    }

    Result<Json> send(const std::string& method, const std::string& target, const Json& body) {
        HttpRequest request;
        request.method = method;
        request.target = target;
        if (!body.is_null()) {
            request.body = to_text(body);
            request.headers.emplace_back("Content-Type", "application/json");
        }
        TRY_ASSIGN(const HttpResponse response, http_->send(request));
        auto json = parse_json(response.body, {.max_bytes = std::size_t{1} << 30U});
        if (response.status == 200 && json) return *std::move(json);
        const std::string message = json ? string_of(*json, "message") : "";
        return fail(Error(response.status == 404 ? ErrorKind::not_found : ErrorKind::invalid, "mlflow-refused",
                          fmt::format("{} answered {} to {}", url_, response.status, target.substr(0, target.find('?'))))
                        .with_because(printable(message, 500)));
    }

    std::unique_ptr<HttpClient> http_;
    std::string url_;
    TemporaryFolder temporary_;  ///< for the file that was fetched last
};

}  // namespace

Result<std::unique_ptr<MlflowSource>> open_mlflow_server(const std::string& url) {
    TRY_ASSIGN(auto http, make_http_client(url));
    TRY_ASSIGN(TemporaryFolder temporary, TemporaryFolder::create());
    return std::make_unique<MlflowServer>(std::move(http), url, std::move(temporary));
}

}  // namespace assay
