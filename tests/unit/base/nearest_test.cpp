#include "base/nearest.hpp"

#include <doctest/doctest.h>

namespace assay::test {

TEST_CASE("the nearest word has the fewest wrong letters, the first of equals") {
    const std::vector<std::string> words = {"lock", "log", "list", "lineage"};
    CHECK(nearest_word("lokc", words) == "lock");
    CHECK(nearest_word("linaege", words) == "lineage");
    CHECK(nearest_word("lxst", words) == "list");
    CHECK_FALSE(nearest_word("production", words));
    CHECK_FALSE(nearest_word("", words));
    CHECK_FALSE(nearest_word("lock", {}));
}

TEST_CASE("a word that only one candidate begins with means that one, however much is missing") {
    CHECK(nearest_word("li", {"lock", "lineage"}) == "lineage");
    CHECK(nearest_word("undel", {"rm", "undelete"}) == "undelete");
    CHECK(nearest_word("--desc", {"--dataset", "--description"}) == "--description");
}

TEST_CASE("a word all of whose letters are wrong is another word") {
    CHECK_FALSE(nearest_word("xy", {"rm"}));
    CHECK_FALSE(nearest_word("z", {"rm"}));
    CHECK_FALSE(nearest_word(std::string(100'000, 'a'), {"rm"}));
}

}  // namespace assay::test
