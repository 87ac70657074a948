#include "registry/lineage_layout.hpp"

#include "registry/lineage_label.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace assay {
namespace {

constexpr double node_gap = 26;
constexpr double link_gap = 14;
constexpr double min_column_gap = 56;
constexpr double label_margin = 84;
constexpr double max_end_gap = 11;  // between the ends of links at a box
constexpr double corner = 9;        // of a box, where no link ends
constexpr std::size_t max_waypoints = 20'000;  // beyond it, long links run straight over the columns between
constexpr std::size_t many_items = 4'000;      // more than a person looks at: fewer sweeps
constexpr double anywhere = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

/// A node, or the place where a long link passes a layer.
struct Item {
    std::size_t node = none;
    std::size_t layer = 0;
    double height = 0;
    double y = 0;  ///< of its middle
    std::vector<std::size_t> before;  ///< items of the layer to the left
    std::vector<std::size_t> after;
};

class Layouter {
public:
    Layouter(const LineageGraph& graph, const LineageMetrics& metrics) : graph_(graph), metrics_(metrics) {
        layout_.links = lineage_links(graph);
    }

    LineageLayout run() {
        turn_cycles();
        assign_layers();
        make_items();
        order_items();
        place_rows();
        place_columns();
        return std::move(layout_);
    }

private:
    [[nodiscard]] std::size_t tail(const LineageLink& link) const { return link.backward ? link.to : link.from; }
    [[nodiscard]] std::size_t head(const LineageLink& link) const { return link.backward ? link.from : link.to; }

    /// Marks the links that close a cycle, by depth-first search without recursion.
    void turn_cycles() {
        std::vector<std::vector<std::size_t>> out(graph_.nodes.size());
        for (std::size_t i = 0; i < layout_.links.size(); ++i) out[layout_.links[i].from].push_back(i);
        enum class Mark : std::uint8_t { unseen, open, done };
        std::vector<Mark> marks(out.size(), Mark::unseen);
        std::vector<std::pair<std::size_t, std::size_t>> path;  // node, next link of it
        for (std::size_t start = 0; start < out.size(); ++start) {
            if (marks[start] != Mark::unseen) continue;
            path.emplace_back(start, 0);
            marks[start] = Mark::open;
            while (!path.empty()) {
                auto& [node, next] = path.back();
                if (next == out[node].size()) {
                    marks[node] = Mark::done;
                    path.pop_back();
                    continue;
                }
                LineageLink& link = layout_.links[out[node][next++]];
                if (marks[link.to] == Mark::open) link.backward = true;
                if (marks[link.to] != Mark::unseen) continue;
                marks[link.to] = Mark::open;
                path.emplace_back(link.to, 0);
            }
        }
    }

    void assign_layers() {
        const std::size_t count = graph_.nodes.size();
        std::vector<std::vector<std::size_t>> out(count);
        std::vector<std::size_t> waiting(count, 0);
        for (const LineageLink& link : layout_.links) {
            out[tail(link)].push_back(head(link));
            ++waiting[head(link)];
        }
        layers_.assign(count, 0);
        std::vector<bool> source(count, false);
        std::vector<std::size_t> ready;
        for (std::size_t node = 0; node < count; ++node) {
            source[node] = waiting[node] == 0;
            if (source[node]) ready.push_back(node);
        }
        for (std::size_t at = 0; at < ready.size(); ++at) {
            for (const std::size_t next : out[ready[at]]) {
                layers_[next] = std::max(layers_[next], layers_[ready[at]] + 1);
                if (--waiting[next] == 0) ready.push_back(next);
            }
        }
        for (std::size_t node = 0; node < count; ++node) {
            if (!source[node] || out[node].empty()) continue;
            std::size_t nearest = none;
            for (const std::size_t next : out[node]) nearest = std::min(nearest, layers_[next]);
            layers_[node] = nearest - 1;
        }
    }

