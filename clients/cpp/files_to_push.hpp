#pragma once

#include "base/result.hpp"

#include <string>
#include <vector>

namespace assay {

/// One of the files to be pushed: where it is, and its path inside the version.
struct FileToPush {
    std::string path;    ///< inside the version, checked and normalised
    std::string source;  ///< on this machine
};

/// The files that paths stand for: a file under its own name, a folder's files under their paths relative to it;
/// sorted. Refused: symbolic links and whatever is no regular file, empty folders, two files with one path, more than 10,000 files.
[[nodiscard]] Result<std::vector<FileToPush>> files_to_push(const std::vector<std::string>& paths, const std::string& sample);

}  // namespace assay
