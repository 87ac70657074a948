#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/neighbors.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

// sklearn.impute.KNNImputer (sklearn/impute/_knn.py; nan_euclidean_distances in sklearn/metrics/pairwise.py).

namespace assay::pipeline {

namespace {

class KnnImputer final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return 2 * input.width + indicated.size(); }

    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), std::isnan(mark) ? Missing::allow : Missing::refuse));
        Matrix filled(given.rows(), static_cast<Eigen::Index>(kept.size() + indicated.size()));
        bool any = false;
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            const double* const at = given.row(row).data();
            any = any || std::ranges::any_of(kept, [&](Eigen::Index column) { return is_gap(at[column]); });
            TRY_ASSIGN(const std::vector<double> whole, fill(at, row));
            Eigen::Index to = 0;
            for (const Eigen::Index column : kept) filled(row, to++) = whole[static_cast<std::size_t>(column)];
            for (const Eigen::Index column : indicated) filled(row, to++) = is_gap(at[column]) ? 1.0 : 0.0;
        }
        if (forgets_flags && !indicated.empty() && !any)
            return not_replayable("its release leaves the flags out when no row that it is asked about at once has a gap");
        return data_of(std::move(filled));
    }

    Matrix points;
    Eigen::Matrix<std::uint8_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> gaps;  ///< of the training rows
    double mark = std::numeric_limits<double>::quiet_NaN();  ///< what counts as missing
    std::size_t count = 5;
    bool by_distance = false;
    bool counts_unknown = false;  ///< until a release, a donor of unknown distance counts as others do
    bool forgets_flags = false;
    std::vector<Eigen::Index> kept;       ///< columns of the output
    std::vector<Eigen::Index> indicated;  ///< columns whose gaps are flagged behind the others
    std::vector<bool> empty;              ///< columns that were all missing: zero where they are kept
    Vector means;                         ///< of what is there

private:
    [[nodiscard]] bool is_gap(double value) const { return std::isnan(mark) ? std::isnan(value) : value == mark; }

    struct Donor {
        std::size_t place = 0;
        double distance = 0;  ///< squared; NaN when no column is there in both
        double slack = 0;     ///< how far off it may be
    };

    /// The squared distance to each training row.
    [[nodiscard]] std::vector<Donor> distances(const double* row) const {
        std::vector<Donor> found(static_cast<std::size_t>(points.rows()));
        const double unit = std::numeric_limits<double>::epsilon() * 4 * (static_cast<double>(points.cols()) + 4);
        for (std::size_t i = 0; i < found.size(); ++i) {
            const auto at = static_cast<Eigen::Index>(i);
            double sum = 0;
            double magnitude = 0;
            double present = 0;
            for (Eigen::Index k = 0; k < points.cols(); ++k) {
                // A matrix product has what is there in one of them alone, too, and takes it off again.
                const double here = is_gap(row[k]) ? 0.0 : row[k];
                const double there = gaps(at, k) != 0 ? 0.0 : points(at, k);
                magnitude += here * here + there * there;
                if (is_gap(row[k]) || gaps(at, k) != 0) continue;
                sum += (here - there) * (here - there);
                present += 1;
            }
            const double all = static_cast<double>(points.cols());
            found[i].place = i;
            found[i].distance = present == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / present * all;
            found[i].slack = unit * magnitude / std::max(1.0, present) * all;
            if (WorstRounding::is_on())
                found[i].distance =
                    std::max(0.0, rounded_worst(found[i].distance, found[i].slack / std::numeric_limits<double>::epsilon(), 0.25, i));
        }
        return found;
    }

    [[nodiscard]] Result<std::vector<double>> fill(const double* row, Eigen::Index number) const {
        std::vector<double> whole(row, row + points.cols());
        std::vector<Donor> all;
        for (Eigen::Index column = 0; column < points.cols(); ++column) {
            const auto at = static_cast<std::size_t>(column);
            if (empty[at]) {
                whole[at] = 0;
                continue;
            }
            if (!is_gap(row[column])) continue;
            if (all.empty()) all = distances(row);
            std::vector<Donor> donors;
            for (const Donor& each : all) {
                if (gaps(static_cast<Eigen::Index>(each.place), column) == 0) donors.push_back(each);
            }
            const auto known = [](const Donor& donor) { return !std::isnan(donor.distance); };
            if (std::ranges::none_of(donors, known)) {
                whole[at] = means[column];
                continue;
            }
            const auto value = mean_of(std::move(donors), column);
            if (!value)
                return not_replayable(
                    fmt::format("row {}, column {}: several training rows are as far away as the last neighbour, and which "
                                "of them scikit-learn takes depends on how it sorts",
                                number, column));
            whole[at] = *value;
        }
        return whole;
    }

    /// Absent when it depends on which of several donors that are alike far away are taken.
    [[nodiscard]] std::optional<double> mean_of(std::vector<Donor> donors, Eigen::Index column) const {
        const auto closer = [](const Donor& a, const Donor& b) {
            if (std::isnan(a.distance) || std::isnan(b.distance)) return !std::isnan(a.distance) && std::isnan(b.distance);
            return a.distance < b.distance;
        };
        std::ranges::stable_sort(donors, closer);
        const std::size_t taken = std::min(count, donors.size());
        const auto value = [&](const Donor& donor) { return points(static_cast<Eigen::Index>(donor.place), column); };
        const Donor& last = donors[taken - 1];
        const auto alike = [&](const Donor& donor) {
            if (std::isnan(last.distance) || std::isnan(donor.distance)) return std::isnan(last.distance) && std::isnan(donor.distance);
            return std::abs(donor.distance - last.distance) <= donor.slack + last.slack;
        };
        const bool unknown_counts = counts_unknown && !by_distance;
        for (std::size_t i = taken; i < donors.size() && alike(donors[i]) && (!std::isnan(last.distance) || unknown_counts); ++i) {
            for (std::size_t k = 0; k <= i; ++k) {
                if (alike(donors[k]) && value(donors[k]) != value(donors[i])) return std::nullopt;
            }
        }
        std::vector<double> distances_taken;
        for (std::size_t i = 0; i < taken; ++i) distances_taken.push_back(std::sqrt(donors[i].distance));
        const std::vector<double> inverse = by_distance ? inverse_weights(distances_taken) : std::vector<double>();
        double sum = 0;
        double weights = 0;
        for (std::size_t i = 0; i < taken; ++i) {
            if (std::isnan(donors[i].distance) && !unknown_counts) continue;
            const double weight = by_distance ? inverse[i] : 1.0;
            sum += value(donors[i]) * weight;
            weights += weight;
        }
        const double found = sum / weights;
        return rounded_worst(found, std::abs(found), static_cast<double>(taken), static_cast<std::size_t>(column));
    }
};

