#include "clients/cpp/temporary_folder.hpp"

#include "tests/support/result.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

namespace assay::test {

TEST_CASE("a temporary folder is for its owner alone, and gone with all that is in it") {
    std::string path;
    {
        const TemporaryFolder folder = must(TemporaryFolder::create());
        path = folder.file("a");
        std::ofstream(path) << "x";
        const auto mode = std::filesystem::status(std::filesystem::path(path).parent_path()).permissions();
        CHECK((mode & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) == std::filesystem::perms::none);
        CHECK(std::filesystem::exists(path));
    }
    CHECK_FALSE(std::filesystem::exists(std::filesystem::path(path).parent_path()));
}

}  // namespace assay::test
