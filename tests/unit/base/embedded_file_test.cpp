#include "base/embedded_file.hpp"

#include "base/crypto.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string_view>

namespace assay::test {

TEST_CASE("the digest of embedded files is of their names and bytes, in their order") {
    using namespace std::string_view_literals;
    const std::array<EmbeddedFile, 2> files = {{{"a.txt", "one"}, {"b.txt", "two"}}};
    CHECK(digest_of(files) == sha256("a.txt\0oneb.txt\0two"sv));
    const std::array<EmbeddedFile, 2> moved = {{{"a.txto", "ne"}, {"b.txt", "two"}}};
    CHECK(digest_of(moved) != digest_of(files));
}

}  // namespace assay::test