/// The columns that its MissingIndicator flags.
std::vector<Eigen::Index> read_flagged_columns(StateReader& imputer, Eigen::Index width) {
    std::vector<Eigen::Index> columns;
    const auto value = imputer.require("indicator_");
    const std::string cls = value ? value->class_name() : "";
    if (cls != "sklearn.impute._base.MissingIndicator") {
        imputer.problem("attribute indicator_ is no MissingIndicator, and add_indicator is set");
        return columns;
    }
    StateReader state(*value, imputer.place(), imputer.budget());
    if (const auto features = state.require("features_")) {
        for (const std::int64_t place : state.integers_of(*features, "attribute features_")) {
            if (place < 0 || place >= width) {
                state.problem(fmt::format("attribute features_ names column {} of {}", place, width));
                break;
            }
            columns.push_back(place);
        }
    }
    state.require_that(!state.flag("error_on_new"), "error_on_new is set, which an imputer does not do");
    state.known("missing_values features sparse _n_features _precomputed");
    if (const auto read = state.finish(); !read) imputer.problem("its indicator_: " + read.error().because);
    return columns;
}

Result<std::unique_ptr<Step>> nearest_imputer(StateReader& state) {
    auto made = std::make_unique<KnnImputer>();
    const auto mark = state.require("missing_values");
    const auto number = mark && !mark->is_none() ? mark->as_number() : std::nullopt;
    if (mark && !number) state.problem_of("missing_values", "is " + mark->describe() + ", which is not re-created here");
    made->mark = number.value_or(0);
    bool single = false;
    if (const auto rows = state.require("_fit_X")) {
        made->points = state.matrix_of(*rows, "attribute _fit_X");
        single = rows->is(FittedKind::array) && rows->array().dtype.itemsize < 8;
    }
    state.require_that(!single, "it was fitted in float32, and scikit-learn computes in float32 then");
    const auto rows = static_cast<std::size_t>(made->points.rows());
    const auto width = static_cast<std::size_t>(made->points.cols());
    state.fitted_with(width, "_fit_X");
    const Matrix gaps = state.matrix("_mask_fit_X", rows, width);
    state.require_that(rows > 0, "attribute _fit_X is empty");
    const std::string metric = state.text("metric");
    state.require_that(metric == "nan_euclidean", "attribute metric is " + metric + ", which is not re-created here");
    made->by_distance = read_by_distance(state);
    const std::int64_t count = state.integer("n_neighbors");
    state.require_that(count >= 1, "attribute n_neighbors is none");
    made->count = static_cast<std::size_t>(std::max<std::int64_t>(count, 1));
    made->counts_unknown = state.writer().before(1, 6);
    made->forgets_flags = state.writer().before(1, 4);
    const bool keeps_empty = state.flag_or("keep_empty_features", false);
    if (state.failed()) return state.finish(std::move(made));
    made->gaps = gaps.unaryExpr([](double value) { return value != 0 ? 1.0 : 0.0; }).cast<std::uint8_t>();
    made->means = Vector::Zero(made->points.cols());
    for (Eigen::Index column = 0; column < made->points.cols(); ++column) {
        double present = 0;
        std::vector<double> values;
        for (Eigen::Index row = 0; row < made->points.rows(); ++row) {
            const bool gap = made->gaps(row, column) != 0;
            values.push_back(gap ? 0.0 : made->points(row, column));
            if (!gap) present += 1;
            if (!gap && !std::isfinite(values.back()))
                return state.problem("attribute _fit_X holds what is no number"), state.finish(std::move(made));
        }
        made->empty.push_back(present == 0);
        if (present != 0) made->means[column] = numpy_sum(values.data(), values.size()) / present;
        if (present != 0 || keeps_empty) made->kept.push_back(column);
    }
    if (state.flag("add_indicator")) made->indicated = read_flagged_columns(state, made->points.cols());
    state.known("indicator_ copy _valid_mask");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> knn_imputer_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.impute._knn.KNNImputer", nearest_imputer},
    });
    return classes;
}

}  // namespace assay::pipeline
