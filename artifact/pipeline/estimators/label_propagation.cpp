#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/neighbors.hpp"
#include "artifact/pipeline/estimators/pairwise_kernel.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

// sklearn.semi_supervised.LabelPropagation and LabelSpreading (sklearn/semi_supervised/_label_propagation.py).

namespace assay::pipeline {

namespace {

class LabelPropagation final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::predict || method == Method::predict_proba; }
    [[nodiscard]] std::size_t widest() const override { return std::max(input.width, count_of(classes)); }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Matrix found, probabilities(std::move(rows)));
        return labels_at(classes, argmax(found));
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (method != Method::predict_proba) return no_method(method);
        TRY_ASSIGN(Matrix found, probabilities(std::move(rows)));
        return Scores{std::move(found)};
    }

    SampleValues classes;
    Matrix distributions;  ///< training row × class
    std::optional<NeighborSearch> search;  ///< the nearest count alike; else all, by a kernel
    std::size_t count = 1;
    Matrix points;
    PairwiseKernel kernel;

private:
    [[nodiscard]] Result<Matrix> probabilities(Data rows) const {
        if (rows.sparse && search && !search->brute) return refuse_input("sparse rows, which its tree does not take");
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        Matrix found = Matrix::Zero(given.rows(), distributions.cols());
        Vector near;
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            if (search) {
                const NeighborSearch::Found neighbors = search->nearest(given.row(row).data(), count);
                const auto same = [&](std::size_t a, std::size_t b) {
                    return distributions.row(static_cast<Eigen::Index>(a)) == distributions.row(static_cast<Eigen::Index>(b));
                };
                if (!neighbors.tied.empty() && !NeighborSearch::is_same(neighbors.tied, same))
                    return not_replayable(fmt::format("row {}: several training rows are as far away as its last neighbour", row));
                for (const std::size_t each : neighbors.places) found.row(row) += distributions.row(static_cast<Eigen::Index>(each));
            } else {
                kernel.against(given.row(row).data(), points, near);
                for (Eigen::Index i = 0; i < near.size(); ++i) {
                    for (Eigen::Index k = 0; k < found.cols(); ++k) found(row, k) += near[i] * distributions(i, k);
                }
            }
            const double sum = numpy_sum(found.row(row).data(), static_cast<std::size_t>(found.cols()));
            for (Eigen::Index k = 0; k < found.cols(); ++k) found(row, k) /= sum;
        }
        return found;
    }
};

Result<std::unique_ptr<Step>> label_propagation(StateReader& state) {
    auto made = std::make_unique<LabelPropagation>();
    made->classes = state.labels("classes_");
    const std::string kernel = state.text("kernel");
    std::size_t rows = 0;
    if (kernel == "knn") {
        const auto neighbors = state.require("nn_fit");
        const std::string cls = neighbors ? neighbors->class_name() : "";
        if (cls != "sklearn.neighbors._unsupervised.NearestNeighbors" && cls != "sklearn.neighbors.unsupervised.NearestNeighbors")
            return state.problem("attribute nn_fit is no NearestNeighbors"), state.finish(std::move(made));
        StateReader inner(*neighbors, state.place(), state.budget());
        made->search = read_neighbor_search(inner);
        made->count = read_neighbor_count(inner, "n_neighbors", *made->search);
        inner.known({"radius"});
        if (const auto read = inner.finish(); !read) state.problem("its nn_fit: " + read.error().because);
        rows = made->search->size();
        if (!state.failed()) state.fitted_with(static_cast<std::size_t>(made->search->points.cols()), "nn_fit");
    } else {
        state.require_that(kernel == "rbf", "attribute kernel is " + kernel + ", which is not re-created here");
        bool single = false;
        if (const auto points = state.require("X_")) made->points = read_rows(state, *points, "attribute X_", &single);
        state.require_that(!single, "it was fitted in float32, and scikit-learn computes in float32 then");
        rows = static_cast<std::size_t>(made->points.rows());
        if (!state.failed()) state.fitted_with(static_cast<std::size_t>(made->points.cols()), "X_");
        made->kernel.kind = PairwiseKernel::Kind::rbf;
        made->kernel.gamma = state.number("gamma");
        state.require_that(std::isfinite(made->kernel.gamma), "attribute gamma is no number");
    }
    made->distributions = state.matrix("label_distributions_", rows, count_of(made->classes));
    state.known("X_ gamma n_neighbors nn_fit alpha max_iter n_iter_ n_jobs tol transduction_");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> label_propagation_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.semi_supervised._label_propagation.LabelPropagation", label_propagation, "",
         "sklearn.semi_supervised.label_propagation.LabelPropagation"},
        {"sklearn.semi_supervised._label_propagation.LabelSpreading", label_propagation, "",
         "sklearn.semi_supervised.label_propagation.LabelSpreading"},
    });
    return classes;
}

}  // namespace assay::pipeline
