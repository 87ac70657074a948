#include "base/file_path.hpp"

#include "tests/support/result.hpp"

#include <string>

namespace assay::test {

namespace {

std::string repeated(const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

}  // namespace

TEST_CASE("a path stays below its folder, is relative and normalised") {
    CHECK(must(file_path("model/weights.bin")) == "model/weights.bin");
    CHECK(must(file_path("...")) == "...");
    CHECK(must(file_path("a b/\xc3\xa9.json")) == "a b/\xc3\xa9.json");
    CHECK(must(file_path("e\xcc\x81")) == "\xc3\xa9");
    CHECK(must(file_path(repeated("d/", 31) + "f")).size() == 63);
    for (const std::string& path :
         {std::string(), std::string("/a"), std::string("a/"), std::string("a//b"), std::string("."), std::string(".."),
          std::string("a/../b"), std::string("a/."), std::string("a\\b"), std::string("C:\\x"), std::string("a\tb"), std::string("a\0b", 3),
          std::string("\xff"), repeated("d/", 32) + "f", std::string(256, 'x'), repeated("dddddddddddddddddddddddddddddddd/", 31) + "xx"}) {
        CHECK_MESSAGE(error_of(file_path(path)).code == "invalid-path", path);
    }
}

}  // namespace assay::test
