#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The tables `versions` and `version_files`.

namespace assay::versions {

[[nodiscard]] Result<void> insert(SqlWrite& sql, const VersionRow& version, const std::vector<FileRow>& files);
/// Puts these in place of the files that are recorded.
[[nodiscard]] Result<void> replace_files(SqlWrite& sql, const std::string& model, std::int64_t version, const std::vector<FileRow>& files);
[[nodiscard]] Result<std::optional<VersionRow>> find(SqlSession& sql, const std::string& model, std::int64_t version);
[[nodiscard]] Result<std::optional<VersionRow>> find_by_digest(SqlSession& sql, const std::string& model, const std::string& digest);
/// Of whatever model; of several with the same manifest there is none: the manifest names model and number.
[[nodiscard]] Result<std::optional<VersionRow>> find_any_by_digest(SqlSession& sql, const std::string& digest);
/// The highest version that is ready.
[[nodiscard]] Result<std::optional<VersionRow>> find_latest(SqlSession& sql, const std::string& model);
/// The highest version of this content that is not deleted.
[[nodiscard]] Result<std::optional<VersionRow>> find_by_content(SqlSession& sql, const std::string& model,
                                                                const std::string& content_digest);
/// Up to `limit` versions below `before` (0: from the newest), newest first; of one state, or of any when absent.
[[nodiscard]] Result<std::vector<VersionRow>> list(SqlSession& sql, const std::string& model, std::int64_t before,
                                                   std::optional<VersionState> state, std::int64_t limit);
/// Up to `limit` versions of any state that come after this one by model and number ("" and 0: from the first).
[[nodiscard]] Result<std::vector<VersionRow>> after(SqlSession& sql, const std::string& model, std::int64_t version, std::int64_t limit);
/// How many versions are ready.
struct Ready {
    std::int64_t count = 0;
    std::optional<std::int64_t> latest;  ///< the highest; absent when there is none
};
/// How many versions are ready, and the highest of them.
[[nodiscard]] Result<Ready> count_ready(SqlSession& sql, const std::string& model);
[[nodiscard]] Result<void> set_state(SqlWrite& sql, const std::string& model, std::int64_t version, VersionState state);
[[nodiscard]] Result<void> set_description(SqlWrite& sql, const std::string& model, std::int64_t version, const std::string& text);
/// "model@number" of the versions a run produced.
[[nodiscard]] Result<std::vector<std::string>> of_run(SqlSession& sql, const std::string& run);

[[nodiscard]] Result<std::vector<FileRow>> files(SqlSession& sql, const std::string& model, std::int64_t version);
[[nodiscard]] Result<std::optional<FileRow>> find_file(SqlSession& sql, const std::string& model, std::int64_t version,
                                                       const std::string& path);
/// Up to `limit` "model@number" of versions that hold the blob.
[[nodiscard]] Result<std::vector<std::string>> holding_blob(SqlSession& sql, const std::string& digest, std::int64_t limit);

}  // namespace assay::versions
