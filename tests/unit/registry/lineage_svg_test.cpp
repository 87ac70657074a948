#include "registry/lineage_picture.hpp"

#include "tests/support/golden.hpp"
#include "tests/support/lineage_graphs.hpp"

#include <doctest/doctest.h>

namespace assay::test {

TEST_CASE("the SVG of a lineage looks as it was accepted") { check_golden("lineage.svg", lineage_svg(penguins())); }

TEST_CASE("a long label is shortened in the SVG and whole in its tooltip") {
    LineageGraph graph = of_edges("a", {{"a", "b"}});
    const std::string name(200, 'm');
    graph.nodes[1].label = name;
    const std::string svg = lineage_svg(graph);
    CHECK(svg.find("<title>version " + name + "</title>") != std::string::npos);
    CHECK(svg.find(">" + std::string(29, 'm') + "…</text>") != std::string::npos);
}

TEST_CASE("a link that closes a cycle is drawn backward, once") {
    CHECK(occurrences(lineage_svg(of_edges("b", {{"a", "b"}, {"b", "c"}, {"c", "a"}, {"c", "c"}})), "marker-start") == 1);
}

}  // namespace assay::test
