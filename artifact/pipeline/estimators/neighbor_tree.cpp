#include "artifact/pipeline/estimators/neighbor_tree.hpp"

#include "artifact/pipeline/estimators/node_field.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace assay::pipeline {

namespace {

/// The nearest so far, the furthest of them in front.
class NeighborHeap {
public:
    explicit NeighborHeap(std::size_t size) : distances_(size, std::numeric_limits<double>::infinity()), places_(size, 0) {}
    [[nodiscard]] double largest() const { return distances_.front(); }
    [[nodiscard]] std::vector<std::size_t> places() && { return std::move(places_); }

    void push(double distance, std::size_t place) {
        if (distance >= largest()) return;
        std::size_t at = 0;
        while (true) {
            const std::size_t left = 2 * at + 1;
            const std::size_t right = left + 1;
            if (left >= distances_.size()) break;
            const std::size_t larger = right >= distances_.size() || distances_[left] >= distances_[right] ? left : right;
            if (!(distance < distances_[larger])) break;
            distances_[at] = distances_[larger];
            places_[at] = places_[larger];
            at = larger;
        }
        distances_[at] = distance;
        places_[at] = place;
    }

private:
    std::vector<double> distances_;
    std::vector<std::size_t> places_;
};

}  // namespace

struct NeighborTree::Query {
    const double* row;
    const Matrix* points;
    const Distance* distance;
    NeighborHeap heap;
};

std::vector<std::size_t> NeighborTree::nearest(const double* row, std::size_t count, const Matrix& points, const Distance& distance) const {
    Query query{row, &points, &distance, NeighborHeap(count)};
    look(query, 0, bound(0, row, distance));
    return std::move(query.heap).places();
}

double NeighborTree::bound(std::size_t node, const double* row, const Distance& distance) const {
    if (ball_) {
        const auto width = static_cast<Eigen::Index>(width_);
        const double far = distance.full(distance.reduced(row, bounds_.data() + node * width_, width));
        return distance.reduce(std::max(0.0, far - nodes_[node].radius));
    }
    const double* const low = bounds_.data() + node * width_;
    const double* const high = bounds_.data() + (nodes_.size() + node) * width_;
    double sum = 0;
    for (std::size_t i = 0; i < width_; ++i) {
        const double below = low[i] - row[i];
        const double above = row[i] - high[i];
        const double off = 0.5 * ((below + std::abs(below)) + (above + std::abs(above)));
        if (distance.kind == Distance::Kind::chebyshev) {
            sum = std::max(sum, off);
        } else {
            sum += distance.kind == Distance::Kind::manhattan ? off : off * off;
        }
    }
    return sum;
}

void NeighborTree::look(Query& query, std::size_t node, double bound_of_node) const {
    const Node& here = nodes_[node];
    if (bound_of_node > query.heap.largest()) return;
    if (here.leaf) {
        for (std::size_t i = here.first; i < here.last; ++i) {
            const double* const point = query.points->row(static_cast<Eigen::Index>(order_[i])).data();
            query.heap.push(query.distance->reduced(query.row, point, static_cast<Eigen::Index>(width_)), order_[i]);
        }
        return;
    }
    const std::size_t left = 2 * node + 1;
    const double left_bound = bound(left, query.row, *query.distance);
    const double right_bound = bound(left + 1, query.row, *query.distance);
    const bool left_first = left_bound <= right_bound;
    look(query, left_first ? left : left + 1, left_first ? left_bound : right_bound);
    look(query, left_first ? left + 1 : left, left_first ? right_bound : left_bound);
}

namespace {

/// The members of a tree's state: data, order, nodes, bounds, …, the metric, the weights of its rows.
enum TreeMember : std::size_t {
    member_data,
    member_order,
    member_nodes,
    member_bounds,
    member_metric = 11,
    member_weights = 12,
    member_count = 13
};

/// "EuclideanDistance64" of an instance, which is made by a function that is given its class.
std::string metric_class_of(const Fitted& value) {
    if (!value.is(FittedKind::object)) return {};
    const FittedObject object = value.object();
    std::string name = object.cls;
    if (!object.arguments.empty() && value.at(object.arguments.front()).is(FittedKind::name))
        name = value.at(object.arguments.front()).name();
    return name.substr(name.rfind('.') + 1);
}

std::string_view metric_class(Distance::Kind kind) {
    using Kind = Distance::Kind;
    switch (kind) {
        case Kind::euclidean: return "EuclideanDistance";
        case Kind::manhattan: return "ManhattanDistance";
        case Kind::chebyshev: return "ChebyshevDistance";
        case Kind::minkowski: return "MinkowskiDistance";
        case Kind::standardized: return "SEuclideanDistance";
        case Kind::canberra: return "CanberraDistance";
        case Kind::bray_curtis: return "BrayCurtisDistance";
        default: return "no class of a tree's metric";
    }
}

/// Its class, and the members of its state; empty where the file keeps it otherwise.
std::vector<Fitted> tree_state(const Fitted& value) {
    if (!value.is(FittedKind::object)) return {};
    const FittedObject object = value.object();
    if (!object.tuple || !object.plain) return {};
    std::vector<Fitted> members = value.at(*object.tuple).items();
    if (members.size() != member_count) members.clear();
    return members;
}

}  // namespace

