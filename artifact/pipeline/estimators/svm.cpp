#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/svm_kernel.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

// sklearn.svm.SVC, NuSVC, SVR, NuSVR and OneClassSVM (sklearn/svm/_base.py, sklearn/svm/src/libsvm/svm.cpp).

namespace assay::pipeline {

namespace {

class SupportVectorModel : public Step {
public:
    SupportVectors support;

protected:
    [[nodiscard]] Result<Matrix> rows_for_kernel(Data rows) const {
        if (rows.sparse && !support.sparse) return refuse_input("sparse rows, and it was fitted on dense ones");
        return matrix(std::move(rows), Missing::refuse, Single::allow);
    }
    /// A decision under the worst rounding.
    [[nodiscard]] double known_to(double sum, double magnitude, std::size_t turn) const {
        return rounded_worst(sum, magnitude, static_cast<double>(support.vectors.cols()) + 8, turn);
    }
};

/// Of one decision: a regression, or inside against outside.
class OneDecision final : public SupportVectorModel {
public:
    [[nodiscard]] bool has(Method method) const override {
        return method == Method::predict || (one_class && (method == Method::decision_function || method == Method::score_samples));
    }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Matrix found, decisions(std::move(rows)));
        SampleArray answer{.shape = {static_cast<std::size_t>(found.rows())}, .values = {}, .missing = {}};
        if (one_class) {
            std::vector<std::int64_t> labels;
            for (Eigen::Index row = 0; row < found.rows(); ++row) labels.push_back(found(row, 0) > 0 ? 1 : -1);
            answer.values = std::move(labels);
        } else {
            answer.values = std::vector<double>(found.data(), found.data() + found.size());
        }
        return answer;
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        TRY_ASSIGN(Matrix found, decisions(std::move(rows)));
        if (method == Method::score_samples) found.array() += offset;
        return Scores{std::move(found), true};
    }

    bool one_class = false;
    double offset = 0;

private:
    [[nodiscard]] Result<Matrix> decisions(Data rows) const {
        TRY_ASSIGN(const Matrix given, rows_for_kernel(std::move(rows)));
        Matrix found(given.rows(), 1);
        std::vector<double> kernel;
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            support.against(given.row(row).data(), kernel);
            double sum = 0;
            double magnitude = std::abs(support.intercepts[0]);
            for (std::size_t i = 0; i < kernel.size(); ++i) {
                const double term = support.coefs(0, static_cast<Eigen::Index>(i)) * kernel[i];
                sum += term;
                magnitude += std::abs(term);
            }
            found(row, 0) = known_to(sum + support.intercepts[0], magnitude, 0);
        }
        return found;
    }
};

class SupportVectorClassifier final : public SupportVectorModel {
public:
    [[nodiscard]] bool has(Method method) const override {
        switch (method) {
            case Method::predict: return true;
            case Method::decision_function: return !scales_by_all || count() == 2 || !one_against_rest;
            case Method::predict_proba:
            case Method::predict_log_proba: return probability;
            default: return false;
        }
    }
    [[nodiscard]] std::size_t widest() const override { return std::max(input.width, pairs() + 2 * count()); }

    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        if (break_ties && !one_against_rest) return refuse_input("break_ties is set, and the decisions are of one against one");
        TRY_ASSIGN(const Matrix found, decisions(std::move(rows)));
        if (break_ties && count() > 2) return labels_at(classes, argmax(against_rest(found)));
        std::vector<std::size_t> places;
        std::vector<std::size_t> votes(count());
        for (Eigen::Index row = 0; row < found.rows(); ++row) {
            std::ranges::fill(votes, 0);
            Eigen::Index pair = 0;
            for (std::size_t i = 0; i < count(); ++i) {
                for (std::size_t j = i + 1; j < count(); ++j) ++votes[found(row, pair++) > 0 ? i : j];
            }
            places.push_back(static_cast<std::size_t>(std::ranges::max_element(votes) - votes.begin()));
        }
        return labels_at(classes, places);
    }

    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        TRY_ASSIGN(Matrix found, decisions(std::move(rows)));
        if (method != Method::decision_function) {
            found = probabilities(found);
            if (method == Method::predict_log_proba) found = found.unaryExpr([](double value) { return std::log(value); });
            return Scores{std::move(found)};
        }
        if (count() == 2) return Scores{-found, true};
        return one_against_rest ? Scores{against_rest(found)} : Scores{std::move(found)};
    }

    SampleValues classes;
    std::vector<std::size_t> starts;  ///< of each class, its first support vector; behind them how many there are
    bool one_against_rest = true;
    bool break_ties = false;
    bool scales_by_all =
        false;  ///< its release scales decisions by the largest of all rows that it is asked about at once: they are left out
    bool probability = false;
    Vector slope;  ///< per pair: of the probability that it is the first
    Vector shift;

