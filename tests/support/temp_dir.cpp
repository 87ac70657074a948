#include "tests/support/temp_dir.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace assay::test {

TempDir::TempDir() : path_((std::filesystem::temp_directory_path() / "assay-test-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make a temporary directory");
}

TempDir::~TempDir() {
    std::error_code ignored;  // a test that made it unreadable has failed already
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace assay::test
