#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/meta.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

// sklearn.multiclass: many classes by estimators of two (sklearn/multiclass.py).

namespace assay::pipeline {

namespace {

constexpr std::string_view constant_class = "sklearn.multiclass._ConstantPredictor";

/// Where the training rows had one of the two classes only.
class ConstantPredictor final : public Step {
public:
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return true; }
    [[nodiscard]] bool has(Method method) const override {
        return method == Method::predict || method == Method::predict_proba || method == Method::decision_function;
    }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        return SampleArray{.shape = {rows.rows}, .values = std::vector<std::int64_t>(rows.rows, label), .missing = {}};
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        const auto count = static_cast<Eigen::Index>(rows.rows);
        const auto value = static_cast<double>(label);
        if (method == Method::decision_function) return Scores{Matrix::Constant(count, 1, value), true};
        Matrix both(count, 2);
        both.col(0).setConstant(1 - value);
        both.col(1).setConstant(value);
        return Scores{std::move(both)};
    }

    std::int64_t label = 0;
};

Result<std::unique_ptr<Step>> constant_predictor(StateReader& state) {
    auto made = std::make_unique<ConstantPredictor>();
    const auto value = state.require("y_");
    const std::vector<std::int64_t> labels = value ? state.integers_of(*value, "attribute y_") : std::vector<std::int64_t>();
    state.require_that(labels.size() == 1 && labels.front() >= -1 && labels.front() <= 1, "attribute y_ is not one class of two");
    if (!labels.empty()) made->label = labels.front();
    return state.finish(std::move(made));
}

/// What asks estimators of two classes each.
class OfPairs : public Step {
public:
    [[nodiscard]] std::size_t widest() const override {
        return 2 * input.width + widest_of(steps) + 3 * (steps.size() + count_of(classes) + 1);
    }

    Steps steps;
    SampleValues classes;
    bool first_is_constant = false;

protected:
    /// scikit-learn: _predict_binary. What has neither method is a regressor.
    [[nodiscard]] static Method scored_by(const Step& step) {
        if (step.has(Method::decision_function)) return Method::decision_function;
        return step.has(Method::predict_proba) ? Method::predict_proba : Method::predict;
    }
    [[nodiscard]] Result<Vector> score(const Step& step, const Data& rows) const {
        const Method method = scored_by(step);
        if (method == Method::predict) return number_a_row(step, rows);
        TRY_ASSIGN(const Scores found, step.scores(method, rows));
        const Eigen::Index expected = method == Method::predict_proba ? 2 : 1;
        if (found.values.cols() != expected) return not_replayable("one of its estimators was not fitted on two classes");
        return Vector(found.values.col(expected - 1));
    }
    [[nodiscard]] Result<Vector> number_a_row(const Step& step, const Data& rows) const {
        TRY_ASSIGN(const SampleArray answer, step.predict(rows));
        const auto found = doubles_of(answer);
        if (!found || found->size() != rows.rows) return not_replayable("one of its estimators predicts other than a number a row");
        return Vector(Eigen::Map<const Vector>(found->data(), static_cast<Eigen::Index>(found->size())));
    }
    /// Row × estimator.
    [[nodiscard]] Result<Matrix> all_scores(const Data& rows) const {
        Matrix found(static_cast<Eigen::Index>(rows.rows), static_cast<Eigen::Index>(steps.size()));
        for (std::size_t i = 0; i < steps.size(); ++i) {
            TRY_ASSIGN(found.col(static_cast<Eigen::Index>(i)), score(*steps[i], rows));
        }
        return found;
    }
    [[nodiscard]] bool scores_are_exact() const {
        return std::ranges::all_of(steps, [](const auto& step) { return step->is_exact(scored_by(*step)); });
    }
    /// Above it, a score is of the second class.
    [[nodiscard]] double threshold() const { return steps.front()->has(Method::decision_function) && !first_is_constant ? 0.0 : 0.5; }
};

