#pragma once

#include "base/http_client.hpp"
#include "base/json.hpp"
#include "clients/cli/mlflow_source.hpp"
#include "clients/cpp/local_file.hpp"
#include "clients/cpp/temporary_folder.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// The REST API of a tracking server (MLflow 2.22 and 3.17). Paths are from /api/2.0/mlflow/. What the server refuses is `invalid`, code
/// "mlflow-refused" (`not_found` for 404), with MLflow's error_code and message as the cause. One thread at a time.
class MlflowApi {
public:
    /// "http://HOST[:PORT]"; sends nothing yet.
    [[nodiscard]] static Result<MlflowApi> open(const std::string& url);

    [[nodiscard]] Result<Json> get(const std::string& path, const Json& question);
    [[nodiscard]] Result<Json> post(const std::string& path, const Json& body);
    [[nodiscard]] Result<Json> patch(const std::string& path, const Json& body);
    [[nodiscard]] Result<Json> remove(const std::string& path, const Json& body);
    /// Every item of the list `items` of every page of a POST; `invalid`, code "endless", when the pages do not end.
    [[nodiscard]] Result<void> each_post(const std::string& path, const Json& question, std::string_view items,
                                         const std::function<Result<void>(const Json&)>& take);
    /// The same of a GET.
    [[nodiscard]] Result<void> each_get(const std::string& path, const Json& question, std::string_view items,
                                        const std::function<Result<void>(const Json&)>& take);

    /// Files at an "mlflow-artifacts:/" URI, by path; `invalid`, code "foreign-artifacts", for any other place: a server that names a path
    /// of this machine, or another server, is not obeyed.
    [[nodiscard]] Result<std::vector<SourceFile>> files(const std::string& uri);
    /// Downloads one of them to a file on this machine, which is gone with the next.
    [[nodiscard]] Result<std::string> fetch(const std::string& uri, const std::string& path);
    [[nodiscard]] Result<void> put(const std::string& uri, const std::string& path, const LocalFile& file);

private:
    using Ask = std::function<Result<Json>(const Json& question)>;

    MlflowApi(std::unique_ptr<HttpClient> http, std::string url, TemporaryFolder temporary);
    [[nodiscard]] Result<Json> send(const std::string& method, const std::string& target, const Json& body);
    [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request);
    [[nodiscard]] Error refusal(const std::string& target, const HttpResponse& response) const;
    [[nodiscard]] Result<void> add_files(const std::string& root, const std::string& folder, std::vector<SourceFile>& found);
    static Result<void> each_page(const Ask& ask, Json question, std::string_view items,
                                  const std::function<Result<void>(const Json&)>& take);

    std::unique_ptr<HttpClient> http_;
    std::string url_;
    TemporaryFolder temporary_;  ///< for the file that was fetched last
};

/// A text of a filter, in quotes that it has none of.
[[nodiscard]] std::string mlflow_quoted(const std::string& text);

/// The `error_code` of a refusal: "RESOURCE_ALREADY_EXISTS"; empty for any other error.
[[nodiscard]] std::string mlflow_code(const Error& error);

}  // namespace assay
