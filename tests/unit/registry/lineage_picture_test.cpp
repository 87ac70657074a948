#include "registry/lineage_picture.hpp"

#include "base/text.hpp"
#include "registry/lineage_label.hpp"
#include "registry/lineage_layout.hpp"
#include "tests/support/golden.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace assay::test {
namespace {

/// Two data sets from one, two runs, versions in every state, consumers with names that try to break out.
LineageGraph penguins() {
    LineageGraph graph;
    graph.of = "version:penguins@2";
    graph.nodes = {
        {"dataset:raw", "dataset", "penguins-raw", "sha256:4b1c09aa71f2", ""},
        {"dataset:train", "dataset", "penguins-train", "258 rows · sha256:9f31c07e5d10", ""},
        {"dataset:test", "dataset", "penguins-test", "86 rows · sha256:77aa0cbd1e42", ""},
        {"run:1", "run", "depth-3", "accuracy 0.942", ""},
        {"run:2", "run", "grid-search", "f1_macro 0.981 · 45 trials", ""},
        {"version:penguins@1", "version", "penguins@1", "scikit-learn 1.2.2", "deleted"},
        {"version:penguins@2", "version", "penguins@2", "@production · scikit-learn 1.7.2", "ready"},
        {"version:penguins@3", "version", "penguins@3", "scikit-learn 1.7.2", "quarantined"},
        {"version:tiny@1", "version", "penguins-tiny@1", "distilled · 12 kB", "ready"},
        {"consumer:lab", "consumer", "lab-notebook", "python 3.11 · scikit-learn 1.7.2", ""},
        {"consumer:scoring", "consumer", "scoring-service", "python 3.9 · scikit-learn 1.2.2", "refused"},
        {"consumer:odd", "consumer", "\xE6\x89\xB9\xE5\xA4\x84\xE7\x90\x86 <east> & \"west\" \\ #1",
         "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D, and a description that is much longer than any box", ""},
        {"team:1", "team", "", "", ""},
    };
    graph.edges = {
        {"dataset:raw", "dataset:train", "split"},
        {"dataset:raw", "dataset:test", "split"},
        {"dataset:train", "run:1", "trained_on"},
        {"dataset:test", "run:1", "evaluated_on"},
        {"dataset:train", "run:2", "trained_on"},
        {"dataset:test", "run:2", "evaluated_on"},
        {"dataset:test", "run:2", "stopped_by"},
        {"run:1", "version:penguins@1", "produced"},
        {"run:2", "version:penguins@2", "produced"},
        {"version:penguins@1", "version:penguins@2", "retrained_from"},
        {"version:penguins@2", "version:penguins@3", "retrained_from"},
        {"version:penguins@2", "version:tiny@1", "distilled_from"},
        {"version:penguins@2", "consumer:lab", "fetched"},
        {"version:penguins@2", "consumer:scoring", "refused"},
        {"version:tiny@1", "consumer:odd", "fetched"},
        {"version:tiny@1", "consumer:lab", "fetched"},
        {"version:penguins@3", "nobody", "fetched"},
    };
    graph.truncated = true;
    return graph;
}

LineageGraph of_edges(const std::string& of, const std::vector<std::pair<std::string, std::string>>& edges) {
    LineageGraph graph;
    graph.of = of;
    const auto add = [&](const std::string& id) {
        const bool known = std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const LineageNode& node) { return node.id == id; });
        if (!known) graph.nodes.push_back({id, "version", id, "", ""});
    };
    for (const auto& [from, to] : edges) {
        add(from);
        add(to);
        graph.edges.push_back({from, to, ""});
    }
    return graph;
}

LineageLayout plain_layout(const LineageGraph& graph) {
    return lay_out(graph, {.width = [](const LineageNode&) { return 100.0; },
                           .height = [](const LineageNode&) { return 40.0; },
                           .label_width = [](const LineageLink&) { return 0.0; }});
}

std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
    return count;
}

}  // namespace

TEST_CASE("the pictures of a lineage look as they were accepted") {
    const LineageGraph graph = penguins();
    check_golden("lineage.svg", lineage_svg(graph));
    check_golden("lineage.dot", lineage_dot(graph));
    check_golden("lineage.mmd", lineage_mermaid(graph));
    check_golden("lineage.txt", lineage_tree(graph, false, 100));
    check_golden("lineage-colour.txt", lineage_tree(graph, true, 60));
}

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

TEST_CASE("a tree fits the width of its terminal") {
    for (const std::size_t width : {1U, 5U, 20U, 40U, 79U}) {
        for (const std::string& line : split(lineage_tree(penguins(), false, width), '\n')) {
            if (line.starts_with("…")) continue;  // the closing note
            CHECK(cells(line) <= width);
        }
    }
}

TEST_CASE("a long label is shortened in the SVG and whole in its tooltip") {
    LineageGraph graph = of_edges("a", {{"a", "b"}});
    const std::string name(200, 'm');
    graph.nodes[1].label = name;
    const std::string svg = lineage_svg(graph);
    CHECK(svg.find("<title>version " + name + "</title>") != std::string::npos);
    CHECK(svg.find(">" + std::string(29, 'm') + "…</text>") != std::string::npos);
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

TEST_CASE("a cycle does no harm") {
    const LineageGraph graph = of_edges("b", {{"a", "b"}, {"b", "c"}, {"c", "a"}, {"c", "c"}});
    CHECK(lineage_tree(graph, false, 0) ==
          "      ┌─ version b  ↓ see below\n"
          "   ┌─ version c\n"
          "┌─ version a\n"
          "● version b\n"
          "└─ version c  ↑ see above\n");
    const LineageLayout layout = plain_layout(graph);
    CHECK(layout.links.size() == 3);
    CHECK(std::count_if(layout.links.begin(), layout.links.end(), [](const LineageLink& link) { return link.backward; }) == 1);
    CHECK(occurrences(lineage_svg(graph), "marker-start") == 1);
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