class OneVsRest final : public OfPairs {
public:
    [[nodiscard]] bool is_exact(Method method) const override {
        return method == Method::predict ? scores_are_exact() : all_exact(steps, method);
    }
    [[nodiscard]] bool has(Method method) const override {
        if (method == Method::predict) return true;
        return (method == Method::predict_proba || method == Method::decision_function) && all_have(steps, method);
    }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Matrix found, all_scores(rows));
        const double limit = threshold();
        if (several) {
            std::vector<std::int64_t> flags;
            flags.reserve(static_cast<std::size_t>(found.size()));
            for (Eigen::Index i = 0; i < found.size(); ++i) flags.push_back(found.data()[i] > limit ? 1 : 0);
            return SampleArray{.shape = {rows.rows, steps.size()}, .values = std::move(flags), .missing = {}};
        }
        std::vector<std::size_t> places;
        places.reserve(static_cast<std::size_t>(found.rows()));
        for (Eigen::Index row = 0; row < found.rows(); ++row) {
            if (steps.size() == 1) {
                places.push_back(found(row, 0) > limit ? 1 : 0);
                continue;
            }
            // Of equal scores the last, until 1.7; NaN makes all that come after it NaN.
            double most = -std::numeric_limits<double>::infinity();
            std::size_t place = 0;
            for (Eigen::Index i = 0; i < found.cols(); ++i) {
                const Eigen::Index k = first_wins ? found.cols() - 1 - i : i;
                const double value = found(row, k);
                most = std::isnan(most) || std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : std::max(most, value);
                if (most == value) place = static_cast<std::size_t>(k);
            }
            places.push_back(place);
        }
        return labels_at(classes, places);
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        if (method == Method::decision_function && steps.size() == 1) return steps.front()->scores(method, std::move(rows));
        const auto count = static_cast<Eigen::Index>(steps.size());
        Matrix found(static_cast<Eigen::Index>(rows.rows), count);
        for (std::size_t i = 0; i < steps.size(); ++i) {
            TRY_ASSIGN(const Scores one, steps[i]->scores(method, rows));
            const Eigen::Index expected = method == Method::predict_proba ? 2 : 1;
            if (one.values.cols() != expected) return not_replayable("one of its estimators was not fitted on two classes");
            found.col(static_cast<Eigen::Index>(i)) = one.values.col(expected - 1);
        }
        if (method == Method::decision_function) return Scores{std::move(found)};
        if (count == 1) {
            Matrix both(found.rows(), 2);
            both.col(0) = 1.0 - found.col(0).array();
            both.col(1) = found.col(0);
            found = std::move(both);
        }
        for (Eigen::Index row = 0; row < found.rows() && !several; ++row) {
            const double sum = numpy_sum(found.row(row).data(), static_cast<std::size_t>(found.cols()));
            if (sum != 0 || !zero_stays) found.row(row) /= sum;
        }
        return Scores{std::move(found)};
    }

    bool several = false;     ///< labels a row
    bool first_wins = false;  ///< since 1.8
    bool zero_stays = false;  ///< since 1.7, what has no probability at all is not divided by zero
};

class OneVsOne final : public OfPairs {
public:
    [[nodiscard]] bool is_exact(Method /*method*/) const override {
        return !batch_scaled && scores_are_exact() && all_exact(steps, Method::predict);
    }
    [[nodiscard]] bool has(Method method) const override { return method == Method::predict || method == Method::decision_function; }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Matrix found, decisions(std::move(rows)));
        if (count_of(classes) != 2) return labels_at(classes, argmax(found));
        const double limit = always_zero ? 0.0 : threshold();
        std::vector<std::size_t> places;
        places.reserve(static_cast<std::size_t>(found.rows()));
        for (Eigen::Index row = 0; row < found.rows(); ++row) places.push_back(found(row, 1) > limit ? 1 : 0);
        return labels_at(classes, places);
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (method != Method::decision_function) return no_method(method);
        if (batch_scaled)
            return not_replayable("until scikit-learn 0.20, a row's decision depends on the other rows that it is asked about");
        TRY_ASSIGN(Matrix found, decisions(std::move(rows)));
        if (count_of(classes) != 2) return Scores{std::move(found)};
        return Scores{Matrix(found.col(1)), true};
    }

    bool always_zero = false;   ///< until 1.0, the threshold of two classes
    bool batch_scaled = false;  ///< until 0.20

private:
    /// scikit-learn: _ovr_decision_function. Where all rows together decide the scale of confidences, any scale below a vote gives the
    /// same labels.
    [[nodiscard]] Result<Matrix> decisions(Data rows) const {
        TRY(check_columns(rows));
        const Data given = as_array(std::move(rows));
        const auto count = static_cast<Eigen::Index>(count_of(classes));
        Matrix votes = Matrix::Zero(static_cast<Eigen::Index>(given.rows), count);
        Matrix confidences = votes;
        std::size_t k = 0;
        for (Eigen::Index i = 0; i < count; ++i) {
            for (Eigen::Index j = i + 1; j < count; ++j, ++k) {
                TRY_ASSIGN(const Vector labels, number_a_row(*steps[k], given));
                TRY_ASSIGN(const Vector confidence, score(*steps[k], given));
                confidences.col(i) -= confidence;
                confidences.col(j) += confidence;
                for (Eigen::Index row = 0; row < labels.size(); ++row) {
                    if (labels[row] == 0) votes(row, i) += 1;
                    if (labels[row] == 1) votes(row, j) += 1;
                }
            }
        }
        return Matrix(votes.array() + confidences.array() / (3.0 * (confidences.array().abs() + 1.0)));
    }
};

