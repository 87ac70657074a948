#include "registry/lineage_picture.hpp"

#include "base/text.hpp"
#include "registry/lineage_label.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/lineage_graphs.hpp"

#include <doctest/doctest.h>

namespace assay::test {

TEST_CASE("a lineage tree looks as it was accepted, plain and in colour") {
    check_golden("lineage.txt", lineage_tree(penguins(), false, 100));
    check_golden("lineage-colour.txt", lineage_tree(penguins(), true, 60));
}

TEST_CASE("a tree fits the width of its terminal") {
    for (const std::size_t width : {1U, 5U, 20U, 40U, 79U}) {
        for (const std::string& line : split(lineage_tree(penguins(), false, width), '\n')) {
            if (line.starts_with("…")) continue;  // the closing note
            CHECK(cells(line) <= width);
        }
    }
}

TEST_CASE("a node shared by others is expanded once and then referred to") {
    const LineageGraph down = of_edges("a", {{"a", "b"}, {"a", "c"}, {"b", "d"}, {"c", "d"}, {"d", "e"}});
    CHECK(lineage_tree(down, false, 0) ==
          "● version a\n"
          "├─ version b\n"
          "│  └─ version d\n"
          "│     └─ version e\n"
          "└─ version c\n"
          "   └─ version d  ↑ see above\n");
    const LineageGraph up = of_edges("e", {{"a", "b"}, {"b", "c"}, {"b", "d"}, {"c", "e"}, {"d", "e"}});
    CHECK(lineage_tree(up, false, 0) ==
          "      ┌─ version a\n"
          "   ┌─ version b\n"
          "┌─ version c\n"
          "│  ┌─ version b  ↑ see above\n"
          "├─ version d\n"
          "● version e\n");
}

TEST_CASE("a cycle is written down once and referred to") {
    const LineageGraph graph = of_edges("b", {{"a", "b"}, {"b", "c"}, {"c", "a"}, {"c", "c"}});
    CHECK(lineage_tree(graph, false, 0) ==
          "      ┌─ version b  ↓ see below\n"
          "   ┌─ version c\n"
          "┌─ version a\n"
          "● version b\n"
          "└─ version c  ↑ see above\n");
}

TEST_CASE("a tree shows every node, also those that do not hang together with the one asked for") {
    LineageGraph graph = of_edges("x", {{"a", "b"}, {"c", "d"}, {"d", "c"}});
    graph.nodes.push_back({"alone", "dataset", "alone", "", ""});
    const std::string tree = lineage_tree(graph, false, 0);
    for (const LineageNode& node : graph.nodes) CHECK(tree.find(" " + node.label) != std::string::npos);
    CHECK(tree.find("●") == std::string::npos);
}

TEST_CASE("a chain deeper than the page is counted instead of drawn") {
    std::vector<std::pair<std::string, std::string>> edges;
    for (int i = 0; i < 400; ++i) edges.emplace_back("v" + std::to_string(i), "v" + std::to_string(i + 1));
    CHECK(lineage_tree(of_edges("v0", edges), false, 0).find("└─ … 376 more\n") != std::string::npos);
    CHECK(lineage_tree(of_edges("v400", edges), false, 0).find("┌─ … 376 more\n") != std::string::npos);
}

}  // namespace assay::test
