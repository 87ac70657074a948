#include "registry/lineage_picture.hpp"

#include "tests/support/golden.hpp"
#include "tests/support/lineage_graphs.hpp"

#include <doctest/doctest.h>

namespace assay::test {

TEST_CASE("Graphviz and Mermaid of a lineage read as they were accepted") {
    check_golden("lineage.dot", lineage_dot(penguins()));
    check_golden("lineage.mmd", lineage_mermaid(penguins()));
}

TEST_CASE("a deleted, quarantined or refused node is marked in both, and the one asked for stands out") {
    for (const char* state : {"deleted", "quarantined", "refused"}) {
        LineageGraph graph = of_edges("b", {{"a", "b"}});
        graph.nodes[0].state = state;
        CAPTURE(state);
        CHECK(occurrences(lineage_dot(graph), "dashed") == 1);
        CHECK(lineage_dot(graph).find("(" + std::string(state) + ")") != std::string::npos);
        CHECK(occurrences(lineage_dot(graph), "penwidth=3") == 1);
        CHECK(lineage_mermaid(graph).find("  class n0 marked\n") != std::string::npos);
        CHECK(lineage_mermaid(graph).find("  class n1 asked\n") != std::string::npos);
        CHECK(lineage_mermaid(graph).find("class n1 marked") == std::string::npos);
    }
}

TEST_CASE("two relations between the same nodes are one link that names both") {
    LineageGraph graph = of_edges("a", {{"a", "b"}});
    graph.edges = {{"a", "b", "retrained_from"}, {"a", "b", "distilled_from"}};
    CHECK(lineage_dot(graph).find("n0 -> n1 [label=\"retrained from, distilled from\"];") != std::string::npos);
    CHECK(lineage_mermaid(graph).find("n0 -->|\"retrained from, distilled from\"| n1\n") != std::string::npos);
}

TEST_CASE("a graph that is only a part says so") {
    LineageGraph graph = of_edges("a", {{"a", "b"}});
    for (const bool truncated : {false, true}) {
        graph.truncated = truncated;
        CHECK((lineage_dot(graph).find("Only a part is shown.") != std::string::npos) == truncated);
        CHECK((lineage_mermaid(graph).find("%% Only a part is shown.") != std::string::npos) == truncated);
    }
}

}  // namespace assay::test
