#pragma once

#include "base/result.hpp"
#include "storage/fs/fs.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// The largest manifest or tombstone that is kept or read.
inline constexpr std::size_t max_manifest_bytes = std::size_t{16} << 20U;

/// A manifest that is durable but has no name yet; dropped, it is gone.
struct PreparedManifest {
    std::unique_ptr<FsFile> file;
};

/// What is kept of one version, as for_each() finds it. At least one of the two texts is there.
struct StoredManifest {
    std::string directory;  ///< ManifestStore::directory_of(model); the manifest itself says which model that is
    std::int64_t version = 0;
    std::optional<std::string> manifest;
    std::optional<std::string> tombstone;  ///< present when the version is deleted
};

/// The manifests of all versions as files `ROOT/<directory of the model>/<version>.json`, the truth from which a lost database is
/// rebuilt. Written in the order of a blob and never overwritten; a deleted version has a tombstone
/// `<version>.deleted.json` beside it. Safe for concurrent use.
///
/// Registration takes two steps, so that the sync of the directory is shared by a group commit: prepare() on the
/// request's thread; then, inside the write, publish(), and sync_model() before the commit.
class ManifestStore {
public:
    /// Opens the store in the existing directory `root`. `fs` must outlive it.
    [[nodiscard]] static Result<std::unique_ptr<ManifestStore>> open(Fs& fs, std::string root);

    /// Writes the bytes to a file without a name and makes them durable. `too_large` beyond max_manifest_bytes.
    [[nodiscard]] Result<PreparedManifest> prepare(std::string_view bytes);

    /// Creates the directory of a model durably; success if it is there. publish() does it too: calling it earlier, on
    /// the request's thread, keeps an fsync off the writer's.
    [[nodiscard]] Result<void> open_model(std::string_view model);

    /// Names a prepared manifest; durable only after sync_model(). `conflict`, code "file-exists", if the version has a
    /// manifest: one whose registration was cut short by a crash keeps its number, see next_free().
    [[nodiscard]] Result<void> publish(PreparedManifest& manifest, std::string_view model, std::int64_t version);

    /// Makes the published names of a model durable. After a failure the model takes no more manifests until the store is
    /// opened again (`unavailable`, code "store-degraded").
    [[nodiscard]] Result<void> sync_model(std::string_view model);

    /// The lowest version >= `from` that has neither manifest nor tombstone.
    [[nodiscard]] Result<std::int64_t> next_free(std::string_view model, std::int64_t from);

    /// The bytes of a manifest; `not_found`, code "manifest-not-found".
    [[nodiscard]] Result<std::string> read(std::string_view model, std::int64_t version);
    /// The bytes of a tombstone; absent when the version is not deleted.
    [[nodiscard]] Result<std::optional<std::string>> read_tombstone(std::string_view model, std::int64_t version);

    /// Stores a tombstone durably; `conflict`, code "file-exists", when there is one.
    [[nodiscard]] Result<void> write_tombstone(std::string_view model, std::int64_t version, std::string_view bytes);
    /// Removes a tombstone durably; success if there is none.
    [[nodiscard]] Result<void> remove_tombstone(std::string_view model, std::int64_t version);

    /// Calls `visit` for every version, models in no particular order and the versions of each ascending, until it fails.
    /// Holds the texts of one version at a time.
    [[nodiscard]] Result<void> for_each(const std::function<Result<void>(const StoredManifest&)>& visit);

    /// The directory name of a model: percent-encoded (letters, digits, '-', '_' and inner '.' stand for themselves) if
    /// that is at most 200 bytes, else the first 120 bytes of it, '~' and the SHA-256 of the name in hex.
    [[nodiscard]] static std::string directory_of(std::string_view model);

private:
    ManifestStore(Fs& fs, std::string root) : fs_(fs), root_(std::move(root)) {}
    [[nodiscard]] std::string model_path(std::string_view model) const { return root_ + "/" + directory_of(model); }
    [[nodiscard]] Result<void> sync(const std::string& directory);
    [[nodiscard]] Result<void> check_not_degraded(const std::string& directory);

    Fs& fs_;
    std::string root_;
    std::mutex directories_mutex_;  ///< held while a model's directory is created, until that is durable
    std::mutex degraded_mutex_;
    std::vector<std::string> degraded_;  ///< directories whose sync has failed; nearly always empty
};

}  // namespace assay
