#include "registry/lineage_layout.hpp"

#include "tests/support/lineage_graphs.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace assay::test {

TEST_CASE("links run from left to right, and boxes never overlap") {
    std::vector<std::pair<std::string, std::string>> edges;
    unsigned random = 20261123;
    const auto below = [&](unsigned limit) {
        random = random * 1664525U + 1013904223U;
        return (random >> 8U) % limit;
    };
    for (unsigned i = 1; i < 150; ++i) {
        for (int k = 0; k < 2; ++k) edges.emplace_back(std::to_string(below(i)), std::to_string(i));
    }
    const LineageGraph graph = of_edges("0", edges);
    const LineageLayout layout = plain_layout(graph);
    REQUIRE(layout.boxes.size() == 150);
    for (const LineageLink& link : layout.links) {
        CHECK(layout.boxes[link.from].x + layout.boxes[link.from].width < layout.boxes[link.to].x);
    }
    for (std::size_t a = 0; a < layout.boxes.size(); ++a) {
        const auto& box = layout.boxes[a];
        CHECK(box.x >= 0);
        CHECK(box.y >= -0.001);
        CHECK(box.y + box.height <= layout.height + 0.001);
        for (std::size_t b = 0; b < a; ++b) {
            const auto& other = layout.boxes[b];
            const bool apart = box.x + box.width <= other.x || other.x + other.width <= box.x || box.y + box.height <= other.y ||
                               other.y + other.height <= box.y;
            REQUIRE(apart);
        }
    }
}

TEST_CASE("links that need not cross do not") {
    // In the order of the nodes all of them would.
    const LineageLayout layout = plain_layout(of_edges("r", {{"r", "a"}, {"r", "b"}, {"r", "c"}, {"c", "d"}, {"b", "e"}, {"a", "f"}}));
    const auto y = [&](std::size_t node) { return layout.boxes[node].y; };
    const bool up = y(1) < y(2);  // r a b c d e f
    CHECK((y(2) < y(3)) == up);
    CHECK((y(6) < y(5)) == up);
    CHECK((y(5) < y(4)) == up);
}

TEST_CASE("a source stands beside what it led to first") {
    const LineageLayout layout = plain_layout(of_edges("d", {{"a", "b"}, {"b", "c"}, {"c", "d"}, {"late", "d"}}));
    CHECK(layout.boxes[4].x == layout.boxes[2].x);  // late, beside c
}

TEST_CASE("one link of a cycle runs backward, and a node's link to itself is none") {
    const LineageLayout layout = plain_layout(of_edges("b", {{"a", "b"}, {"b", "c"}, {"c", "a"}, {"c", "c"}}));
    CHECK(layout.links.size() == 3);
    CHECK(std::count_if(layout.links.begin(), layout.links.end(), [](const LineageLink& link) { return link.backward; }) == 1);
}

}  // namespace assay::test
