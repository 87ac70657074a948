#pragma once

#include "base/result.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// Whose file it is: a project's assay.toml, or a person's config.toml, which has only the table [assay].
enum class SettingsScope { project, personal };

/// What an assay.toml says (docs/formats.md, "Project file"). What it does not say is absent or empty. Relative paths in it were joined to
/// its folder.
struct ProjectFile {
    std::string path;  ///< of the file itself; empty when there is none
    std::optional<std::string> url, consumer, cache;
    std::optional<std::string> environment;   ///< "auto", "none" or a file
    std::vector<std::string> uses;            ///< of a push that names no package; normalised
    std::map<std::string, std::string> tags;  ///< of every push
    std::vector<std::string> models;          ///< references, as they are written; no two are the same
    std::optional<std::string> into;          ///< folder below which each of them has its own

    [[nodiscard]] std::string folder() const;
    /// True when `models` names exactly this reference, given as a name and what a lock file calls `requested` ("@production").
    [[nodiscard]] bool names(std::string_view model, std::string_view requested) const;
    /// Where a version that it names goes: INTO/NAME, or INTO/NAME@production where it names the model more than once. Absent for any other
    /// version, and without `into`.
    [[nodiscard]] std::optional<std::string> folder_of(std::string_view model, std::string_view requested) const;
};

/// Reads the text of such a file; `path` is where it was, absolute. `invalid` (code "invalid-config"), naming the file, what is wrong in it
/// and, for a key that does not exist, the nearest that does.
[[nodiscard]] Result<ProjectFile> parse_project_file(std::string_view text, const std::string& path, SettingsScope scope);

/// The nearest assay.toml at or above a folder; one without a path when there is none.
[[nodiscard]] Result<ProjectFile> find_project_file(const std::string& directory);

/// Reads a file; `invalid` (code "invalid-config") also when it cannot be read.
[[nodiscard]] Result<ProjectFile> read_project_file(const std::string& path, SettingsScope scope);

}  // namespace assay
