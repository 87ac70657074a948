#include "registry/logged_files.hpp"

#include "base/text.hpp"
#include "registry/blobs.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

constexpr std::int64_t max_listed = 100'000;

}  // namespace

Result<void> refuse_path_clash(SqlSession& sql, const std::string& path) {
    TRY_ASSIGN(const auto below, logged_files::below(sql, path, 1));
    if (!below.empty())
        return fail(ErrorKind::conflict, "path-is-folder", fmt::format("'{}' is a folder, and cannot be a file too", printable(path, 300)));
    for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
        TRY_ASSIGN(const auto file, logged_files::find(sql, path.substr(0, slash)));
        if (file)
            return fail(ErrorKind::conflict, "path-is-file",
                        fmt::format("'{}' is a file, and cannot be a folder too", printable(path.substr(0, slash), 300)));
    }
    return {};
}

Result<LoggedFileRow> log_file(Registry& registry, const std::string& path, Source& source, std::optional<std::uint64_t> size) {
    TRY(registry.database.read([&](SqlSession& sql) { return refuse_path_clash(sql, path); }));  // before a byte is stored for nothing
    TRY_ASSIGN(const StoredBlob stored, put_blob(registry, source, {std::nullopt, size}));
    LoggedFileRow row{path, stored.info.digest.to_string(), static_cast<std::int64_t>(stored.info.size), registry.now_milliseconds()};
    TRY(registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY(refuse_path_clash(sql, path));
        return logged_files::put(sql, row);
    }));
    return row;
}

Result<OpenedFile> open_logged_file(Registry& registry, const std::string& path) {
    TRY_ASSIGN(LoggedFileRow row, registry.database.read([&](SqlSession& sql) -> Result<LoggedFileRow> {
        TRY_ASSIGN(auto found, logged_files::find(sql, path));
        if (found) return *std::move(found);
        TRY_ASSIGN(const auto below, logged_files::below(sql, path, 1));
        if (!below.empty()) return fail(ErrorKind::invalid, "path-is-folder", fmt::format("'{}' is a folder", printable(path, 300)));
        return fail(ErrorKind::not_found, "file-not-found", fmt::format("there is no file '{}'", printable(path, 300)));
    }));
    TRY_ASSIGN(const Digest digest, Digest::parse(row.digest));
    TRY_ASSIGN(auto reader, open_blob(registry, digest));
    return OpenedFile{std::move(row), std::move(reader)};
}

Result<std::vector<logged_files::Entry>> list_logged_files(Registry& registry, const std::string& folder) {
    TRY_ASSIGN(auto entries, registry.database.read([&](SqlSession& sql) { return logged_files::list(sql, folder, max_listed); }));
    std::ranges::sort(entries, {}, &logged_files::Entry::name);  // "a" comes before "a-b", and "a/…" after it
    return entries;
}

Result<void> delete_logged_files(Registry& registry, const std::string& path) {
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY(logged_files::remove(sql, path));
        return {};
    });
}

}  // namespace assay