private:
    [[nodiscard]] std::size_t count() const { return starts.size() - 1; }
    [[nodiscard]] std::size_t pairs() const { return count() * (count() - 1) / 2; }

    /// One column per pair of classes: above zero for the first.
    [[nodiscard]] Result<Matrix> decisions(Data rows) const {
        TRY_ASSIGN(const Matrix given, rows_for_kernel(std::move(rows)));
        Matrix found(given.rows(), static_cast<Eigen::Index>(pairs()));
        std::vector<double> kernel;
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            support.against(given.row(row).data(), kernel);
            Eigen::Index pair = 0;
            for (std::size_t i = 0; i < count(); ++i) {
                for (std::size_t j = i + 1; j < count(); ++j, ++pair) found(row, pair) = decision(kernel, i, j, pair);
            }
        }
        return found;
    }

    [[nodiscard]] double decision(const std::vector<double>& kernel, std::size_t i, std::size_t j, Eigen::Index pair) const {
        double sum = 0;
        double magnitude = std::abs(support.intercepts[pair]);
        const auto add = [&](std::size_t of, std::size_t coefs) {
            for (std::size_t k = starts[of]; k < starts[of + 1]; ++k) {
                const double term = support.coefs(static_cast<Eigen::Index>(coefs), static_cast<Eigen::Index>(k)) * kernel[k];
                sum += term;
                magnitude += std::abs(term);
            }
        };
        add(i, j - 1);
        add(j, i);
        return known_to(sum + support.intercepts[pair], magnitude, static_cast<std::size_t>(pair));
    }

    /// sklearn/utils/multiclass.py, _ovr_decision_function.
    [[nodiscard]] Matrix against_rest(const Matrix& found) const {
        Matrix rest(found.rows(), static_cast<Eigen::Index>(count()));
        Vector confidences(rest.cols());
        for (Eigen::Index row = 0; row < found.rows(); ++row) {
            confidences.setZero();
            rest.row(row).setZero();
            Eigen::Index pair = 0;
            for (Eigen::Index i = 0; i < rest.cols(); ++i) {
                for (Eigen::Index j = i + 1; j < rest.cols(); ++j, ++pair) {
                    confidences[i] += found(row, pair);
                    confidences[j] -= found(row, pair);
                    rest(row, found(row, pair) < 0 ? j : i) += 1;
                }
            }
            for (Eigen::Index i = 0; i < rest.cols(); ++i) rest(row, i) += confidences[i] / (3 * (std::abs(confidences[i]) + 1));
        }
        return rest;
    }

    /// By a sigmoid of each decision, coupled (svm.cpp, svm_predict_probability).
    [[nodiscard]] Matrix probabilities(const Matrix& found) const {
        constexpr double least = 1e-7;
        Matrix all(found.rows(), static_cast<Eigen::Index>(count()));
        std::vector<double> paired(count() * count());
        for (Eigen::Index row = 0; row < found.rows(); ++row) {
            Eigen::Index pair = 0;
            for (std::size_t i = 0; i < count(); ++i) {
                for (std::size_t j = i + 1; j < count(); ++j, ++pair) {
                    const double at = found(row, pair) * slope[pair] + shift[pair];
                    const double one = at >= 0 ? std::exp(-at) / (1.0 + std::exp(-at)) : 1.0 / (1.0 + std::exp(at));
                    paired[i * count() + j] = std::min(std::max(one, least), 1 - least);
                    paired[j * count() + i] = 1 - paired[i * count() + j];
                }
            }
            const std::vector<double> coupled = couple_pairs(paired, count());
            for (std::size_t i = 0; i < count(); ++i) all(row, static_cast<Eigen::Index>(i)) = coupled[i];
        }
        return all;
    }
};

