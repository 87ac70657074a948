#include "tests/support/golden.hpp"
#include "tests/support/source_dir.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace assay::test {
namespace {

std::string_view take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

}  // namespace

void check_golden(std::string_view name, std::string_view text) {
    const std::string path = source_dir() + "/tests/golden/" + std::string(name);
    const char* accept = std::getenv("ASSAY_ACCEPT");
    if (accept != nullptr && std::string_view(accept) == "1") {
        std::ofstream file(path, std::ios::binary);
        file << text;
        file.close();
        REQUIRE_MESSAGE(file, "cannot write ", path);
        return;
    }
    std::ifstream file(path, std::ios::binary);
    REQUIRE_MESSAGE(file.is_open(), "there is no golden file ", path, "; ASSAY_ACCEPT=1 writes it");
    const std::string golden{std::istreambuf_iterator<char>(file), {}};
    if (golden == text) return;
    std::string_view expected = golden;
    int line = 1;
    while (!expected.empty() && !text.empty()) {
        const std::string_view expected_line = take_line(expected);
        const std::string_view line_now = take_line(text);
        if (expected_line != line_now) {
            FAIL_CHECK(path, ":", line, ": expected\n", std::string(expected_line), "\ngot\n", std::string(line_now));
            return;
        }
        ++line;
    }
    FAIL_CHECK(path, ":", line, expected.empty() ? ": there is more than expected (a line or its end)" : ": it ends before it should");
}

}  // namespace assay::test
