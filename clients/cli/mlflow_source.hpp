#pragma once

#include "base/json.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace assay {

/// A file below a place where MLflow kept artifacts.
struct SourceFile {
    std::string path;  ///< from that place
    std::uint64_t size = 0;
};

/// What MLflow has kept, to be taken over: each item as POST /v1/import takes it (docs/api.md), with its ids there, and a few members
/// more, named below, which say where its files are. Nothing is changed there. One thread at a time.
class MlflowSource {
public:
    using Take = std::function<Result<void>(Json)>;
    using Skip = std::function<void(std::string what, std::string because)>;

    virtual ~MlflowSource() = default;
    [[nodiscard]] virtual Result<std::uint64_t> run_count() = 0;
    /// By number, deleted ones too.
    [[nodiscard]] virtual Result<Json> experiments() = 0;
    /// Of an experiment, deleted ones too, with every point of every metric. "artifacts" is the URI of its files.
    [[nodiscard]] virtual Result<void> runs(const Json& experiment, const Take& take) = 0;
    /// As runs. None before MLflow 3.
    [[nodiscard]] virtual Result<void> logged_models(const Json& experiment, const Take& take) = 0;
    /// "aliases" are alias → number.
    [[nodiscard]] virtual Result<Json> models() = 0;
    /// Of a model, by number. "storage" is the URI of its files where it is known; "status" is MLflow's.
    [[nodiscard]] virtual Result<void> versions(const Json& model, const Take& take) = 0;
    /// Every file below a URI, by path; `invalid`, code "foreign-artifacts", for a place that cannot be read from here; `not_found`, code
    /// "no-folder", for one that is not there.
    [[nodiscard]] virtual Result<std::vector<SourceFile>> files(const std::string& uri) = 0;
    /// The path on this machine of such a file; what had to be fetched is gone with the next.
    [[nodiscard]] virtual Result<std::string> local(const std::string& uri, const std::string& path) = 0;
};

/// "/model" of "mlflow-artifacts:/1/x/artifacts/model", below "mlflow-artifacts:/1/x/artifacts"; empty for the place itself, absent
/// elsewhere.
[[nodiscard]] std::optional<std::string> path_below(const std::string& uri, const std::string& place);

/// The database of a tracking server (MLflow 2 and 3, SQLite), read only. `artifacts` is the folder behind its `mlflow-artifacts:` URIs.
[[nodiscard]] Result<std::unique_ptr<MlflowSource>> open_mlflow_database(const std::string& path, const std::string& artifacts);
/// A file store of MLflow: the folder mlruns, or one that has it; only read. `artifacts` as above. What cannot be read is told to `skip`.
[[nodiscard]] Result<std::unique_ptr<MlflowSource>> open_mlflow_folder(const std::string& path, const std::string& artifacts,
                                                                       MlflowSource::Skip skip);
/// A tracking server, "http://HOST[:PORT]".
[[nodiscard]] Result<std::unique_ptr<MlflowSource>> open_mlflow_server(const std::string& url);

/// Files in folders of this machine: what a URI without a scheme or of `file:` means, and `mlflow-artifacts:/…` below `artifacts`. Whoever
/// made a database may have written any path into it: only what lies below `base`, the folder that it is in, or below `artifacts` is read.
class LocalArtifacts {
public:
    LocalArtifacts(std::string base, std::string artifacts) : base_(std::move(base)), artifacts_(std::move(artifacts)) {}
    /// The folder that a URI means, from `base` where it is no whole path; `invalid`, code "foreign-artifacts", for any other scheme and
    /// for what lies elsewhere.
    [[nodiscard]] Result<std::string> folder(const std::string& uri) const;
    /// `not_found`, code "no-folder", when there is no such folder: it has moved, or nothing was ever put there.
    [[nodiscard]] Result<std::vector<SourceFile>> files(const std::string& uri) const;
    [[nodiscard]] Result<std::string> local(const std::string& uri, const std::string& path) const;

private:
    std::string base_;
    std::string artifacts_;
};

}  // namespace assay
