#include "registry/version_files.hpp"

#include "base/text.hpp"
#include "registry/blobs.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

Result<std::vector<FileRow>> files_of_version(Registry& registry, const VersionRow& version) {
    return registry.database.read([&](SqlSession& sql) { return versions::files(sql, version.model, version.version); });
}

Result<std::vector<logged_files::Entry>> version_entries(Registry& registry, const VersionRow& version, const std::string& folder) {
    TRY_ASSIGN(const auto files, files_of_version(registry, version));
    const std::string prefix = folder.empty() ? "" : folder + "/";
    std::vector<logged_files::Entry> entries;
    for (const FileRow& file : files) {
        if (!file.path.starts_with(prefix)) continue;
        const std::string rest = file.path.substr(prefix.size());
        const std::size_t slash = rest.find('/');
        const logged_files::Entry entry{rest.substr(0, slash), slash == std::string::npos ? std::optional(file.size) : std::nullopt};
        if (std::ranges::find(entries, entry.name, &logged_files::Entry::name) == entries.end()) entries.push_back(entry);
    }
    std::ranges::sort(entries, {}, &logged_files::Entry::name);
    return entries;
}

Result<OpenedVersionFile> open_version_file(Registry& registry, const VersionRow& version, const std::string& path) {
    TRY_ASSIGN(auto file,
               registry.database.read([&](SqlSession& sql) { return versions::find_file(sql, version.model, version.version, path); }));
    if (!file)
        return fail(ErrorKind::not_found, "file-not-found",
                    fmt::format("{}@{} has no file '{}'", printable(version.model, 300), version.version, printable(path, 300)));
    TRY_ASSIGN(const Digest digest, Digest::parse(file->digest));
    TRY_ASSIGN(auto reader, open_blob(registry, digest));
    return OpenedVersionFile{*std::move(file), std::move(reader)};
}

}  // namespace assay
