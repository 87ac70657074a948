#include "registry/tag_list.hpp"

#include <doctest/doctest.h>

namespace assay::test {

TEST_CASE("an item is appended to the list that a tag holds, or begins one") {
    CHECK(with_appended({}, "models", {{"name", "a"}}) == R"([{"name":"a"}])");
    CHECK(with_appended({{"models", "[1]"}, {"other", "[5]"}}, "models", 2) == "[1,2]");
    CHECK(with_appended({{"models", "no list"}}, "models", 2) == "[2]");
}

}  // namespace assay::test