std::optional<NeighborTree> NeighborTree::read(StateReader& state, const Fitted& value, const Matrix& points, const Distance& distance) {
    const std::vector<Fitted> members = tree_state(value);
    if (members.empty() || state.failed()) return std::nullopt;
    const auto wrong = [&](const std::string& what) -> std::optional<NeighborTree> {
        state.problem_of("_tree", what);
        return std::nullopt;
    };
    const std::string metric = metric_class_of(members[member_metric]);
    if (!metric.starts_with(metric_class(distance.kind)))
        return wrong("has the metric " + metric + ", and the effective metric is another");
    NeighborTree made;
    for (const TreeMember part : {member_order, member_nodes, member_bounds}) {
        if (!members[part].is(FittedKind::array)) return wrong("has no arrays");
    }
    const FittedArray nodes = members[member_nodes].array();
    const FittedArray bounds = members[member_bounds].array();
    const auto rows = static_cast<std::size_t>(points.rows());
    made.width_ = static_cast<std::size_t>(points.cols());
    for (const std::int64_t place : state.integers_of(members[member_order], "attribute _tree: its order")) {
        if (place < 0 || static_cast<std::size_t>(place) >= rows) return wrong(fmt::format("names row {} of {}", place, rows));
        made.order_.push_back(static_cast<std::size_t>(place));
    }
    if (state.failed()) return std::nullopt;
    if (made.order_.size() != rows || nodes.shape.size() != 1 || nodes.shape[0] == 0 || nodes.shape[0] > 4 * rows + 4)
        return wrong("has not as many rows, or nodes, as its rows need");
    const auto count = static_cast<std::size_t>(nodes.shape[0]);
    if (bounds.shape.size() != 3 || (bounds.shape[0] != 1 && bounds.shape[0] != 2) || bounds.shape[1] != count ||
        bounds.shape[2] != made.width_ || bounds.size() > state.budget().numbers)
        return wrong("has bounds of another shape than its nodes need");
    state.budget().numbers -= bounds.size();
    made.ball_ = bounds.shape[0] == 1;
    auto numbers = numbers_of(bounds);
    if (!numbers) return wrong("has bounds that are no numbers");
    made.bounds_ = *std::move(numbers);
    using Kind = NodeField::Kind;
    const NodeField first(nodes, "idx_start", Kind::integer);
    const NodeField last(nodes, "idx_end", Kind::integer);
    const NodeField leaf(nodes, "is_leaf", Kind::integer);
    const NodeField radius(nodes, "radius", Kind::real);
    if (!first.there() || !last.there() || !leaf.there() || !radius.there()) return wrong("has nodes in a layout that is not known");
    std::size_t in_leaves = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t from = first.integer(i);
        const std::int64_t to = last.integer(i);
        if (from < 0 || to < from || static_cast<std::size_t>(to) > rows)
            return wrong(fmt::format("has the rows {} to {} at node {}", from, to, i));
        const bool ends = leaf.integer(i) != 0;
        if (!ends && 2 * i + 2 >= count) return wrong(fmt::format("has no children at node {}", i));
        if (ends) in_leaves += static_cast<std::size_t>(to - from);
        made.nodes_.push_back({static_cast<std::size_t>(from), static_cast<std::size_t>(to), ends, radius.real(i)});
    }
    if (in_leaves != rows) return wrong(fmt::format("has {} rows in its leaves, of {}", in_leaves, rows));
    return made;
}

NeighborTree::Rows NeighborTree::read_rows_of(StateReader& state, const Fitted& value) {
    Rows made;
    const std::vector<Fitted> members = tree_state(value);
    if (members.empty()) return state.problem("its tree is kept in a way that is not read here"), made;
    made.metric = metric_class_of(members[member_metric]);
    made.points = state.matrix_of(members[member_data], "its tree's rows");
    if (!state.failed()) state.require_that(made.points.rows() > 0 && made.points.allFinite(), "its tree's rows are none, or no numbers");
    if (!members[member_weights].is_none())
        made.weights = state.vector_of(members[member_weights], "its tree's weights", static_cast<std::size_t>(made.points.rows()));
    return made;
}

}  // namespace assay::pipeline
