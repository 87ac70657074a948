#include "clients/cli/mlflow_api.hpp"

#include "base/text.hpp"
#include "base/url.hpp"
#include "clients/cli/import_report.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace assay {

namespace {

constexpr std::size_t max_pages = 1'000'000;
constexpr std::size_t max_listed_entries = 1'000'000;  // of one place
constexpr std::ptrdiff_t max_depth = 64;
constexpr std::string_view artifacts_target = "/api/2.0/mlflow-artifacts/artifacts";

/// "mlflow-artifacts:/1/x" as "1/x".
Result<std::string> proxied(const std::string& uri) {
    constexpr std::string_view scheme = "mlflow-artifacts:/";
    if (!uri.starts_with(scheme) || uri.starts_with("mlflow-artifacts://"))
        return fail(ErrorKind::invalid, "foreign-artifacts", fmt::format("the server does not hand out '{}' itself", printable(uri, 300)));
    return uri.substr(scheme.size());
}

}  // namespace

MlflowApi::MlflowApi(std::unique_ptr<HttpClient> http, std::string url, TemporaryFolder temporary)
    : http_(std::move(http)), url_(std::move(url)), temporary_(std::move(temporary)) {}

Result<MlflowApi> MlflowApi::open(const std::string& url) {
    TRY_ASSIGN(auto http, make_http_client(url));
    TRY_ASSIGN(TemporaryFolder temporary, TemporaryFolder::create());
    return MlflowApi(std::move(http), url, std::move(temporary));
}

Result<Json> MlflowApi::get(const std::string& path, const Json& question) {
    std::string target = "/api/2.0/mlflow/" + path;
    char separator = '?';
    for (const auto& [key, value] : question.items()) {
        target += fmt::format("{}{}={}", separator, key, encode_component(value.is_string() ? value.get<std::string>() : to_text(value)));
        separator = '&';
    }
    return send("GET", target, nullptr);
}

Result<Json> MlflowApi::post(const std::string& path, const Json& body) { return send("POST", "/api/2.0/mlflow/" + path, body); }
Result<Json> MlflowApi::patch(const std::string& path, const Json& body) { return send("PATCH", "/api/2.0/mlflow/" + path, body); }
Result<Json> MlflowApi::remove(const std::string& path, const Json& body) { return send("DELETE", "/api/2.0/mlflow/" + path, body); }

Result<void> MlflowApi::each_post(const std::string& path, const Json& question, std::string_view items,
                                  const std::function<Result<void>(const Json&)>& take) {
    return each_page([&](const Json& page) { return post(path, page); }, question, items, take);
}

Result<void> MlflowApi::each_get(const std::string& path, const Json& question, std::string_view items,
                                 const std::function<Result<void>(const Json&)>& take) {
    return each_page([&](const Json& page) { return get(path, page); }, question, items, take);
}

Result<void> MlflowApi::each_page(const Ask& ask, Json question, std::string_view items,
                                  const std::function<Result<void>(const Json&)>& take) {
    for (std::size_t pages = 0;;) {
        TRY_ASSIGN(const Json page, ask(question));
        for (const Json& item : member(page, items)) TRY(take(item));
        const std::string next = string_of(page, "next_page_token");
        if (next.empty()) return {};
        if (++pages > max_pages || (question.contains("page_token") && question["page_token"] == next))
            return fail(ErrorKind::invalid, "endless", fmt::format("the server's pages of '{}' do not end", items));
        question["page_token"] = next;
    }
}

Result<std::vector<SourceFile>> MlflowApi::files(const std::string& uri) {
    TRY_ASSIGN(const std::string path, proxied(uri));
    std::vector<SourceFile> found;
    TRY(add_files(path, "", found));
    return found;
}

