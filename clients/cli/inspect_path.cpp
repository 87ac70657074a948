#include "clients/cli/inspect_path.hpp"

#include "artifact/inspect.hpp"
#include "artifact/inspect_folder.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <map>

namespace assay {

namespace {

constexpr std::size_t max_files = 10'000;

/// The regular files below a folder, by path; a link is not followed.
Result<std::vector<FolderFile>> files_in(const std::filesystem::path& folder) {
    std::map<std::string, std::filesystem::path> found;
    std::error_code error;
    for (std::filesystem::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        if (it->symlink_status().type() != std::filesystem::file_type::regular) continue;
        found.emplace(it->path().lexically_relative(folder).generic_string(), it->path());
        if (found.size() > max_files)
            return fail(ErrorKind::too_large, "too-many-files", fmt::format("there are more than {} files in the folder", max_files));
    }
    if (error) return fail(posix_error(printable(folder.string(), 1000), error.value()));
    if (found.empty()) return fail(ErrorKind::invalid, "not-a-file", "there is no file in the folder");
    std::vector<FolderFile> files;
    for (const auto& [path, source] : found) files.push_back({path, [name = source.string()] { return open_random_file(name); }});
    return files;
}

}  // namespace

Result<Inspection> inspect_path(const std::string& path) {
    std::error_code ignored;  // open_random_file says what is wrong with it
    if (std::filesystem::is_directory(path, ignored)) {
        TRY_ASSIGN(const std::vector<FolderFile> files, files_in(path));
        return inspect_folder(files, std::filesystem::absolute(path).lexically_normal().filename().string());
    }
    auto file = open_random_file(path);
    if (!file) return fail(std::move(file).error().with_fix("name a file or a folder that is here, or NAME@VERSION of the registry"));
    return inspect(**file, std::filesystem::path(path).filename().string());
}

}  // namespace assay
