#include "registry/lineage_label.hpp"
#include "registry/lineage_layout.hpp"
#include "registry/lineage_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace assay {
namespace {

constexpr std::size_t max_depth = 24;  // beyond it there is no room to the right

constexpr std::string_view bold = "1";
constexpr std::string_view dim = "2";
constexpr std::string_view red = "31";

std::string_view colour_of(std::string_view kind) {
    struct Colour {
        std::string_view kind;
        std::string_view code;
    };
    constexpr std::array colours{Colour{"dataset", "32"}, Colour{"run", "33"}, Colour{"version", "34"}, Colour{"consumer", "35"}};
    for (const Colour& colour : colours) {
        if (colour.kind == kind) return colour.code;
    }
    return "";
}

class Tree {
public:
    Tree(const LineageGraph& graph, bool colour, std::size_t width)
        : graph_(graph),
          colour_(colour),
          width_(width),
          links_(lineage_links(graph)),
          into_(graph.nodes.size()),
          out_of_(graph.nodes.size()),
          marks_(graph.nodes.size(), Mark::none) {
        for (std::size_t i = 0; i < links_.size(); ++i) {
            into_[links_[i].to].push_back(i);
            out_of_[links_[i].from].push_back(i);
        }
    }

    std::string print() {
        for (std::size_t node = 0; node < graph_.nodes.size(); ++node) {
            if (graph_.nodes[node].id == graph_.of) print_around(node);
        }
        // Whatever the walks from there did not reach: the sources first, then what only a cycle holds together.
        for (const bool sources : {true, false}) {
            for (std::size_t node = 0; node < graph_.nodes.size(); ++node) {
                if (marks_[node] == Mark::none && (!sources || into_[node].empty())) print_around(node);
            }
        }
        if (graph_.nodes.empty()) out_ += "nothing is known of " + clean_label(graph_.of) + "\n";
        if (graph_.truncated) out_ += style("… only a part is shown: the lineage goes on", dim) + "\n";
        return std::move(out_);
    }

private:
    /// One line in the making, never longer than the terminal is wide.
    struct Line {
        std::string text;
        std::size_t left;
    };

    [[nodiscard]] std::string style(std::string_view text, std::string_view code) const {
        if (!colour_ || code.empty()) return std::string(text);
        return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
    }

    void add(Line& line, std::string_view text, std::string_view code) const {
        if (text.empty() || line.left == 0) return;
        const std::string shown = shorten(text, line.left);
        line.text += style(shown, code);
        line.left -= cells(shown);
    }

    /// "├─ version churn@4  refused  scikit-learn 1.5.2  · retrained from"
    void print_line(const std::string& prefix, std::size_t node, const LineageLink* link, std::string_view reference) {
        const LineageNode& it = graph_.nodes[node];
        Line line{"", width_ == 0 ? std::string::npos : width_};
        add(line, prefix, link == nullptr ? bold : dim);
        add(line, clean_label(it.kind), colour_of(it.kind));
        add(line, " ", "");
        add(line, node_label(it), it.id == graph_.of ? bold : "");
        if (it.state == "refused") {
            add(line, "  ✗ refused", red);
        } else if (!it.state.empty() && it.state != "ready") {
            add(line, "  ! " + clean_label(it.state), red);
        }
        // The mark of a refused consumer says what its link would say again.
        const bool silent = link == nullptr || link->relation.empty() || (it.state == "refused" && link->relation == "refused");
        const std::string relation = silent ? "" : "  · " + link->relation;
        std::string detail(reference);
        if (detail.empty()) detail = clean_label(it.detail);
        if (!detail.empty()) {
            // Of the two, the detail gives way when the line is too long.
            const std::size_t room = line.left > cells(relation) ? line.left - cells(relation) : 0;
            detail = shorten("  " + detail, room);
            if (cells(detail) > 3) add(line, detail, dim);
        }
        add(line, relation, dim);
        out_ += line.text + "\n";
    }

    void print_around(std::size_t root) {
        marks_[root] = Mark::open;
        print_above(root, "", 1);
        print_line(graph_.nodes[root].id == graph_.of ? "● " : "○ ", root, nullptr, "");
        marks_[root] = Mark::printed;
        print_below(root, "", 1);
    }

    /// What led to `node`, upside down, so that time runs down the page: a node's line comes after its own sources.
    void print_above(std::size_t node, const std::string& prefix, std::size_t depth) {
        const auto& links = into_[node];
        if (depth > max_depth && !links.empty()) return print_rest(node, prefix + "┌─ ", into_, &LineageLink::from);
        for (std::size_t i = 0; i < links.size(); ++i) {
            const std::size_t source = links_[links[i]].from;
            const Mark mark = marks_[source];
            std::string_view reference;
            if (mark == Mark::printed) reference = "↑ see above";
            if (mark == Mark::open) reference = "↓ see below";  // a cycle
            if (reference.empty()) {
                marks_[source] = Mark::open;
                print_above(source, prefix + (i == 0 ? "   " : "│  "), depth + 1);
                marks_[source] = Mark::printed;
            }
            print_line(prefix + (i == 0 ? "┌─ " : "├─ "), source, &links_[links[i]], reference);
        }
    }

    void print_below(std::size_t node, const std::string& prefix, std::size_t depth) {
        const auto& links = out_of_[node];
        if (depth > max_depth && !links.empty()) return print_rest(node, prefix + "└─ ", out_of_, &LineageLink::to);
        for (std::size_t i = 0; i < links.size(); ++i) {
            const bool last = i + 1 == links.size();
            const std::size_t next = links_[links[i]].to;
            const bool seen = marks_[next] == Mark::printed;
            marks_[next] = Mark::printed;
            print_line(prefix + (last ? "└─ " : "├─ "), next, &links_[links[i]], seen ? "↑ see above" : "");
            if (!seen) print_below(next, prefix + (last ? "   " : "│  "), depth + 1);
        }
    }

    /// Instead of going deeper: how many nodes that would have been.
    void print_rest(std::size_t node, const std::string& prefix, const std::vector<std::vector<std::size_t>>& along,
                    std::size_t LineageLink::* end) {
        std::vector<std::size_t> reached{node};
        std::size_t count = 0;
        for (std::size_t at = 0; at < reached.size(); ++at) {
            for (const std::size_t link : along[reached[at]]) {
                const std::size_t next = links_[link].*end;
                if (marks_[next] != Mark::none) continue;
                marks_[next] = Mark::left_out;
                reached.push_back(next);
                ++count;
            }
        }
        if (count > 0) out_ += style(fmt::format("{}… {} more", prefix, count), dim) + "\n";
    }

    enum class Mark { none, open, printed, left_out };

    const LineageGraph& graph_;
    bool colour_;
    std::size_t width_;
    std::vector<LineageLink> links_;
    std::vector<std::vector<std::size_t>> into_;
    std::vector<std::vector<std::size_t>> out_of_;
    std::vector<Mark> marks_;
    std::string out_;
};

}  // namespace

std::string lineage_tree(const LineageGraph& graph, bool colour, std::size_t width) { return Tree(graph, colour, width).print(); }

}  // namespace assay