Result<void> MlflowApi::add_files(const std::string& root, const std::string& folder, std::vector<SourceFile>& found) {
    const std::string path = folder.empty() ? root : root + "/" + folder;
    TRY_ASSIGN(const Json listed, send("GET", fmt::format("{}?path={}", artifacts_target, encode_component(path)), nullptr));
    for (const Json& file : member(listed, "files")) {
        const std::string name = folder.empty() ? string_of(file, "path") : folder + "/" + string_of(file, "path");
        if (found.size() >= max_listed_entries || std::ranges::count(name, '/') > max_depth)
            return fail(ErrorKind::invalid, "foreign-artifacts", fmt::format("the files at '{}' do not end", printable(root, 300)));
        if (member(file, "is_dir") == true) {
            TRY(add_files(root, name, found));
        } else {
            found.push_back({name, static_cast<std::uint64_t>(integer_of(file, "file_size").value_or(0))});
        }
    }
    return {};
}

Result<std::string> MlflowApi::fetch(const std::string& uri, const std::string& path) {
    TRY_ASSIGN(const std::string folder, proxied(uri));
    const std::string fetched = temporary_.file("file");
    std::ofstream file(fetched, std::ios::binary | std::ios::trunc);
    HttpRequest request;
    request.target = fmt::format("{}/{}", artifacts_target, encode_path(folder + "/" + path));
    request.receive = [&](std::string_view bytes) -> Result<void> {
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        if (!file) return fail(ErrorKind::no_space, "temporary-file", "cannot write " + fetched);
        return {};
    };
    TRY_ASSIGN(const HttpResponse response, send(request));
    file.close();
    if (response.status != 200) return fail(refusal(request.target, response));
    return fetched;
}

Result<void> MlflowApi::put(const std::string& uri, const std::string& path, const LocalFile& file) {
    TRY_ASSIGN(const std::string folder, proxied(uri));
    TRY_ASSIGN(const auto bytes, open_file(file.path));
    HttpRequest request;
    request.method = "PUT";
    request.target = fmt::format("{}/{}", artifacts_target, encode_path(folder + "/" + path));
    request.headers.emplace_back("Content-Type", "application/octet-stream");
    request.upload = bytes.get();
    request.upload_size = file.size;
    TRY_ASSIGN(const HttpResponse response, send(request));
    if (response.status != 200) return fail(refusal(request.target, response));
    return {};
}

Result<HttpResponse> MlflowApi::send(const HttpRequest& request) {
    auto response = http_->send(request);
    if (response || response.error().code != "connection-failed") return response;
    Error error = std::move(response).error();  // its way out is a server of ours
    error.fixes = {"name the address of a tracking server of MLflow that runs: mlflow server --host 127.0.0.1 --port 5000"};
    return fail(std::move(error));
}

Result<Json> MlflowApi::send(const std::string& method, const std::string& target, const Json& body) {
    HttpRequest request;
    request.method = method;
    request.target = target;
    if (!body.is_null()) {
        request.body = to_text(body);
        request.headers.emplace_back("Content-Type", "application/json");
    }
    TRY_ASSIGN(const HttpResponse response, send(request));
    auto json = parse_json(response.body, {.max_bytes = std::size_t{1} << 30U});
    if (response.status == 200 && json) return *std::move(json);
    return fail(refusal(target, response));
}

Error MlflowApi::refusal(const std::string& target, const HttpResponse& response) const {
    const auto json = parse_json(response.body);
    Error error(response.status == 404 ? ErrorKind::not_found : ErrorKind::invalid, "mlflow-refused",
                fmt::format("{} answered {} to {}", url_, response.status, target.substr(0, target.find('?'))));
    if (!json) return error;
    const std::string code = string_of(*json, "error_code");
    const std::string message = in_one_line(string_of(*json, "message"));
    return std::move(error).with_because(printable(code.empty() ? message : code + ": " + message, 500));
}

std::string mlflow_quoted(const std::string& text) {
    const char quote = text.find('\'') == std::string::npos ? '\'' : '"';
    return fmt::format("{0}{1}{0}", quote, text);
}

std::string mlflow_code(const Error& error) {
    return error.code == "mlflow-refused" ? error.because.substr(0, error.because.find(':')) : "";
}

}  // namespace assay