/// How many support vectors each class has, as where each begins.
std::vector<std::size_t> read_support_starts(StateReader& state, std::size_t classes, std::size_t vectors) {
    const std::string key = state.has("_n_support") ? "_n_support" : "n_support_";
    std::vector<std::size_t> starts{0};
    if (const auto counts = state.require(key)) {
        for (const std::int64_t each : state.integers_of(*counts, "attribute " + key)) {
            if (each < 0 || static_cast<std::size_t>(each) > vectors) break;
            starts.push_back(starts.back() + static_cast<std::size_t>(each));
        }
    }
    if (starts.size() != classes + 1 || starts.back() != vectors)
        state.problem_of(key, fmt::format("does not give {} support vectors to {} classes", vectors, classes));
    return starts;
}

Result<std::unique_ptr<Step>> support_classifier(StateReader& state) {
    auto made = std::make_unique<SupportVectorClassifier>();
    made->support = read_support_vectors(state);
    made->classes = state.labels("classes_");
    const std::size_t count = count_of(made->classes);
    state.require_that(count >= 2, "attribute classes_ has one class");
    if (state.failed()) return state.finish(std::move(made));
    made->starts = read_support_starts(state, count, static_cast<std::size_t>(made->support.vectors.rows()));
    const std::size_t pairs = count * (count - 1) / 2;
    if (static_cast<std::size_t>(made->support.intercepts.size()) != pairs ||
        static_cast<std::size_t>(made->support.coefs.rows()) != count - 1)
        state.problem(fmt::format("attributes _intercept_ and _dual_coef_ are not those of {} classes", count));
    const std::string shape = state.text("decision_function_shape");
    made->one_against_rest = shape == "ovr";
    state.require_that(made->one_against_rest || shape == "ovo", "attribute decision_function_shape is " + shape);
    made->break_ties = state.flag_or("break_ties", false);
    made->scales_by_all = state.writer().before(0, 21);
    const auto probability = state.require("probability");
    if (probability && probability->as_text() != "deprecated") made->probability = state.flag("probability");
    const bool hidden = state.has("_probA");
    if (made->probability) {
        made->slope = state.vector(hidden ? "_probA" : "probA_", pairs);
        made->shift = state.vector(hidden ? "_probB" : "probB_", pairs);
        state.require_that(made->slope.allFinite() && made->shift.allFinite(), "attribute probA_ or probB_ holds what is no number");
    }
    state.known("_probA _probB probA_ probB_");
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> one_decision(StateReader& state, bool one_class) {
    auto made = std::make_unique<OneDecision>();
    made->one_class = one_class;
    made->support = read_support_vectors(state);
    if (!state.failed() && (made->support.intercepts.size() != 1 || made->support.coefs.rows() != 1))
        state.problem("attributes _intercept_ and _dual_coef_ are not those of one decision");
    if (one_class) {
        const Vector offset = state.vector("offset_", 1);
        if (!state.failed()) made->offset = offset[0];
    }
    state.known("_probA _probB probA_ probB_ _n_support n_support_ probability");
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> support_regressor(StateReader& state) { return one_decision(state, false); }
Result<std::unique_ptr<Step>> one_class_svm(StateReader& state) { return one_decision(state, true); }

}  // namespace

std::span<const EstimatorClass> svm_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.svm._classes.SVC", support_classifier, "", "sklearn.svm.classes.SVC"},
        {"sklearn.svm._classes.NuSVC", support_classifier, "", "sklearn.svm.classes.NuSVC"},
        {"sklearn.svm._classes.SVR", support_regressor, "", "sklearn.svm.classes.SVR"},
        {"sklearn.svm._classes.NuSVR", support_regressor, "", "sklearn.svm.classes.NuSVR"},
        {"sklearn.svm._classes.OneClassSVM", one_class_svm, "", "sklearn.svm.classes.OneClassSVM"},
    });
    return classes;
}

}  // namespace assay::pipeline
