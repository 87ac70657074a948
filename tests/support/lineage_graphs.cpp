#include "tests/support/lineage_graphs.hpp"

#include <algorithm>

namespace assay::test {

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

}  // namespace assay::test
