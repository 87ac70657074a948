#include "clients/cli/mlflow_source.hpp"

#include "base/file_path.hpp"
#include "base/text.hpp"
#include "base/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace assay {

std::optional<std::string> path_below(const std::string& uri, const std::string& place) {
    if (place.empty() || !uri.starts_with(place)) return std::nullopt;
    const std::string rest = uri.substr(place.size());
    return rest.empty() || rest.starts_with('/') ? std::optional(rest) : std::nullopt;
}

Result<std::string> LocalArtifacts::folder(const std::string& uri) const {
    constexpr std::string_view proxied = "mlflow-artifacts:/";
    constexpr std::string_view file = "file://";
    if (uri.starts_with(proxied)) {
        std::string_view rest = std::string_view(uri).substr(proxied.size());
        while (rest.starts_with('/')) rest.remove_prefix(1);
        TRY_ASSIGN(const std::string path, file_path(rest));
        std::error_code error;
        if (!std::filesystem::is_directory(artifacts_, error))
            return fail(ErrorKind::not_found, "foreign-artifacts", fmt::format("there is no folder {}: --artifacts names it", artifacts_));
        return artifacts_ + "/" + path;
    }
    std::string path;
    if (uri.starts_with(file)) {
        TRY_ASSIGN(path, decode_component(std::string_view(uri).substr(file.size())));
        if (path.starts_with("localhost/")) path = path.substr(9);
        if (!path.starts_with('/')) path.clear();
    } else if (uri.find(':') == std::string::npos) {
        path = uri;
    }
    if (path.empty())
        return fail(ErrorKind::invalid, "foreign-artifacts", fmt::format("'{}' cannot be read from here", printable(uri, 300)));
    std::error_code error;
    const auto whole = [&](const std::filesystem::path& some) { return std::filesystem::weakly_canonical(some, error); };
    const std::filesystem::path place = whole(std::filesystem::path(base_) / path);
    for (const std::string& root : {base_, artifacts_}) {
        const std::filesystem::path folder = whole(root);
        if (!root.empty() && std::ranges::mismatch(folder, place).in1 == folder.end()) return place.string();
    }
    return fail(ErrorKind::invalid, "foreign-artifacts",
                fmt::format("'{}' lies neither below {} nor below the folder that --artifacts names", printable(uri, 300), base_));
}

Result<std::vector<SourceFile>> LocalArtifacts::files(const std::string& uri) const {
    TRY_ASSIGN(const std::string root, folder(uri));
    std::vector<SourceFile> found;
    std::error_code error;
    if (!std::filesystem::exists(root, error)) return fail(ErrorKind::not_found, "no-folder", "there is no folder " + printable(root, 300));
    for (auto it = std::filesystem::recursive_directory_iterator(root, error);
         !error && it != std::filesystem::recursive_directory_iterator(); it.increment(error)) {
        if (!it->is_regular_file(error) || it->is_symlink(error)) continue;
        found.push_back({std::filesystem::path(it->path()).lexically_relative(root).generic_string(), it->file_size(error)});
    }
    if (error) return fail(ErrorKind::not_found, "foreign-artifacts", fmt::format("{} cannot be read: {}", root, error.message()));
    std::ranges::sort(found, {}, &SourceFile::path);
    return found;
}

Result<std::string> LocalArtifacts::local(const std::string& uri, const std::string& path) const {
    TRY_ASSIGN(const std::string root, folder(uri));
    return root + "/" + path;
}

}  // namespace assay
