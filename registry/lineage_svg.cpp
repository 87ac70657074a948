#include "registry/lineage_label.hpp"
#include "registry/lineage_layout.hpp"
#include "registry/lineage_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <string_view>

namespace assay {
namespace {

constexpr double margin = 32;
constexpr double header_height = 84;
constexpr double footer_height = 64;
constexpr double min_width = 520;
constexpr double text_left = 38;    // of the box: behind the icon
constexpr double text_right = 14;
constexpr double label_cell = 7.9;  // pixels a character takes at most on average, in the widest of the usual fonts
constexpr double detail_cell = 6.6;
constexpr double relation_cell = 6.3;
constexpr std::size_t label_cells = 30;
constexpr std::size_t detail_cells = 36;
constexpr std::size_t relation_cells = 24;

struct Kind {
    std::string_view name;
    std::string_view plural;
    std::string_view icon;  ///< strokes in a square of 16
};
constexpr std::array kinds{
    Kind{"dataset", "datasets", "M2.5 4c0-2.7 11-2.7 11 0v8c0 2.7-11 2.7-11 0zM2.5 4c0 2.7 11 2.7 11 0M2.5 8c0 2.7 11 2.7 11 0"},
    Kind{"run", "runs", "M8 1.5a6.5 6.5 0 1 0 .01 0zM6.6 5.3v5.4L11 8z"},
    Kind{"version", "versions", "M8 1.2l5.9 3.4v6.8L8 14.8l-5.9-3.4V4.6zM5.3 8.1l1.9 2 3.6-4"},
    Kind{"consumer", "consumers", "M1.8 2.8h12.4v8.4H1.8zM8 11.2v2.6M5 13.8h6"},
};
constexpr Kind other_kind{"other", "others", "M3 3h10v10H3z"};

constexpr std::string_view style = R"(<style>
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;fill:#1b2430;unicode-bidi:isolate}
.paper{fill:#fff}
.heading{font-size:18px;font-weight:600}
.about,.legend,.note{font-size:12px;fill:#56616e}
.label{font-size:13px;font-weight:600}
.detail{font-size:11px;fill:#4a5561}
.relation{font-size:10.5px;fill:#56616e;text-anchor:middle;stroke:#fff;stroke-width:4px;stroke-linejoin:round;paint-order:stroke}
.badge text{font-size:9.5px;font-weight:700;fill:#fff;text-anchor:middle}
.box{stroke-width:1.4}
.ring{fill:none;stroke-width:2;stroke-opacity:.45}
.icon{fill:none;stroke-width:1.3;stroke-linejoin:round;stroke-linecap:round}
.link{fill:none;stroke:#98a4b1;stroke-width:1.5}
.tip{fill:#98a4b1}
.link.refused{stroke:#c62f3b;stroke-dasharray:5 4}
.tip.refused{fill:#c62f3b}
.asked .box{stroke-width:2.6}
.dataset .box{fill:#e7f6f0;stroke:#1f8f6f}.dataset .icon,.dataset .ring{stroke:#1f8f6f}
.run .box{fill:#fff4de;stroke:#b0741a}.run .icon,.run .ring{stroke:#b0741a}
.version .box{fill:#e9f0fe;stroke:#3566c9}.version .icon,.version .ring{stroke:#3566c9}
.consumer .box{fill:#f4edfc;stroke:#7e4cb8}.consumer .icon,.consumer .ring{stroke:#7e4cb8}
.other .box{fill:#f1f3f5;stroke:#66727f}.other .icon,.other .ring{stroke:#66727f}
.deleted .box{stroke-dasharray:4 4;fill-opacity:.45}.deleted .label{text-decoration:line-through;fill:#56616e}
.quarantined .box{stroke:#b4500b;stroke-dasharray:7 3}
.refused .box{stroke:#c62f3b}
.badge rect{fill:#56616e}.quarantined .badge rect{fill:#b4500b}.refused .badge rect{fill:#c62f3b}
@media (prefers-color-scheme:dark){
text{fill:#e8edf3}
.paper{fill:#12171e}
.about,.legend,.note{fill:#a3b0be}
.detail{fill:#b9c4d0}
.relation{fill:#a3b0be;stroke:#12171e}
.badge text{fill:#12171e}
.link{stroke:#64727f}.tip{fill:#64727f}
.link.refused{stroke:#ff7f86}.tip.refused{fill:#ff7f86}
.dataset .box{fill:#113027;stroke:#46c39c}.dataset .icon,.dataset .ring{stroke:#46c39c}
.run .box{fill:#33270f;stroke:#e2ad52}.run .icon,.run .ring{stroke:#e2ad52}
.version .box{fill:#172748;stroke:#7fa7f5}.version .icon,.version .ring{stroke:#7fa7f5}
.consumer .box{fill:#2a1d3d;stroke:#c09aee}.consumer .icon,.consumer .ring{stroke:#c09aee}
.other .box{fill:#232a32;stroke:#97a4b1}.other .icon,.other .ring{stroke:#97a4b1}
.deleted .label{fill:#a3b0be}
.quarantined .box{stroke:#ffa05c}.refused .box{stroke:#ff7f86}
.badge rect{fill:#a3b0be}.quarantined .badge rect{fill:#ffa05c}.refused .badge rect{fill:#ff7f86}
}
</style>
)";

const Kind& kind_of(const LineageNode& node) {
    const auto* const found = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& kind) { return kind.name == node.kind; });
    return found == kinds.end() ? other_kind : *found;
}

/// The states that a picture shows, as class names; a ready node looks like any other.
std::string_view shown_state(const LineageNode& node) {
    for (const std::string_view state : {"deleted", "quarantined", "refused"}) {
        if (node.state == state) return state;
    }
    return "";
}

std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : clean_label(text)) {
        switch (c) {
            case '&': safe += "&amp;"; break;
            case '<': safe += "&lt;"; break;
            case '>': safe += "&gt;"; break;
            case '"': safe += "&quot;"; break;
            case '\'': safe += "&#39;"; break;
            default: safe += c;
        }
    }
    return safe;
}

long px(double value) { return std::lround(value); }

double box_width(const LineageNode& node) {
    const double label = static_cast<double>(std::min(cells(node_label(node)), label_cells)) * label_cell;
    const double detail = static_cast<double>(std::min(cells(clean_label(node.detail)), detail_cells)) * detail_cell;
    return std::max(text_left + std::max(label, detail) + text_right, 128.0);
}

double relation_width(const LineageLink& link) {
    return static_cast<double>(std::min(cells(link.relation), relation_cells)) * relation_cell;
}

/// Finds free places for the labels of links: a label never covers another one.
class LabelRoom {
public:
    struct Place {
        double x;  ///< middle
        double y;
    };
    bool take(Place place, double width) {
        const long row = px(place.y / row_height);
        for (long near = row - 1; near <= row + 1; ++near) {
            for (const auto& [other, other_width] : taken_[near]) {
                if (std::abs(other.y - place.y) < row_height && std::abs(other.x - place.x) < (other_width + width) / 2) return false;
            }
        }
        taken_[row].emplace_back(place, width);
        return true;
    }

private:
    static constexpr double row_height = 13;
    std::map<long, std::vector<std::pair<Place, double>>> taken_;
};

class Svg {
public:
    explicit Svg(const LineageGraph& graph) : graph_(graph) {
        const LineageMetrics metrics{.width = box_width,
                                     .height = [](const LineageNode& node) { return node.detail.empty() ? 38.0 : 50.0; },
                                     .label_width = relation_width};
        layout_ = lay_out(graph, metrics);
        leaving_.resize(graph.nodes.size());
        entering_.resize(graph.nodes.size());
        for (const LineageLink& link : layout_.links) {
            ++leaving_[link.from];
            ++entering_[link.to];
        }
        width_ = std::max(layout_.width + 2 * margin, min_width);
        height_ = layout_.height + header_height + footer_height + (graph.truncated ? 20 : 0);
        left_ = (width_ - layout_.width) / 2;
        const auto asked =
            std::find_if(graph.nodes.begin(), graph.nodes.end(), [&](const LineageNode& node) { return node.id == graph.of; });
        name_ = asked == graph.nodes.end() ? clean_label(graph.of) : node_label(*asked);
    }

    std::string draw() {
        frame();
        for (std::size_t i = 0; i < layout_.links.size(); ++i) link(i);
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i) node(graph_.nodes[i], layout_.boxes[i]);
        // On top of the boxes: a label is small and must be read.
        for (std::size_t i = 0; i < layout_.links.size(); ++i) relation(i);
        footer();
        out_ += "</svg>\n";
        return std::move(out_);
    }

private:
    template <class... Values>
    void put(fmt::format_string<Values...> format, Values&&... values) {
        fmt::format_to(std::back_inserter(out_), format, std::forward<Values>(values)...);
    }

    [[nodiscard]] std::string counts() const {
        std::string text;
        const auto count = [&](const Kind& kind) {
            const auto number =
                std::count_if(graph_.nodes.begin(), graph_.nodes.end(), [&](const LineageNode& each) { return &kind_of(each) == &kind; });
            if (number > 0) text += fmt::format("{}{} {}", text.empty() ? "" : " · ", number, number == 1 ? kind.name : kind.plural);
        };
        for (const Kind& kind : kinds) count(kind);
        count(other_kind);
        return text.empty() ? "nothing is known" : text;
    }

    void frame() {
        put(R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img" )"
            "aria-labelledby=\"lineage-title lineage-desc\">\n",
            px(width_), px(height_));
        put("<title id=\"lineage-title\">Lineage of {}</title>\n", escaped(name_));
        put("<desc id=\"lineage-desc\">{}{}. What came first is on the left.</desc>\n", counts(),
            graph_.truncated ? ", and more that is not shown" : "");
        out_ += style;
        for (const std::string_view refused : {"", "-refused"}) {
            put(R"(<defs><marker id="tip{}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" )"
                R"(orient="auto-start-reverse"><path class="tip{}" d="M0 .6 7.4 4 0 7.4z"/></marker></defs>)"
                "\n",
                refused, refused.empty() ? "" : " refused");
        }
        put("<rect class=\"paper\" width=\"{}\" height=\"{}\"/>\n", px(width_), px(height_));
        put("<text class=\"heading\" x=\"{}\" y=\"36\">Lineage of {}</text>\n", px(margin), escaped(shorten(name_, 60)));
        put("<text class=\"about\" x=\"{}\" y=\"56\">{}</text>\n", px(margin), counts());
    }

    [[nodiscard]] LineageLayout::Point at(LineageLayout::Point point) const { return {point.x + left_, point.y + header_height}; }

    void link(std::size_t index) {
        const LineageLink& link = layout_.links[index];
        const bool refused = shown_state(graph_.nodes[link.to]) == "refused" && !link.backward;
        const auto& route = layout_.routes[index];
        put(R"svg(<path class="link{0}" marker-{1}="url(#tip{2})" d="M{3} {4})svg", refused ? " refused" : "",
            link.backward ? "start" : "end", refused ? "-refused" : "", px(at(route[0]).x), px(at(route[0]).y));
        for (std::size_t i = 1; i < route.size(); ++i) {
            const auto from = at(route[i - 1]);
            const auto to = at(route[i]);
            const double x = (from.x + to.x) / 2;
            if (i % 2 == 0 || px(from.y) == px(to.y)) {  // through a column, or straight across
                put("H{}", px(to.x));
            } else {
                put("C{0} {1} {0} {2} {3} {2}", px(x), px(from.y), px(to.y), px(to.x));
            }
        }
        put("\"><title>{} → {}{}</title></path>\n", escaped(node_label(graph_.nodes[link.from])),
            escaped(node_label(graph_.nodes[link.to])), link.relation.empty() ? "" : ": " + escaped(link.relation));
    }

    /// The relation beside the first curve of its link, at the first free place; without one, the tooltip has it.
    void relation(std::size_t index) {
        const LineageLink& link = layout_.links[index];
        if (link.relation.empty()) return;
        const auto from = at(layout_.routes[index][0]);
        const auto to = at(layout_.routes[index][1]);
        const double width = relation_width(link);
        // Where links part or meet they are close together: the other end has more room.
        const bool fans_out = leaving_[link.from] > entering_[link.to];
        for (const double where : {0.68, 0.6, 0.76, 0.5, 0.42, 0.34}) {
            const double t = fans_out ? where : 1 - where;
            const double u = 1 - t;
            const double x = from.x + (to.x - from.x) * (1.5 * u * t + t * t * t);
            const double y = from.y + (to.y - from.y) * (3 * t * t * u + t * t * t);
            const double first = from.x + width / 2 + 6;
            const double last = to.x - width / 2 - 12;
            const LabelRoom::Place place{first < last ? std::clamp(x, first, last) : (from.x + to.x) / 2, y};
            if (!room_.take(place, width + 4)) continue;
            put("<text class=\"relation\" x=\"{}\" y=\"{}\">{}</text>\n", px(place.x), px(place.y) + 3,
                escaped(shorten(link.relation, relation_cells)));
            return;
        }
    }

    void node(const LineageNode& node, const LineageLayout::Box& box) {
        const Kind& kind = kind_of(node);
        const std::string_view state = shown_state(node);
        const bool asked = node.id == graph_.of;
        const long x = px(box.x + left_);
        const long y = px(box.y + header_height);
        const long width = px(box.width);
        const long height = px(box.height);
        put("<g class=\"{}{}{}{}\"><title>{} {}", kind.name, state.empty() ? "" : " ", state, asked ? " asked" : "", escaped(node.kind),
            escaped(node_label(node)));
        if (!node.detail.empty()) put("\n{}", escaped(node.detail));
        if (!node.state.empty()) put("\n{}", escaped(node.state));
        out_ += "</title>\n";
        if (asked) put(R"(<rect class="ring" x="{}" y="{}" width="{}" height="{}" rx="13"/>)", x - 5, y - 5, width + 10, height + 10);
        put(R"(<rect class="box" x="{}" y="{}" width="{}" height="{}" rx="9"/>)", x, y, width, height);
        put(R"svg(<path class="icon" transform="translate({} {})" d="{}"/>)svg", x + 12, y + height / 2 - 8, kind.icon);
        put(R"(<text class="label" x="{}" y="{}">{}</text>)", x + px(text_left), y + (node.detail.empty() ? 24 : 22),
            escaped(shorten(node_label(node), label_cells)));
        if (!node.detail.empty()) {
            put(R"(<text class="detail" x="{}" y="{}">{}</text>)", x + px(text_left), y + 38,
                escaped(shorten(clean_label(node.detail), detail_cells)));
        }
        if (!state.empty()) {
            const long badge = static_cast<long>(state.size()) * 6 + 16;
            put(R"(<g class="badge"><rect x="{}" y="{}" width="{}" height="15" rx="7.5"/><text x="{}" y="{}">{}</text></g>)",
                x + width - badge - 8, y - 8, badge, x + width - 8 - badge / 2, y + 3, state);
        }
        out_ += "</g>\n";
    }

    /// What the shapes mean, for the kinds that are there, and whether something is missing.
    void footer() {
        const double y = header_height + layout_.height + 40;
        double x = margin;
        const auto entry = [&](const Kind& kind) {
            const auto is_one = [&](const LineageNode& each) { return &kind_of(each) == &kind; };
            if (std::none_of(graph_.nodes.begin(), graph_.nodes.end(), is_one)) return;
            put(R"(<g class="{}"><rect class="box" x="{}" y="{}" width="24" height="24" rx="6"/>)", kind.name, px(x), px(y - 16));
            put(R"svg(<path class="icon" transform="translate({} {})" d="{}"/><text class="legend" x="{}" y="{}">{}</text></g>)svg"
                "\n",
                px(x + 4), px(y - 12), kind.icon, px(x + 32), px(y), kind.name);
            x += 32 + static_cast<double>(kind.name.size()) * 7 + 22;
        };
        for (const Kind& kind : kinds) entry(kind);
        entry(other_kind);
        if (graph_.truncated) {
            put("<text class=\"note\" x=\"{}\" y=\"{}\">Only a part is shown: the lineage goes on beyond the limit.</text>\n", px(margin),
                px(y + 30));
        }
    }

    const LineageGraph& graph_;
    LineageLayout layout_;
    double width_ = 0;
    double height_ = 0;
    double left_ = 0;
    std::string name_;
    std::vector<std::size_t> leaving_;   ///< links by node
    std::vector<std::size_t> entering_;
    LabelRoom room_;
    std::string out_;
};

}  // namespace

std::string lineage_svg(const LineageGraph& graph) { return Svg(graph).draw(); }

}  // namespace assay
