#include "tests/support/golden.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace assay::test {

void check_golden(const std::string& name, std::string_view text) {
    const std::string path = std::string(ASSAY_SOURCE_DIR) + "/tests/golden/" + name;
    if (const char* update = std::getenv("ASSAY_UPDATE_GOLDEN"); update != nullptr && std::string_view(update) == "1") {
        std::ofstream file(path, std::ios::binary);
        file << text;
        file.close();
        REQUIRE_MESSAGE(file.good(), "cannot write ", path);
        return;
    }
    std::ifstream file(path, std::ios::binary);
    REQUIRE_MESSAGE(file.good(), "there is no ", path);
    const std::string expected{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    CHECK(std::string(text) == expected);
}

}  // namespace assay::test
