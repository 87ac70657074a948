#include "registry/lineage_picture.hpp"

#include "base/text.hpp"
#include "tests/support/lineage_graphs.hpp"

#include <doctest/doctest.h>

namespace assay::test {

TEST_CASE("a picture lets no name become markup") {
    LineageGraph graph = of_edges("a", {{"a", "b"}});
    graph.nodes[1].label = "</text><script>alert(1)</script>";
    graph.nodes[1].detail = "\"]; } digraph { \\";
    graph.nodes[1].kind = "x\" onload=\"alert(1)";
    graph.nodes[1].state = "\"><script>";
    graph.edges[0].relation = "\"| x <b>`\x1b[31m";
    for (const std::string& picture : {lineage_svg(graph), lineage_mermaid(graph)}) {
        CHECK(picture.find("<script") == std::string::npos);
        CHECK(picture.find("<b>") == std::string::npos);
        CHECK(picture.find("\" onload") == std::string::npos);
    }
    CHECK(lineage_dot(graph).find("\\\"]; } digraph { \\\\") != std::string::npos);
    CHECK(lineage_tree(graph, false, 0).find('\x1b') == std::string::npos);
}

TEST_CASE("a picture is well-formed text, whatever the names hold") {
    LineageGraph graph = of_edges("a", {{"a", "b"}});
    graph.nodes[0].label = "broken \xFF\xC3 and \xE2\x80\xAE turned \xEF\xBF\xBF";
    graph.nodes[1].label = std::string("nul \0 bell \a", 12);
    for (const std::string& picture : {lineage_svg(graph), lineage_dot(graph), lineage_mermaid(graph), lineage_tree(graph, false, 0)}) {
        CHECK(is_utf8(picture));
        CHECK(picture.find('\0') == std::string::npos);
        CHECK(picture.find('\a') == std::string::npos);
        CHECK(picture.find("\xE2\x80\xAE") == std::string::npos);
        CHECK(picture.find("broken \xEF\xBF\xBD\xEF\xBF\xBD and \xEF\xBF\xBD turned \xEF\xBF\xBD") != std::string::npos);
    }
}

TEST_CASE("a graph without nodes is a picture, too") {
    const LineageGraph graph{.of = "version:none@1", .nodes = {}, .edges = {}};
    CHECK(lineage_tree(graph, false, 80) == "nothing is known of version:none@1\n");
    CHECK(lineage_svg(graph).find("nothing is known") != std::string::npos);
    CHECK(lineage_dot(graph).ends_with("}\n"));
    CHECK(lineage_mermaid(graph).starts_with("flowchart LR\n"));
}

TEST_CASE("ten thousand nodes are drawn") {
    LineageGraph graph;
    graph.of = "n0";
    for (int i = 0; i < 10000; ++i) {
        graph.nodes.push_back({"n" + std::to_string(i), "version", "n" + std::to_string(i), "", ""});
        if (i > 0) graph.edges.push_back({"n" + std::to_string(i / 3), "n" + std::to_string(i), "retrained_from"});
    }
    graph.edges.push_back({"n0", "n1", "distilled_from"});
    CHECK(occurrences(lineage_svg(graph), "<rect class=\"box\"") == 10001);  // and one in the legend
    CHECK(occurrences(lineage_tree(graph, false, 80), "\n") == 10000);
}

}  // namespace assay::test
