#include "clients/cpp/files_to_push.hpp"

#include "artifact/sample.hpp"
#include "base/file_path.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <map>

namespace assay {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_files = 10'000;

Error refused_file(const std::string& path, std::string because) {
    return Error(ErrorKind::invalid, "not-a-file", printable(path, 1000) + " cannot be pushed").with_because(std::move(because));
}

/// Collects files while refusing what cannot be pushed.
class Collector {
public:
    Result<void> add(const std::string& raw_path, const std::string& source) {
        TRY_ASSIGN(const std::string path, file_path(raw_path));
        if (const auto [it, fresh] = sources_.emplace(path, source); !fresh) {
            return fail(Error(ErrorKind::invalid, "duplicate-path", fmt::format("two files would be {} in the version", path))
                            .with_because(printable(it->second, 500) + " and " + printable(source, 500)));
        }
        if (sources_.size() > max_files)
            return fail(ErrorKind::too_large, "too-many-files", fmt::format("more than {} files are to be pushed", max_files));
        return {};
    }

    Result<void> add_folder(const fs::path& folder, const std::string& prefix) {
        std::error_code error;
        std::size_t found = 0;
        for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
            ++found;
            TRY(add_entry(it->path(), prefix + it->path().filename().string()));
        }
        if (error) return fail(posix_error(printable(folder.string(), 1000), error.value()));
        if (found == 0) return fail(refused_file(folder.string(), "the folder is empty"));
        return {};
    }

    /// `name` is empty for a folder given on the command line: its files stand at the top.
    Result<void> add_entry(const fs::path& path, const std::string& name) {
        std::error_code error;
        const fs::file_status status = fs::symlink_status(path, error);
        if (status.type() == fs::file_type::not_found) return fail(posix_error(printable(path.string(), 1000), ENOENT));
        if (error) return fail(posix_error(printable(path.string(), 1000), error.value()));
        if (status.type() == fs::file_type::symlink)
            return fail(refused_file(path.string(), "it is a symbolic link; name what it points to"));
        if (status.type() == fs::file_type::directory) return add_folder(path, name.empty() ? "" : name + "/");
        if (status.type() != fs::file_type::regular) return fail(refused_file(path.string(), "it is no regular file"));
        return add(name.empty() ? path.filename().string() : name, path.string());
    }

    std::vector<FileToPush> files() const {
        std::vector<FileToPush> files;
        files.reserve(sources_.size());
        for (const auto& [path, source] : sources_) files.push_back({path, source});
        return files;
    }

private:
    std::map<std::string, std::string> sources_;
};

}  // namespace

Result<std::vector<FileToPush>> files_to_push(const std::vector<std::string>& paths, const std::string& sample) {
    Collector collector;
    for (const std::string& path : paths) TRY(collector.add_entry(fs::path(path), ""));
    if (!sample.empty()) {
        std::error_code ignored;  // add_entry says what is wrong with it
        if (fs::is_directory(fs::symlink_status(sample, ignored))) return fail(refused_file(sample, "a sample is a file"));
        TRY(collector.add_entry(fs::path(sample), std::string(sample_path)));
    }
    return collector.files();
}

}  // namespace assay
