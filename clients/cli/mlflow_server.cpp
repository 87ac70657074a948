#include "clients/cli/mlflow_source.hpp"

#include "base/http_client.hpp"
#include "base/text.hpp"
#include "base/url.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>

// A tracking server by its REST API (MLflow 2.22 and 3.17).

namespace assay {

namespace {

const Json none;

const Json& at(const Json& json, std::string_view key) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    return json.is_object() && found != json.end() ? *found : none;
}
std::string text_at(const Json& json, std::string_view key) {
    const Json& value = at(json, key);
    return value.is_string() ? value.get<std::string>() : value.is_number_integer() ? std::to_string(value.get<std::int64_t>()) : "";
}
std::int64_t integer_at(const Json& json, std::string_view key) {
    const Json& value = at(json, key);
    if (value.is_number_integer()) return value.get<std::int64_t>();
    return value.is_string() ? parse_integer(value.get<std::string>()).value_or(0) : 0;
}
/// [{"key","value"}] as {"key": "value"}
Json pairs_at(const Json& json, std::string_view key) {
    Json found = Json::object();
    for (const Json& one : at(json, key)) found[text_at(one, "key")] = text_at(one, "value");
    return found;
}
Json value_at(const Json& json) {
    const Json& value = at(json, "value");
    if (value.is_number()) return value;
    if (value == "Infinity" || value == "-Infinity") return std::copysign(1.7976931348623157e+308, value == "Infinity" ? 1.0 : -1.0);
    return nullptr;
}
std::string state_at(const Json& json) { return text_at(json, "lifecycle_stage") == "deleted" ? "deleted" : "active"; }

class MlflowServer final : public MlflowSource {
public:
    MlflowServer(std::unique_ptr<HttpClient> http, std::string url) : http_(std::move(http)), url_(std::move(url)), files_("") {}
    ~MlflowServer() override {
        std::error_code error;
        if (!fetched_.empty()) std::filesystem::remove(fetched_, error);
    }
    MlflowServer(const MlflowServer&) = delete;
    MlflowServer& operator=(const MlflowServer&) = delete;

    [[nodiscard]] Result<std::uint64_t> run_count() override { return 0; }