    void make_items() {
        const std::size_t count = graph_.nodes.size();
        std::size_t last = 0;
        for (const std::size_t layer : layers_) last = std::max(last, layer);
        order_.resize(count == 0 ? 0 : last + 1);
        items_.resize(count);
        for (std::size_t node = 0; node < count; ++node) {
            items_[node].node = node;
            items_[node].layer = layers_[node];
            items_[node].height = metrics_.height(graph_.nodes[node]);
        }
        std::size_t waypoints = 0;
        for (const LineageLink& link : layout_.links) waypoints += layers_[head(link)] - layers_[tail(link)] - 1;
        chains_.resize(layout_.links.size());
        for (std::size_t i = 0; i < layout_.links.size(); ++i) {
            const std::size_t from = tail(layout_.links[i]);
            const std::size_t to = head(layout_.links[i]);
            std::size_t at = from;
            if (waypoints <= max_waypoints) {
                for (std::size_t layer = layers_[from] + 1; layer < layers_[to]; ++layer) {
                    items_.push_back({.node = none, .layer = layer, .height = 0, .y = 0, .before = {}, .after = {}});
                    connect(at, items_.size() - 1);
                    at = items_.size() - 1;
                    chains_[i].push_back(at);
                }
            }
            if (items_[at].layer + 1 == layers_[to]) connect(at, to);
        }
        for (std::size_t item = 0; item < items_.size(); ++item) order_[items_[item].layer].push_back(item);
        rank_.resize(items_.size());
    }

    void connect(std::size_t left, std::size_t right) {
        items_[left].after.push_back(right);
        items_[right].before.push_back(left);
    }

    void rank(const std::vector<std::size_t>& layer) {
        for (std::size_t i = 0; i < layer.size(); ++i) rank_[layer[i]] = i;
    }

    /// Sorts one layer by where its neighbours on one side are; items without neighbours stay where they are.
    void sort_layer(std::vector<std::size_t>& layer, bool by_left) {
        std::vector<std::pair<double, std::size_t>> keyed;
        keyed.reserve(layer.size());
        for (std::size_t i = 0; i < layer.size(); ++i) {
            const auto& neighbours = by_left ? items_[layer[i]].before : items_[layer[i]].after;
            double centre = static_cast<double>(i);
            if (!neighbours.empty()) {
                double sum = 0;
                for (const std::size_t neighbour : neighbours) sum += static_cast<double>(rank_[neighbour]);
                centre = sum / static_cast<double>(neighbours.size());
            }
            keyed.emplace_back(centre, layer[i]);
        }
        std::stable_sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        for (std::size_t i = 0; i < layer.size(); ++i) layer[i] = keyed[i].second;
        rank(layer);
    }

    /// Pairs of links that cross, by counting inversions with a Fenwick tree.
    [[nodiscard]] std::uint64_t crossings() const {
        std::uint64_t total = 0;
        std::vector<std::uint32_t> tree;
        std::vector<std::size_t> ends;
        for (std::size_t layer = 0; layer + 1 < order_.size(); ++layer) {
            tree.assign(order_[layer + 1].size() + 1, 0);
            std::uint64_t seen = 0;
            for (const std::size_t item : order_[layer]) {
                ends.clear();
                for (const std::size_t neighbour : items_[item].after) ends.push_back(rank_[neighbour]);
                for (const std::size_t end : ends) {
                    std::uint64_t not_after = 0;
                    for (std::size_t i = end + 1; i > 0; i -= i & (~i + 1)) not_after += tree[i];
                    total += seen - not_after;
                }
                for (const std::size_t end : ends) {
                    for (std::size_t i = end + 1; i < tree.size(); i += i & (~i + 1)) ++tree[i];
                }
                seen += ends.size();
            }
        }
        return total;
    }

    void order_items() {
        for (const auto& layer : order_) rank(layer);
        auto best = order_;
        std::uint64_t fewest = crossings();
        const int sweeps = items_.size() > many_items ? 6 : 16;
        for (int sweep = 0; sweep < sweeps && fewest > 0; ++sweep) {
            if (sweep % 2 == 0) {
                for (std::size_t layer = 1; layer < order_.size(); ++layer) sort_layer(order_[layer], true);
            } else {
                for (std::size_t layer = order_.size() - 1; layer-- > 0;) sort_layer(order_[layer], false);
            }
            const std::uint64_t now = crossings();
            if (now >= fewest) continue;
            fewest = now;
            best = order_;
        }
        order_ = std::move(best);
        for (const auto& layer : order_) rank(layer);
    }

