#include "storage/tables/versions.hpp"

#include <string_view>

namespace assay::versions {

namespace {

#define VERSION_COLUMNS "model, version, digest, manifest, content_digest, run, state, description, created_at"

VersionState parse_state(std::string_view text) {
    if (text == "ready") return VersionState::ready;
    return text == "quarantined" ? VersionState::quarantined : VersionState::deleted;
}

VersionRow make(const Row& row) {
    return {row.text(0), row.integer(1),           row.text(2), row.text(3), row.text(4),
            row.text(5), parse_state(row.text(6)), row.text(7), row.text(8)};
}

FileRow make_file(const Row& row) { return {row.text(0), row.text(1), row.integer(2), row.text(3)}; }

Result<void> insert_files(SqlWrite& sql, const std::string& model, std::int64_t version, const std::vector<FileRow>& files) {
    for (const FileRow& file : files) {
        TRY(sql.run("INSERT INTO version_files (model, version, path, digest, size, media_type) VALUES ($1, $2, $3, $4, $5, $6)",
                    {model, version, file.path, file.digest, file.size, file.media_type}));
    }
    return {};
}

std::string make_name(const Row& row) { return row.text(0) + "@" + std::to_string(row.integer(1)); }

}  // namespace

Result<void> insert(SqlWrite& sql, const VersionRow& version, const std::vector<FileRow>& files) {
    TRY(sql.run("INSERT INTO versions (" VERSION_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                {version.model, version.version, version.digest, version.manifest, version.content_digest, version.run,
                 to_string(version.state), version.description, version.created_at}));
    return insert_files(sql, version.model, version.version, files);
}

Result<void> replace_files(SqlWrite& sql, const std::string& model, std::int64_t version, const std::vector<FileRow>& files) {
    TRY(sql.run("DELETE FROM version_files WHERE model = $1 AND version = $2", {model, version}));
    return insert_files(sql, model, version, files);
}

Result<std::optional<VersionRow>> find(SqlSession& sql, const std::string& model, std::int64_t version) {
    return sql.first("SELECT " VERSION_COLUMNS " FROM versions WHERE model = $1 AND version = $2", {model, version}, make);
}

Result<std::optional<VersionRow>> find_by_digest(SqlSession& sql, const std::string& model, const std::string& digest) {
    return sql.first("SELECT " VERSION_COLUMNS " FROM versions WHERE digest = $2 AND model = $1", {model, digest}, make);
}

Result<std::optional<VersionRow>> find_any_by_digest(SqlSession& sql, const std::string& digest) {
    return sql.first("SELECT " VERSION_COLUMNS " FROM versions WHERE digest = $1", {digest}, make);
}

Result<std::optional<VersionRow>> find_latest(SqlSession& sql, const std::string& model) {
    return sql.first("SELECT " VERSION_COLUMNS " FROM versions WHERE model = $1 AND state = 'ready' ORDER BY version DESC LIMIT 1", {model},
                     make);
}

Result<std::optional<VersionRow>> find_by_content(SqlSession& sql, const std::string& model, const std::string& content_digest) {
    return sql.first("SELECT " VERSION_COLUMNS
                     " FROM versions WHERE model = $1 AND content_digest = $2 AND state <> 'deleted' ORDER BY version DESC LIMIT 1",
                     {model, content_digest}, make);
}

Result<std::vector<VersionRow>> list(SqlSession& sql, const std::string& model, std::int64_t before, std::optional<VersionState> state,
                                     std::int64_t limit) {
    const std::int64_t below = before == 0 ? INT64_MAX : before;
    if (!state) {
        return sql.all("SELECT " VERSION_COLUMNS " FROM versions WHERE model = $1 AND version < $2 ORDER BY version DESC LIMIT $3",
                       {model, below, limit}, make);
    }
    return sql.all("SELECT " VERSION_COLUMNS
                   " FROM versions WHERE model = $1 AND version < $2 AND state = $4 ORDER BY version DESC LIMIT $3",
                   {model, below, limit, to_string(*state)}, make);
}

Result<std::vector<VersionRow>> after(SqlSession& sql, const std::string& model, std::int64_t version, std::int64_t limit) {
    return sql.all("SELECT " VERSION_COLUMNS " FROM versions WHERE (model, version) > ($1, $2) ORDER BY model, version LIMIT $3",
                   {model, version, limit}, make);
}

Result<Ready> count_ready(SqlSession& sql, const std::string& model) {
    TRY_ASSIGN(const auto ready, sql.first("SELECT count(*), max(version) FROM versions WHERE model = $1 AND state = 'ready'", {model},
                                           [](const Row& row) { return Ready{row.integer(0), row.optional_integer(1)}; }));
    return ready.value_or(Ready{});
}

Result<void> set_state(SqlWrite& sql, const std::string& model, std::int64_t version, VersionState state) {
    TRY(sql.run("UPDATE versions SET state = $3 WHERE model = $1 AND version = $2", {model, version, to_string(state)}));
    return {};
}

Result<void> set_description(SqlWrite& sql, const std::string& model, std::int64_t version, const std::string& text) {
    TRY(sql.run("UPDATE versions SET description = $3 WHERE model = $1 AND version = $2", {model, version, text}));
    return {};
}

Result<std::vector<std::string>> of_run(SqlSession& sql, const std::string& run) {
    return sql.all("SELECT model, version FROM versions WHERE run = $1 ORDER BY model, version LIMIT 1000", {run}, make_name);
}

Result<std::vector<FileRow>> files(SqlSession& sql, const std::string& model, std::int64_t version) {
    return sql.all("SELECT path, digest, size, media_type FROM version_files WHERE model = $1 AND version = $2 ORDER BY path",
                   {model, version}, make_file);
}

Result<std::optional<FileRow>> find_file(SqlSession& sql, const std::string& model, std::int64_t version, const std::string& path) {
    return sql.first("SELECT path, digest, size, media_type FROM version_files WHERE model = $1 AND version = $2 AND path = $3",
                     {model, version, path}, make_file);
}

Result<std::vector<std::string>> holding_blob(SqlSession& sql, const std::string& digest, std::int64_t limit) {
    return sql.all("SELECT DISTINCT model, version FROM version_files WHERE digest = $1 ORDER BY model, version LIMIT $2", {digest, limit},
                   make_name);
}

}  // namespace assay::versions