    [[nodiscard]] Result<Json> experiments() override {
        Json found = Json::array();
        TRY(each_page("POST", "experiments/search", {{"max_results", 1000}, {"view_type", "ALL"}}, "experiments",
                      [&](const Json& one) -> Result<void> {
                          found.push_back({{"id", integer_at(one, "experiment_id")},
                                           {"name", text_at(one, "name")},
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
            const Json& info = at(one, "info");
            const Json& data = at(one, "data");
            const std::string id = text_at(info, "run_id");
            Json run = {{"id", id},
                        {"name", text_at(info, "run_name")},
                        {"actor", text_at(info, "user_id")},
                        {"status", to_lower_ascii(text_at(info, "status"))},
                        {"state", state_at(info)},
                        {"artifacts", text_at(info, "artifact_uri")},
                        {"params", pairs_at(data, "params")},
                        {"tags", pairs_at(data, "tags")},
                        {"metrics", Json::object()},
                        {"datasets", Json::array()},
                        {"inputs", Json::array()},
                        {"outputs", Json::array()}};
            if (at(info, "start_time").is_number()) run["started_at"] = integer_at(info, "start_time");
            if (at(info, "end_time").is_number()) run["ended_at"] = integer_at(info, "end_time");
            for (const Json& metric : at(data, "metrics")) {
                const std::string name = text_at(metric, "key");
                TRY_ASSIGN(run["metrics"][name], history(id, name));
            }
            for (const Json& input : at(at(one, "inputs"), "dataset_inputs")) {
                Json dataset = at(input, "dataset");
                dataset["tags"] = pairs_at(input, "tags");
                run["datasets"].push_back(std::move(dataset));
            }
            for (const Json& model : at(at(one, "inputs"), "model_inputs")) run["inputs"].push_back({text_at(model, "model_id"), 0});
            for (const Json& model : at(at(one, "outputs"), "model_outputs"))
                run["outputs"].push_back({text_at(model, "model_id"), integer_at(model, "step")});
            return take(std::move(run));
        });
    }

    [[nodiscard]] Result<void> logged_models(const Json& experiment, const Take& take) override {
        const Json question = {{"experiment_ids", {std::to_string(integer_at(experiment, "id"))}}, {"max_results", 50}};
        auto done = each_page("POST", "logged-models/search", question, "models", [&](const Json& one) -> Result<void> {
            const Json& info = at(one, "info");
            const std::string status = text_at(info, "status");
            Json model = {{"id", text_at(info, "model_id")},
                          {"name", text_at(info, "name")},
                          {"type", text_at(info, "model_type")},
                          {"run", text_at(info, "source_run_id")},
                          {"status", status == "LOGGED_MODEL_READY"           ? "ready"
                                     : status == "LOGGED_MODEL_UPLOAD_FAILED" ? "failed"
                                                                              : "pending"},
                          {"state", "active"},
                          {"created_at", integer_at(info, "creation_timestamp_ms")},
                          {"updated_at", integer_at(info, "last_updated_timestamp_ms")},
                          {"artifacts", text_at(info, "artifact_uri")},
                          {"tags", pairs_at(info, "tags")},
                          {"params", pairs_at(at(one, "data"), "params")},
                          {"metrics", Json::array()}};
            for (const Json& metric : at(at(one, "data"), "metrics")) {
                Json point = {{"name", text_at(metric, "key")},
                              {"at", integer_at(metric, "timestamp")},
                              {"step", integer_at(metric, "step")},
                              {"run", text_at(metric, "run_id")}};
                if (const Json value = value_at(metric); !value.is_null()) point["value"] = value;
                for (const char* key : {"dataset_name", "dataset_digest"})
                    if (at(metric, key).is_string()) point[key] = at(metric, key);
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
            Json model = {{"name", text_at(one, "name")},
                          {"description", text_at(one, "description")},
                          {"updated_at", integer_at(one, "last_updated_timestamp")},
                          {"tags", pairs_at(one, "tags")},
                          {"aliases", Json::object()}};
            for (const Json& alias : at(one, "aliases")) model["aliases"][text_at(alias, "alias")] = integer_at(alias, "version");
            found.push_back(std::move(model));
            return {};
        }));
        return found;
    }

    [[nodiscard]] Result<void> versions(const Json& model, const Take& take) override {
        const std::string name = text_at(model, "name");
        const Json question = {{"filter", fmt::format("name = '{}'", name)}, {"max_results", 1000}, {"order_by", "version_number ASC"}};
        return each_page("GET", "model-versions/search", question, "model_versions", [&](const Json& one) -> Result<void> {
            const std::string number = text_at(one, "version");
            Json version = {{"model", name},
                            {"version", integer_at(one, "version")},
                            {"description", text_at(one, "description")},
                            {"stage", text_at(one, "current_stage").empty() ? "None" : text_at(one, "current_stage")},
                            {"source", text_at(one, "source")},
                            {"run", text_at(one, "run_id")},
                            {"run_link", text_at(one, "run_link")},
                            {"status", text_at(one, "status")},
                            {"created_at", integer_at(one, "creation_timestamp")},
                            {"updated_at", integer_at(one, "last_updated_timestamp")},
                            {"tags", pairs_at(one, "tags")},
                            {"storage", ""}};
            const auto where = ask("GET", "model-versions/get-download-uri", {{"name", name}, {"version", number}});
            if (where) version["storage"] = text_at(*where, "artifact_uri");
            return take(std::move(version));
        });
    }

    [[nodiscard]] Result<std::vector<SourceFile>> files(const std::string& uri) override {
        const auto path = proxied(uri);
        if (!path) return files_.files(uri);
        std::vector<SourceFile> found;
        TRY(add_files(*path, "", found));
        return found;
    }

    [[nodiscard]] Result<std::string> local(const std::string& uri, const std::string& path) override {
        const auto folder = proxied(uri);
        if (!folder) return files_.local(uri, path);
        if (fetched_.empty()) fetched_ = (std::filesystem::temp_directory_path() / fmt::format("assay-import-{}", ::getpid())).string();
        std::ofstream file(fetched_, std::ios::binary | std::ios::trunc);
        HttpRequest request;
        request.target = "/api/2.0/mlflow-artifacts/artifacts/" + encode_path(*folder + "/" + path);
        request.receive = [&](std::string_view bytes) -> Result<void> {
            file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
            if (!file) return fail(ErrorKind::no_space, "temporary-file", "cannot write " + fetched_);
            return {};
        };
        TRY_ASSIGN(const HttpResponse response, http_->send(request));
        file.close();
        if (response.status != 200)
            return fail(ErrorKind::not_found, "file-not-found", fmt::format("{} answered {}", request.target, response.status));
        return fetched_;
    }

private:
    /// "mlflow-artifacts:/1/x" as "1/x".
    static std::optional<std::string> proxied(const std::string& uri) {
        constexpr std::string_view scheme = "mlflow-artifacts:/";
        if (!uri.starts_with(scheme) || uri.starts_with("mlflow-artifacts://")) return std::nullopt;
        return uri.substr(scheme.size());
    }

    static std::string encode_path(const std::string& path) {
        std::string encoded;
        for (std::size_t from = 0; from <= path.size();) {
            const std::size_t slash = std::min(path.find('/', from), path.size());
            encoded += (from == 0 ? "" : "/") + encode_component(path.substr(from, slash - from));
            from = slash + 1;
        }
        return encoded;
    }

    Result<void> add_files(const std::string& root, const std::string& folder, std::vector<SourceFile>& found) {
        const std::string path = folder.empty() ? root : root + "/" + folder;
        TRY_ASSIGN(const Json listed, send("GET", "/api/2.0/mlflow-artifacts/artifacts?path=" + encode_component(path), nullptr));
        for (const Json& file : at(listed, "files")) {
            const std::string name = folder.empty() ? text_at(file, "path") : folder + "/" + text_at(file, "path");
            if (at(file, "is_dir") == true) {
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
            for (const Json& item : at(page, items)) TRY(take(item));
            const std::string next = text_at(page, "next_page_token");
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
        const std::string message = json ? text_at(*json, "message") : "";
        return fail(Error(response.status == 404 ? ErrorKind::not_found : ErrorKind::invalid, "mlflow-refused",
                          fmt::format("{} answered {} to {}", url_, response.status, target.substr(0, target.find('?'))))
                        .with_because(printable(message, 500)));
    }

    std::unique_ptr<HttpClient> http_;
    std::string url_;
    LocalArtifacts files_;
    std::string fetched_;  ///< the temporary file
};

}  // namespace

Result<std::unique_ptr<MlflowSource>> open_mlflow_server(const std::string& url) {
    TRY_ASSIGN(auto http, make_http_client(url));
    return std::make_unique<MlflowServer>(std::move(http), url);
}

}  // namespace assay
