#include "base/md5.hpp"

#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace assay::test {

TEST_CASE("MD5 of files as RFC 1321 has it") {
    const TempDir folder;
    for (const auto& [text, digest] :
         {std::pair{"", "d41d8cd98f00b204e9800998ecf8427e"}, std::pair{"abc", "900150983cd24fb0d6963f7d28e17f72"}}) {
        const std::string path = folder / "file";
        std::ofstream(path, std::ios::binary) << text;
        CHECK(must(md5_of_file(path)) == digest);
    }
    CHECK(md5_of_file(folder / "none").error().code == "file-not-found");
}

}  // namespace assay::test
