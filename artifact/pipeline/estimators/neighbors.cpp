#include "artifact/pipeline/estimators/neighbors.hpp"

#include "artifact/pipeline/rounding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

// sklearn/neighbors/_base.py.

namespace assay::pipeline {

std::vector<double> NeighborSearch::reduced_distances(const double* row) const {
    std::vector<double> found(size());
    const bool rounds = WorstRounding::is_on() && (brute || !distance.is_exact());
    for (std::size_t i = 0; i < found.size(); ++i) {
        const double* const point = points.row(static_cast<Eigen::Index>(i)).data();
        found[i] = distance.reduced(row, point, points.cols());
        if (rounds) {
            const double off = slack(row, found[i], i) / std::numeric_limits<double>::epsilon();
            found[i] = std::max(0.0, rounded_worst(found[i], off, 0.25, i));
        }
    }
    return found;
}

double NeighborSearch::slack(const double* row, double reduced, std::size_t place) const {
    using Kind = Distance::Kind;
    const double units = std::numeric_limits<double>::epsilon() * 2 * (static_cast<double>(points.cols()) + 4);
    if (brute && (distance.kind == Kind::euclidean || distance.kind == Kind::squared)) {
        // |a|² - 2ab + |b|² (sklearn/metrics/pairwise.py, euclidean_distances).
        const auto point = points.row(static_cast<Eigen::Index>(place));
        const double length = Eigen::Map<const Vector>(row, points.cols()).squaredNorm();
        return units * (length + point.squaredNorm());
    }
    if (distance.kind == Kind::cosine) return units;
    if (distance.is_exact() && !brute) return 0;
    return units * reduced;
}

NeighborSearch::Found NeighborSearch::nearest(const double* row, std::size_t count) const {
    const std::vector<double> reduced = reduced_distances(row);
    std::vector<std::size_t> order(reduced.size());
    std::iota(order.begin(), order.end(), 0);
    const auto closer = [&](std::size_t a, std::size_t b) { return reduced[a] != reduced[b] ? reduced[a] < reduced[b] : a < b; };
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(count);
    std::nth_element(order.begin(), end - 1, order.end(), closer);
    std::sort(order.begin(), end, closer);
    Found found;
    found.places.assign(order.begin(), end);
    for (const std::size_t place : found.places) found.distances.push_back(distance.full(reduced[place]));
    const std::size_t last = found.places.back();
    const double edge = slack(row, reduced[last], last);
    std::size_t inside = 0;
    for (const std::size_t place : order) {
        const double apart = std::abs(reduced[place] - reduced[last]);
        if (apart <= edge + slack(row, reduced[place], place)) {
            found.tied.push_back(place);
        } else if (reduced[place] < reduced[last]) {
            ++inside;
        }
    }
    if (inside + found.tied.size() == count) found.tied.clear();
    // A tree that goes by what is no metric does not find the nearest always.
    const bool by_tree = distance.kind == Distance::Kind::bray_curtis || (!found.tied.empty() && distance.is_exact());
    if (tree && by_tree) {
        found.places = tree->nearest(row, count, points, distance);
        std::ranges::sort(found.places, closer);
        for (std::size_t i = 0; i < count; ++i) found.distances[i] = distance.full(reduced[found.places[i]]);
        found.tied.clear();
    }
    return found;
}

NeighborSearch::Found NeighborSearch::within(const double* row, double radius) const {
    const std::vector<double> reduced = reduced_distances(row);
    const double limit = distance.reduce(radius);
    Found found;
    for (std::size_t i = 0; i < reduced.size(); ++i) {
        if (reduced[i] <= limit) {
            found.places.push_back(i);
            found.distances.push_back(distance.full(reduced[i]));
        }
        // Squaring the radius rounds as well.
        const double edge = slack(row, reduced[i], i) + 4 * std::numeric_limits<double>::epsilon() * limit;
        if (reduced[i] != limit && std::abs(reduced[i] - limit) <= edge) found.tied.push_back(i);
        if (reduced[i] == limit && (brute || !distance.is_exact())) found.tied.push_back(i);
    }
    return found;
}

bool NeighborSearch::is_same(const std::vector<std::size_t>& tied, const std::function<bool(std::size_t, std::size_t)>& same) {
    return std::ranges::all_of(tied, [&](std::size_t place) { return same(tied.front(), place); });
}

namespace {

/// A scipy.sparse matrix in compressed rows, filled up.
Matrix read_compressed_rows(StateReader& state, const Fitted& value, const std::string& what, bool* single) {
    const auto wrong = [&](const std::string& why) {
        state.problem(what + " " + why);
        return Matrix();
    };
    const FittedObject object = value.object();
    if (!object.state || !object.plain) return wrong("is no sparse matrix that is read");
    const auto inner = state.dict_of(value.at(*object.state));
    const auto member = [&](std::string_view key) {
        const auto found = inner.find(key);
        return found == inner.end() ? std::nullopt : std::optional(found->second);
    };
    const auto shape = member("_shape");
    const auto data = member("data");
    const auto indices = member("indices");
    const auto starts = member("indptr");
    if (!shape || !data || !indices || !starts) return wrong("is no sparse matrix that is read");
    const std::vector<std::int64_t> size = state.integers_of(*shape, what + "._shape");
    const Vector values = state.vector_of(*data, what + ".data");
    const std::vector<std::int64_t> columns = state.integers_of(*indices, what + ".indices");
    const std::vector<std::int64_t> ends = state.integers_of(*starts, what + ".indptr");
    if (state.failed()) return {};
    if (single != nullptr) *single = data->is(FittedKind::array) && data->array().dtype.itemsize < 8;
    const auto count = static_cast<std::int64_t>(columns.size());
    if (size.size() != 2 || size[0] < 0 || size[1] < 0 || size[1] > max_features || size[0] + 1 != static_cast<std::int64_t>(ends.size()) ||
        values.size() != count || ends.front() != 0 || ends.back() != count)
        return wrong("contradicts its own shape");
    const auto needed = static_cast<std::uint64_t>(size[0]) * static_cast<std::uint64_t>(size[1]);
    if (needed > state.budget().numbers) return wrong(fmt::format("has {} × {} elements, more than are computed with", size[0], size[1]));
    state.budget().numbers -= needed;
    Matrix filled = Matrix::Zero(size[0], size[1]);
    for (std::int64_t row = 0; row < size[0]; ++row) {
        const std::int64_t first = ends[static_cast<std::size_t>(row)];
        const std::int64_t last = ends[static_cast<std::size_t>(row) + 1];
        if (first < 0 || last < first || last > count) return wrong("contradicts its own shape");
        for (std::int64_t i = first; i < last; ++i) {
            const std::int64_t column = columns[static_cast<std::size_t>(i)];
            if (column < 0 || column >= size[1]) return wrong(fmt::format("names column {} of {}", column, size[1]));
            filled(row, column) += values[i];
        }
    }
    return filled;
}

}  // namespace

Matrix read_rows(StateReader& state, const Fitted& value, const std::string& what, bool* single, bool* sparse) {
    const std::string cls = value.class_name();
    const bool compressed = cls.starts_with("scipy.sparse.") && (cls.ends_with(".csr_matrix") || cls.ends_with(".csr_array"));
    if (sparse != nullptr) *sparse = compressed;
    if (!compressed && single != nullptr)
        *single = value.is(FittedKind::array) && value.array().dtype.kind == 'f' && value.array().dtype.itemsize < 8;
    Matrix found = compressed ? read_compressed_rows(state, value, what, single) : state.matrix_of(value, what);
    if (!state.failed()) state.require_that(found.allFinite(), what + " holds what is no number");
    return found;
}

NeighborSearch read_neighbor_search(StateReader& state) {
    NeighborSearch made;
    bool single = false;
    if (const auto rows = state.require("_fit_X")) made.points = read_rows(state, *rows, "attribute _fit_X", &single);
    const auto width = static_cast<std::size_t>(made.points.cols());
    if (!state.failed()) {
        state.fitted_with(width, "_fit_X");
        state.require_that(made.points.rows() > 0, "attribute _fit_X is empty");
    }
    const std::string method = state.text("_fit_method");
    made.brute = method == "brute";
    state.require_that(made.brute || method == "kd_tree" || method == "ball_tree", "attribute _fit_method is " + method);
    state.require_that(!made.brute || !single, "it was fitted in float32, and scikit-learn computes in float32 then");
    const auto metric = state.require("effective_metric_");
    if (metric && !metric->as_text()) state.problem_of("effective_metric_", "is a function of the user's own, or another object");
    const auto parameters = state.find("effective_metric_params_");
    if (metric && metric->as_text()) made.distance = read_distance(state, std::string(*metric->as_text()), parameters, width);
    if (const auto tree = state.find("_tree"); tree && !made.brute)
        made.tree = NeighborTree::read(state, *tree, made.points, made.distance);
    const bool needs_tree = !made.brute && made.distance.kind == Distance::Kind::bray_curtis;
    state.require_that(!needs_tree || made.tree || state.failed(),
                       "its tree, which does not find the nearest always, is kept in a way that is not read");
    state.known("algorithm leaf_size metric metric_params n_jobs p n_samples_fit_");
    return made;
}

std::size_t read_neighbor_count(StateReader& state, std::string_view key, const NeighborSearch& search) {
    const std::int64_t count = state.integer(key);
    if (!state.failed() && (count < 1 || static_cast<std::size_t>(count) > search.size()))
        state.problem_of(key, fmt::format("is {}, of {} rows", count, search.size()));
    return state.failed() ? 1 : static_cast<std::size_t>(count);
}

bool read_by_distance(StateReader& state) {
    const auto weights = state.require("weights");
    if (!weights || weights->is_none() || weights->as_text() == "uniform") return false;
    if (weights->as_text() != "distance") state.problem_of("weights", "is a function of the user's own, or another object");
    return true;
}

std::vector<double> inverse_weights(std::span<const double> distances) {
    const bool any = std::ranges::any_of(distances, [](double each) { return std::isinf(1.0 / each); });
    std::vector<double> weights;
    for (const double each : distances) weights.push_back(!any ? 1.0 / each : std::isinf(1.0 / each) ? 1.0 : 0.0);
    return weights;
}

}  // namespace assay::pipeline
