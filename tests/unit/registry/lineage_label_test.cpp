#include "registry/lineage_label.hpp"

#include <doctest/doctest.h>

namespace assay::test {

TEST_CASE("text is measured and cut in terminal columns") {
    CHECK(cells("abc") == 3);
    CHECK(cells("\xE6\x89\xB9\xE5\xA4\x84") == 4);        // two Chinese characters
    CHECK(cells("e\xCC\x81t\xCC\xA3") == 2);              // letters with marks
    CHECK(cells("\xF0\x9F\x90\xA7") == 2);                // a penguin
    CHECK(shorten("abcdef", 6) == "abcdef");
    CHECK(shorten("abcdef", 5) == "abcd…");
    CHECK(shorten("\xE6\x89\xB9\xE5\xA4\x84\xE7\x90\x86", 4) == "\xE6\x89\xB9…");
    CHECK(shorten("ae\xCC\x81xyz", 3) == "ae\xCC\x81…");  // the mark stays with its letter
    CHECK(shorten("abc", 1) == "…");
    CHECK(shorten("abc", 0).empty());
}

}  // namespace assay::test