class OutputCode final : public OfPairs {
public:
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return false; }
    [[nodiscard]] bool has(Method method) const override { return method == Method::predict; }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        if (to_numbers) {
            TRY_ASSIGN(rows, numbers(std::move(rows), Missing::refuse, Single::compares));
        }
        TRY_ASSIGN(const Matrix found, all_scores(rows));
        Matrix closeness(found.rows(), code_book.rows());
        for (Eigen::Index row = 0; row < found.rows(); ++row) {
            for (Eigen::Index k = 0; k < code_book.rows(); ++k) {
                const double apart = (found.row(row) - code_book.row(k)).squaredNorm();
                const double magnitude = found.row(row).squaredNorm() + code_book.row(k).squaredNorm();
                closeness(row, k) =
                    -rounded_worst(apart, magnitude, static_cast<double>(code_book.cols()) + 2, static_cast<std::size_t>(k));
            }
        }
        return labels_at(classes, argmax(closeness));
    }

    Matrix code_book;         ///< class × estimator
    bool to_numbers = false;  ///< until 0.24
};

void read_of_pairs(StateReader& state, OfPairs& made) {
    const auto list = state.require("estimators_");
    if (!list) return;
    made.steps = read_steps(state, *list, "estimators_");
    if (state.failed()) return;
    made.first_is_constant = state.items_of(*list, "attribute estimators_").front().class_name() == constant_class;
    state.require_that(all_have(made.steps, Method::predict), "one of its estimators has no predict");
}

/// The classes of a LabelBinarizer, and whether rows have several labels.
SampleValues read_binarizer(StateReader& outer, bool& several) {
    const auto value = outer.require("label_binarizer_");
    if (!value) return {};
    const std::string cls = value->class_name();
    if (cls != "sklearn.preprocessing._label.LabelBinarizer" && cls != "sklearn.preprocessing.label.LabelBinarizer") {
        outer.problem_of("label_binarizer_", "is " + value->describe());
        return {};
    }
    StateReader state(*value, outer.place(), outer.budget());
    SampleValues classes = state.labels("classes_");
    const std::string type = state.text("y_type_");
    several = type == "multilabel-indicator";
    state.require_that(several || type == "binary" || type == "multiclass", "attribute y_type_ is " + type);
    state.require_that(!several || !state.flag_or("sparse_input_", false), "it was fitted on sparse labels");
    state.known("neg_label pos_label sparse_output sparse_input_");
    if (const auto read = state.finish(); !read) outer.problem("attribute label_binarizer_: " + read.error().because);
    return classes;
}

Result<std::unique_ptr<Step>> one_vs_rest(StateReader& state) {
    auto made = std::make_unique<OneVsRest>();
    made->classes = read_binarizer(state, made->several);
    read_of_pairs(state, *made);
    made->first_wins = !state.writer().before(1, 8);
    made->zero_stays = !state.writer().before(1, 7);
    const std::size_t count = count_of(made->classes);
    const std::size_t needed = count == 2 && !made->several ? 1 : count;
    state.require_that(made->steps.size() == needed, "attribute estimators_ has not one estimator per class");
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> one_vs_one(StateReader& state) {
    auto made = std::make_unique<OneVsOne>();
    made->classes = state.labels("classes_");
    read_of_pairs(state, *made);
    const std::size_t count = count_of(made->classes);
    state.require_that(count >= 2 && made->steps.size() == count * (count - 1) / 2,
                       "attribute estimators_ has not one estimator per pair of classes");
    state.must_be_none("pairwise_indices_");
    made->always_zero = state.writer().before(1, 1);
    made->batch_scaled = state.writer().before(0, 21);
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> output_code(StateReader& state) {
    auto made = std::make_unique<OutputCode>();
    made->classes = state.labels("classes_");
    read_of_pairs(state, *made);
    made->code_book = state.matrix("code_book_", count_of(made->classes), made->steps.size());
    state.require_that(made->code_book.allFinite(), "attribute code_book_ holds what is no finite number");
    made->to_numbers = state.writer().before(1, 0);
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> multiclass_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.multiclass.OneVsRestClassifier", one_vs_rest, "classes_ estimator n_classes_ n_jobs verbose"},
        {"sklearn.multiclass.OneVsOneClassifier", one_vs_one, "estimator n_classes_ n_jobs"},
        {"sklearn.multiclass.OutputCodeClassifier", output_code, "code_size estimator estimator_type n_jobs random_state"},
        {constant_class, constant_predictor},
    });
    return classes;
}

}  // namespace assay::pipeline
