#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/distance.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

// sklearn.neighbors.NearestCentroid (sklearn/neighbors/_nearest_centroid.py; DiscriminantAnalysisPredictionMixin in
// sklearn/discriminant_analysis.py).

namespace assay::pipeline {

namespace {

class NearestCentroid final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override {
        if (method == Method::predict) return true;
        return scored && (method == Method::decision_function || method == Method::predict_proba || method == Method::predict_log_proba);
    }
    [[nodiscard]] std::size_t widest() const override { return std::max(2 * input.width, count_of(classes)); }

    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        if (weighs_classes) {
            TRY_ASSIGN(const Matrix found, discriminants(std::move(rows)));
            return labels_at(classes, argmax(found));
        }
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        Matrix closeness(given.rows(), centroids.rows());
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            const double length = given.row(row).squaredNorm();
            for (Eigen::Index k = 0; k < centroids.rows(); ++k) {
                const double far = distance.reduced(given.row(row).data(), centroids.row(k).data(), given.cols());
                const bool by_product = distance.kind == Distance::Kind::euclidean || distance.kind == Distance::Kind::squared;
                const double magnitude = by_product ? length + centroids.row(k).squaredNorm() : far + 1;
                closeness(row, k) = -rounded_worst(far, magnitude, static_cast<double>(given.cols()) + 4, static_cast<std::size_t>(k));
            }
        }
        return labels_at(classes, argmax(closeness));
    }

    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        TRY_ASSIGN(Matrix found, discriminants(std::move(rows)));
        if (method == Method::decision_function) {
            if (found.cols() != 2) return Scores{std::move(found)};
            const Matrix apart = found.col(1) - found.col(0);
            return Scores{apart, true};
        }
        for (Eigen::Index row = 0; row < found.rows(); ++row) {
            const double largest = found.row(row).maxCoeff();
            std::vector<double> terms;
            for (Eigen::Index k = 0; k < found.cols(); ++k) {
                found(row, k) -= largest;
                terms.push_back(std::exp(found(row, k)));
            }
            const double total = std::log(numpy_sum(terms.data(), terms.size()));
            for (Eigen::Index k = 0; k < found.cols(); ++k) found(row, k) -= total;
        }
        if (method == Method::predict_proba) found = found.unaryExpr([](double value) { return std::exp(value); });
        return Scores{std::move(found)};
    }

    SampleValues classes;
    Matrix centroids;
    Distance distance;
    bool scored = false;          ///< the release has scores, and the metric is euclidean
    bool weighs_classes = false;  ///< their priors differ
    Vector deviation;             ///< per feature, within the classes
    Vector prior;

private:
    [[nodiscard]] Result<Matrix> discriminants(Data rows) const {
        TRY_ASSIGN(Matrix given, matrix(std::move(rows), Missing::refuse, Single::allow));
        Matrix scaled = centroids;
        for (Eigen::Index column = 0; column < given.cols(); ++column) {
            if (deviation[column] == 0) continue;
            given.col(column) /= deviation[column];
            scaled.col(column) /= deviation[column];
        }
        Matrix found(given.rows(), centroids.rows());
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            const double length = given.row(row).squaredNorm();
            for (Eigen::Index k = 0; k < scaled.rows(); ++k) {
                const double reduced = distance.reduced(given.row(row).data(), scaled.row(k).data(), given.cols());
                const double far = distance.full(reduced);
                const double magnitude = length + scaled.row(k).squaredNorm();
                found(row, k) = rounded_worst(-(far * far) + 2.0 * std::log(prior[k]), magnitude, static_cast<double>(given.cols()) + 4,
                                              static_cast<std::size_t>(k));
            }
        }
        return found;
    }
};

Result<std::unique_ptr<Step>> nearest_centroid(StateReader& state) {
    auto made = std::make_unique<NearestCentroid>();
    made->classes = state.labels("classes_");
    const std::size_t count = count_of(made->classes);
    made->centroids = state.matrix("centroids_", count);
    const auto width = static_cast<std::size_t>(made->centroids.cols());
    state.fitted_with(width, "centroids_");
    state.require_that(made->centroids.allFinite(), "attribute centroids_ holds what is no number");
    made->distance = read_distance(state, state.text("metric"), std::nullopt, width);
    if (state.has("class_prior_")) {
        made->prior = state.vector("class_prior_", count);
        made->deviation = state.vector("within_class_std_dev_", width);
        made->scored = made->distance.kind == Distance::Kind::euclidean;
        const double even = 1.0 / static_cast<double>(count);
        for (const double prior : made->prior)
            made->weighs_classes = made->weighs_classes || !(std::abs(prior - even) <= 1e-8 + 1e-5 * std::abs(even));
    }
    state.known("shrink_threshold priors deviations_");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> nearest_centroid_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.neighbors._nearest_centroid.NearestCentroid", nearest_centroid, "", "sklearn.neighbors.nearest_centroid.NearestCentroid"},
    });
    return classes;
}

}  // namespace assay::pipeline