    [[nodiscard]] double distance(std::size_t above, std::size_t below) const {
        const bool boxes = items_[above].node != none && items_[below].node != none;
        return (items_[above].height + items_[below].height) / 2 + (boxes ? node_gap : link_gap);
    }

    /// Moves the items of a layer as near to where they want to be as their order and distances allow.
    void settle(const std::vector<std::size_t>& layer, const std::vector<double>& wanted) {
        struct Block {
            double sum;
            double weight;
            std::size_t count;
        };
        std::vector<Block> blocks;
        std::vector<double> offsets(layer.size(), 0);
        for (std::size_t i = 0; i < layer.size(); ++i) {
            if (i > 0) offsets[i] = offsets[i - 1] + distance(layer[i - 1], layer[i]);
            const double weight = items_[layer[i]].node == none ? 4 : 1;  // a long link that bends is harder to follow than a short one
            blocks.push_back({(wanted[i] - offsets[i]) * weight, weight, 1});
            while (blocks.size() > 1) {
                const Block& last = blocks.back();
                Block& previous = blocks[blocks.size() - 2];
                if (previous.sum / previous.weight <= last.sum / last.weight) break;
                previous = {previous.sum + last.sum, previous.weight + last.weight, previous.count + last.count};
                blocks.pop_back();
            }
        }
        std::size_t i = 0;
        for (const Block& block : blocks) {
            for (std::size_t k = 0; k < block.count; ++k, ++i) items_[layer[i]].y = block.sum / block.weight + offsets[i];
        }
    }

    /// What is connected to nothing goes right below what stands above it in its layer.
    void fill_gaps(const std::vector<std::size_t>& layer, std::vector<double>& wanted) const {
        const auto first = std::find_if(wanted.begin(), wanted.end(), [](double y) { return !std::isnan(y); });
        const auto start = static_cast<std::size_t>(first - wanted.begin());
        if (first == wanted.end()) wanted[0] = 0;
        for (std::size_t i = start == wanted.size() ? 1 : start; i < wanted.size(); ++i) {
            if (std::isnan(wanted[i])) wanted[i] = wanted[i - 1] + distance(layer[i - 1], layer[i]);
        }
        if (first == wanted.end()) return;
        for (std::size_t i = start; i-- > 0;) wanted[i] = wanted[i + 1] - distance(layer[i], layer[i + 1]);
    }

    void place_rows() {
        for (const auto& layer : order_) settle(layer, std::vector<double>(layer.size(), 0));
        std::vector<double> wanted;
        const int sweeps = items_.size() > many_items ? 6 : 14;
        for (int sweep = 0; sweep < sweeps; ++sweep) {
            const bool last = sweep + 1 == sweeps;
            for (std::size_t step = 0; step < order_.size(); ++step) {
                const auto& layer = order_[sweep % 2 == 0 ? step : order_.size() - 1 - step];
                wanted.clear();
                for (const std::size_t item : layer) {
                    double sum = 0;
                    std::size_t count = 0;
                    const auto add = [&](const std::vector<std::size_t>& neighbours) {
                        for (const std::size_t neighbour : neighbours) sum += items_[neighbour].y;
                        count += neighbours.size();
                    };
                    const Item& it = items_[item];
                    if (last || sweep % 2 == 0 || it.after.empty()) add(it.before);
                    if (last || sweep % 2 == 1 || it.before.empty()) add(it.after);
                    wanted.push_back(count == 0 ? anywhere : sum / static_cast<double>(count));
                }
                fill_gaps(layer, wanted);
                settle(layer, wanted);
            }
        }
        if (items_.empty()) return;
        double top = std::numeric_limits<double>::infinity();
        double bottom = -top;
        for (const Item& item : items_) {
            top = std::min(top, item.y - item.height / 2);
            bottom = std::max(bottom, item.y + item.height / 2);
        }
        for (Item& item : items_) item.y -= top;
        layout_.height = bottom - top;
    }

