#include "clients/cpp/files_to_push.hpp"

#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>

namespace assay::test {

TEST_CASE("a folder's files keep their paths, sorted, and two files with one path are refused") {
    const TempDir folder;
    std::filesystem::create_directories(folder / "export/sub");
    std::ofstream(folder / "export/model.pkl") << "m";
    std::ofstream(folder / "export/sub/a.txt") << "a";
    std::ofstream(folder / "s.json") << "{}";
    const auto files = must(files_to_push({folder / "export"}, folder / "s.json"));
    REQUIRE(files.size() == 3);
    CHECK(files[0].path == "model.pkl");
    CHECK(files[1].path == "sample.json");
    CHECK(files[2].path == "sub/a.txt");
    CHECK(error_of(files_to_push({folder / "export", folder / "export/model.pkl"}, "")).code == "duplicate-path");
    CHECK(error_of(files_to_push({folder / "absent"}, "")).kind == ErrorKind::not_found);
    std::filesystem::create_directory(folder / "empty");
    CHECK(error_of(files_to_push({folder / "empty"}, "")).code == "not-a-file");
    std::filesystem::create_symlink(folder / "s.json", folder / "export/link");
    CHECK(error_of(files_to_push({folder / "export"}, "")).because.find("symbolic link") != std::string::npos);
}

}  // namespace assay::test
