#include "clients/cpp/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>

namespace assay {

Result<TemporaryFolder> TemporaryFolder::create() {
    std::error_code error;
    std::string path = (std::filesystem::temp_directory_path(error) / "assay-XXXXXX").string();
    if (error || ::mkdtemp(path.data()) == nullptr) return fail(posix_error("making a temporary folder", error ? error.value() : errno));
    return TemporaryFolder(std::move(path));
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;  // what is left of it is the system's to tidy up
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace assay
