#include "registry/lineage_label.hpp"
#include "registry/lineage_layout.hpp"
#include "registry/lineage_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace assay {
namespace {

struct Look {
    std::string_view kind;
    std::string_view shape;  ///< Graphviz
    std::string_view fill;
    std::string_view stroke;
};
constexpr std::array looks{
    Look{"dataset", "cylinder", "#e7f6f0", "#1f8f6f"}, Look{"run", "box", "#fff4de", "#b0741a"},
    Look{"version", "box", "#e9f0fe", "#3566c9"},      Look{"consumer", "box", "#f4edfc", "#7e4cb8"},
    Look{"other", "box", "#f1f3f5", "#66727f"},
};
constexpr std::string_view refused_colour = "#c62f3b";

const Look& look_of(const LineageNode& node) {
    const auto* const found = std::find_if(looks.begin(), looks.end(), [&](const Look& look) { return look.kind == node.kind; });
    return found == looks.end() ? looks.back() : *found;
}

bool is_marked(const LineageNode& node) { return node.state == "deleted" || node.state == "quarantined" || node.state == "refused"; }

std::vector<std::string> lines_of(const LineageNode& node) {
    std::vector<std::string> lines{node_label(node)};
    if (!node.detail.empty()) lines.push_back(clean_label(node.detail));
    if (is_marked(node)) lines.push_back("(" + node.state + ")");
    return lines;
}

/// Inside a quoted string of DOT: backslashes and quotes are its own, & begins an HTML entity.
std::string dot_text(std::string_view clean) {
    std::string safe;
    for (const char c : clean) {
        if (c == '"' || c == '\\') safe += '\\';
        safe += c;
        if (c == '&') safe += "amp;";
    }
    return safe;
}

/// Inside a quoted string of Mermaid, which has entities of its own (#35; is '#') and otherwise reads Markdown and HTML:
/// only letters, digits, a few harmless signs and everything beyond ASCII stand for themselves.
std::string mermaid_text(std::string_view clean) {
    std::string safe;
    for (std::size_t i = 0; i < clean.size(); ++i) {
        const char c = clean[i];
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || static_cast<signed char>(c) < 0;
        const bool list = (c == '.' || c == '-') && i + 1 < clean.size() && clean[i + 1] == ' ';  // "1. x", "- x"
        if (plain || (!list && std::string_view(" .,:-@/=%").find(c) != std::string_view::npos)) {
            safe += c;
        } else {
            safe += fmt::format("#{};", static_cast<int>(c));
        }
    }
    return safe;
}

}  // namespace

std::string lineage_dot(const LineageGraph& graph) {
    std::string out =
        "digraph lineage {\n"
        "  rankdir=LR;\n"
        "  node [style=\"rounded,filled\", fontname=\"sans-serif\", fontsize=11, margin=\"0.15,0.08\"];\n"
        "  edge [fontname=\"sans-serif\", fontsize=9, color=\"#7b8794\", fontcolor=\"#56616e\"];\n";
    if (graph.truncated) out += "  label=\"Only a part is shown.\";\n";
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const LineageNode& node = graph.nodes[i];
        const Look& look = look_of(node);
        std::string label;
        for (const std::string& line : lines_of(node)) label += (label.empty() ? "" : "\\n") + dot_text(line);
        out += fmt::format("  n{} [label=\"{}\", shape={}, fillcolor=\"{}\", color=\"{}\"", i, label, look.shape, look.fill,
                           node.state == "refused" ? refused_colour : look.stroke);
        if (look.shape == "cylinder") out += ", style=filled";
        if (is_marked(node)) out += look.shape == "cylinder" ? ", style=\"filled,dashed\"" : ", style=\"rounded,filled,dashed\"";
        if (node.id == graph.of) out += ", penwidth=3";
        out += "];\n";
    }
    for (const LineageLink& link : lineage_links(graph)) {
        out += fmt::format("  n{} -> n{}", link.from, link.to);
        if (!link.relation.empty()) out += fmt::format(" [label=\"{}\"]", dot_text(link.relation));
        out += ";\n";
    }
    return out + "}\n";
}

std::string lineage_mermaid(const LineageGraph& graph) {
    std::string out = "flowchart LR\n";
    if (graph.truncated) out += "  %% Only a part is shown.\n";
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const LineageNode& node = graph.nodes[i];
        std::string label;
        for (const std::string& line : lines_of(node)) label += (label.empty() ? "" : "<br/>") + mermaid_text(line);
        const bool data = look_of(node).kind == "dataset";
        out += fmt::format("  n{}{}\"{}\"{}:::{}\n", i, data ? "[(" : "(", label, data ? ")]" : ")", look_of(node).kind);
    }
    for (const LineageLink& link : lineage_links(graph)) {
        const std::string relation = link.relation.empty() ? "" : "|\"" + mermaid_text(link.relation) + "\"|";
        out += fmt::format("  n{} -->{} n{}\n", link.from, relation, link.to);
    }
    for (const Look& look : looks) {
        out += fmt::format("  classDef {} fill:{},stroke:{},color:#1b2430\n", look.kind, look.fill, look.stroke);
    }
    out += fmt::format("  classDef marked stroke:{},stroke-dasharray:5 4\n  classDef asked stroke-width:4px\n", refused_colour);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        if (is_marked(graph.nodes[i])) out += fmt::format("  class n{} marked\n", i);
        if (graph.nodes[i].id == graph.of) out += fmt::format("  class n{} asked\n", i);
    }
    return out;
}

}  // namespace assay