    void place_columns() {
        std::vector<double> width(order_.size(), 0);
        std::vector<double> gap(order_.size(), min_column_gap);
        for (std::size_t node = 0; node < graph_.nodes.size(); ++node) {
            width[layers_[node]] = std::max(width[layers_[node]], metrics_.width(graph_.nodes[node]));
        }
        for (const LineageLink& link : layout_.links) {
            double& needed = gap[layers_[tail(link)]];
            needed = std::max(needed, metrics_.label_width(link) + label_margin);
        }
        std::vector<double> left(order_.size(), 0);
        for (std::size_t layer = 1; layer < order_.size(); ++layer) left[layer] = left[layer - 1] + width[layer - 1] + gap[layer - 1];
        if (!order_.empty()) layout_.width = left.back() + width.back();

        for (std::size_t node = 0; node < graph_.nodes.size(); ++node) {
            const Item& item = items_[node];
            layout_.boxes.push_back({left[item.layer], item.y - item.height / 2, width[item.layer], item.height});
        }
        for (std::size_t i = 0; i < layout_.links.size(); ++i) {
            const Item& from = items_[tail(layout_.links[i])];
            const Item& to = items_[head(layout_.links[i])];
            auto& route = layout_.routes.emplace_back();
            route.push_back({left[from.layer] + width[from.layer], from.y});
            for (const std::size_t at : chains_[i]) {
                route.push_back({left[items_[at].layer], items_[at].y});
                route.push_back({left[items_[at].layer] + width[items_[at].layer], items_[at].y});
            }
            route.push_back({left[to.layer], to.y});
        }
        spread_ends(true);
        spread_ends(false);
    }

    /// Links that leave (or enter) a box by the same side do so one below the other, in the order of where they go.
    void spread_ends(bool leaving) {
        std::vector<std::vector<std::size_t>> at_box(graph_.nodes.size());
        for (std::size_t i = 0; i < layout_.links.size(); ++i) {
            at_box[leaving ? tail(layout_.links[i]) : head(layout_.links[i])].push_back(i);
        }
        for (std::size_t node = 0; node < at_box.size(); ++node) {
            auto& links = at_box[node];
            if (links.size() < 2) continue;
            const auto towards = [&](std::size_t link) {
                const auto& route = layout_.routes[link];
                return leaving ? route[1].y : route[route.size() - 2].y;
            };
            std::stable_sort(links.begin(), links.end(), [&](std::size_t a, std::size_t b) { return towards(a) < towards(b); });
            const double steps = static_cast<double>(links.size() - 1);
            const double step = std::min(max_end_gap, (items_[node].height - 2 * corner) / steps);
            for (std::size_t i = 0; i < links.size(); ++i) {
                auto& route = layout_.routes[links[i]];
                (leaving ? route.front() : route.back()).y = items_[node].y + (static_cast<double>(i) - steps / 2) * step;
            }
        }
    }

    const LineageGraph& graph_;
    const LineageMetrics& metrics_;
    LineageLayout layout_;
    std::vector<std::size_t> layers_;                 ///< by node
    std::vector<Item> items_;                         ///< the nodes first, in their order
    std::vector<std::vector<std::size_t>> order_;     ///< items by layer, from the top
    std::vector<std::size_t> rank_;                   ///< place of an item in its layer
    std::vector<std::vector<std::size_t>> chains_;    ///< waypoints by link
};

}  // namespace

std::vector<LineageLink> lineage_links(const LineageGraph& graph) {
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) places.emplace(graph.nodes[i].id, i);
    std::vector<LineageLink> links;
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> known;
    for (const LineageEdge& edge : graph.edges) {
        const auto from = places.find(edge.from);
        const auto to = places.find(edge.to);
        if (from == places.end() || to == places.end() || from == to) continue;
        const std::string relation = relation_label(edge.relation);
        const auto [place, added] = known.try_emplace({from->second, to->second}, links.size());
        if (added) {
            links.push_back({from->second, to->second, relation, false});
            continue;
        }
        std::string& said = links[place->second].relation;
        if ((", " + said + ", ").find(", " + relation + ", ") == std::string::npos) said += (said.empty() ? "" : ", ") + relation;
    }
    return links;
}

LineageLayout lay_out(const LineageGraph& graph, const LineageMetrics& metrics) { return Layouter(graph, metrics).run(); }

}  // namespace assay
