#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/linear.hpp"
#include "artifact/pipeline/estimators/tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

// sklearn.ensemble.GradientBoostingClassifier and -Regressor (sklearn/ensemble/_gb.py, _gb_losses.py, _gradient_boosting.pyx).

namespace assay::pipeline {

namespace {

enum class Loss : std::uint8_t { regression, binomial, multinomial, exponential };

/// scipy.special.logit as it is since SciPy 1.10 or before: where x is near a half, the later one is exact.
double logit(double p) { return std::log(p / (1.0 - p)); }

class GradientBoosting final : public TreeStep {
public:
    /// What boosting starts from is a logarithm, of a classifier.
    [[nodiscard]] bool is_exact(Method /*method*/) const override {
        return loss == Loss::regression && (!init || init->is_exact(Method::predict));
    }
    [[nodiscard]] bool has(Method method) const override {
        if (method == Method::predict) return true;
        return loss != Loss::regression &&
               (method == Method::predict_proba || method == Method::predict_log_proba || method == Method::decision_function);
    }

    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(Matrix raw, raw_predictions(std::move(rows)));
        if (loss == Loss::regression) {
            return array_of(raw, true);
        }
        // Until 1.3 the label is that of the probabilities, but for the exponential loss.
        if (old_labels && loss != Loss::exponential) return labels_at(classes, argmax(probabilities(std::move(raw))));
        if (raw.cols() > 1) return labels_at(classes, argmax(raw));
        std::vector<std::size_t> places;
        for (Eigen::Index row = 0; row < raw.rows(); ++row) places.push_back(raw(row, 0) >= 0 ? 1 : 0);
        return labels_at(classes, places);
    }

    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        TRY_ASSIGN(Matrix raw, raw_predictions(std::move(rows)));
        if (method == Method::decision_function) {
            const bool flat = raw.cols() == 1;
            return Scores{std::move(raw), flat};
        }
        Matrix found = probabilities(std::move(raw));
        if (method == Method::predict_log_proba) found = found.unaryExpr([](double value) { return std::log(value); });
        return Scores{std::move(found)};
    }

    Loss loss = Loss::regression;
    std::vector<std::vector<Tree>> stages;
    double learning_rate = 0;
    SampleValues classes;
    std::unique_ptr<Step> init;        ///< null: `start`
    std::vector<double> start;         ///< per output, when nothing needs to be asked
    double smallest = 0;               ///< of a probability that init gives
    bool old_labels = false;
    bool old_softmax = false;
    bool centered = false;             ///< a start of several classes is taken relative to its mean
    bool takes_missing = false;

private:
    [[nodiscard]] std::size_t outputs() const { return stages.front().size(); }

    [[nodiscard]] Result<Matrix> raw_predictions(Data rows) const {
        Data asked = init ? rows : Data{};
        TRY_ASSIGN(const FloatRows given, rows_for_trees(std::move(rows), takes_missing));
        Matrix raw(static_cast<Eigen::Index>(given.rows), static_cast<Eigen::Index>(outputs()));
        if (init) {
            TRY(start_from_init(std::move(asked), raw));
        } else {
            for (std::size_t k = 0; k < outputs(); ++k) raw.col(static_cast<Eigen::Index>(k)).setConstant(start[k]);
        }
        if (given.holds_nan) {
            add<true>(given, raw);
        } else {
            add<false>(given, raw);
        }
        return raw;
    }

    template <bool HoldsNan>
    void add(const FloatRows& given, Matrix& raw) const {
        for (const std::vector<Tree>& stage : stages) {
            for (std::size_t k = 0; k < stage.size(); ++k) {
                const Tree& tree = stage[k];
                for (std::size_t row = 0; row < given.rows; ++row) {
                    const double value = *tree.values(tree.leaf<HoldsNan>(given.values.data() + row * given.columns));
                    raw(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(k)) += learning_rate * value;
                }
            }
        }
    }

    /// The estimator that boosting starts from is given the rows as float32.
    Result<void> start_from_init(Data rows, Matrix& raw) const {
        TRY_ASSIGN(Matrix given, matrix(std::move(rows), Missing::allow, Single::allow));
        given = given.unaryExpr([](double value) { return static_cast<double>(static_cast<float>(value)); });
        Data single = data_of(std::move(given));
        single.type = NumberType::float32;
        if (loss == Loss::regression) {
            TRY_ASSIGN(const SampleArray answer, init->predict(std::move(single)));
            const auto* values = std::get_if<std::vector<double>>(&answer.values);
            if (values == nullptr || static_cast<Eigen::Index>(values->size()) != raw.rows())
                return not_replayable("its init estimator does not give one number per row");
            raw.col(0) = Eigen::Map<const Vector>(values->data(), raw.rows());
            return {};
        }
        TRY_ASSIGN(const Scores answer, init->scores(Method::predict_proba, std::move(single)));
        if (answer.values.cols() != std::max<Eigen::Index>(2, raw.cols())) return not_replayable("its init estimator has other classes");
        for (Eigen::Index row = 0; row < raw.rows(); ++row) put_start(answer.values.row(row), raw.row(row));
        return {};
    }

public:
    /// From the probabilities that init gives to raw predictions.
    template <class Probabilities, class Raw>
    void put_start(const Probabilities& given, Raw&& raw) const {
        const auto clipped = [&](Eigen::Index k) { return std::clamp(given[k], smallest, 1.0 - smallest); };
        if (loss == Loss::binomial || loss == Loss::exponential) {
            raw[0] = logit(clipped(1));
            if (loss == Loss::exponential) raw[0] *= 0.5;
            return;
        }
        const Eigen::Index count = given.size();
        if (!centered) {
            for (Eigen::Index k = 0; k < count; ++k) raw[k] = std::log(clipped(k));
            return;
        }
        std::vector<double> logs;
        for (Eigen::Index k = 0; k < count; ++k) logs.push_back(std::log(clipped(k)));
        const double mean = std::exp(numpy_sum(logs.data(), logs.size()) / static_cast<double>(count));
        for (Eigen::Index k = 0; k < count; ++k) raw[k] = std::log(clipped(k) / mean);
    }

private:
    [[nodiscard]] Matrix probabilities(Matrix raw) const {
        if (loss == Loss::exponential) return two_columns(raw.unaryExpr([](double value) { return expit(2.0 * value); }));
        if (loss == Loss::binomial) return two_columns(raw.unaryExpr([](double value) { return expit(value); }));
        if (!old_softmax) {
            softmax(raw);
            return raw;
        }
        subtract_log_sums(raw);
        return raw.unaryExpr([](double value) { return std::exp(value); });
    }
};

/// The estimators of releases before 0.21 that boosting starts from say the raw prediction itself.
bool read_old_init(StateReader& state, const Fitted& init, GradientBoosting& made, std::size_t outputs) {
    const std::string cls = init.class_name();
    const std::string_view module = "sklearn.ensemble.gradient_boosting.";
    if (!cls.starts_with(module)) return false;
    const std::string name = cls.substr(module.size());
    StateReader inner(init, state.place(), state.budget());
    if (name == "QuantileEstimator") {
        made.start = {inner.number("quantile")};
        inner.known({"alpha"});
    } else if (name == "MeanEstimator") {
        made.start = {inner.number("mean")};
    } else if (name == "LogOddsEstimator" || name == "ScaledLogOddsEstimator") {
        made.start = {inner.number("prior")};
    } else if (name == "PriorProbabilityEstimator") {
        const Vector priors = inner.vector("priors");
        made.start.assign(priors.data(), priors.data() + priors.size());
    } else if (name == "ZeroEstimator") {
        made.start.assign(outputs, 0.0);
        inner.known({"n_classes"});
    } else {
        return false;
    }
    if (const auto read = inner.finish(); !read) state.problem("its init_: " + read.error().because);
    if (made.start.size() != outputs) state.problem("attribute init_ does not give one number per output");
    return true;
}

void read_init(StateReader& state, GradientBoosting& made, std::size_t outputs) {
    const auto init = state.require("init_");
    if (!init) return;
    if (init->as_text() == "zero") {
        made.start.assign(outputs, 0.0);
        return;
    }
    if (read_old_init(state, *init, made, outputs)) return;
    if (state.writer().before(0, 21))
        return state.problem("attribute init_ is an estimator of its own, which releases before 0.21 use otherwise");
    made.init = state.estimator(*init, "init_");
    if (!made.init) return;
    if (made.loss != Loss::regression && !made.init->has(Method::predict_proba)) state.problem("attribute init_ gives no probabilities");
    // A constant one is asked once.
    if (init->class_name() != "sklearn.dummy.DummyClassifier" && init->class_name() != "sklearn.dummy.DummyRegressor") return;
    Data one = data_of(Matrix::Zero(1, 1));  // it does not look at its columns
    Vector raw(static_cast<Eigen::Index>(outputs));
    if (made.loss == Loss::regression) {
        const auto answer = made.init->predict(std::move(one));
        const auto* values = answer ? std::get_if<std::vector<double>>(&answer->values) : nullptr;
        if (values == nullptr || values->size() != 1) return state.problem("attribute init_ does not give one number per row");
        raw[0] = values->front();
    } else {
        const auto answer = made.init->scores(Method::predict_proba, std::move(one));
        if (!answer || answer->values.cols() != static_cast<Eigen::Index>(std::max<std::size_t>(2, outputs)))
            return state.problem("attribute init_ has other classes");
        made.put_start(answer->values.row(0), raw);
    }
    made.start.assign(raw.data(), raw.data() + raw.size());
    made.init.reset();
}

Result<std::unique_ptr<Step>> boosting(StateReader& state) {
    auto made = std::make_unique<GradientBoosting>();
    const bool classifier = state.cls().ends_with("Classifier");
    made->learning_rate = state.number("learning_rate");
    const std::string loss = state.text("loss");
    std::size_t outputs = 1;
    if (classifier) {
        made->classes = state.labels("classes_");
        const std::size_t count = count_of(made->classes);
        outputs = count > 2 ? count : 1;
        state.require_that(count >= 2, "attribute classes_ has fewer than two classes");
        made->loss = loss == "exponential" ? Loss::exponential : outputs > 1 ? Loss::multinomial : Loss::binomial;
        state.require_that(loss == "deviance" || loss == "log_loss" || (loss == "exponential" && outputs == 1),
                           "attribute loss is " + loss);
    }
    made->old_labels = state.writer().before(1, 4);
    made->old_softmax = state.writer().before(1, 4);
    made->centered = !state.writer().before(1, 4);
    made->smallest =
        state.writer().before(1, 8) ? static_cast<double>(std::numeric_limits<float>::epsilon()) : std::numeric_limits<double>::epsilon();

    const auto estimators = state.require("estimators_");
    if (estimators && estimators->is(FittedKind::array)) {
        const auto shape = estimators->array().shape;
        if (shape.size() != 2 || shape[1] != outputs || shape[0] == 0)
            state.problem(fmt::format("attribute estimators_ has not {} trees per stage", outputs));
    }
    std::size_t place = 0;
    for (const Fitted& each :
         estimators && !state.failed() ? state.items_of(*estimators, "attribute estimators_") : std::vector<Fitted>()) {
        const std::string where = fmt::format("attribute estimators_[{}][{}]", place / outputs, place % outputs);
        if (is_tree_classifier(each.class_name()) != false) {
            state.problem(where + " is no regression tree");
            break;
        }
        std::optional<TreeModel> model = read_inner_tree(state, each, where, false);
        if (!model) break;
        if (place % outputs == 0) made->stages.emplace_back();
        const bool alike = model->tree.outputs() == 1 &&
                           (made->stages.front().empty() || model->tree.features() == made->stages.front().front().features());
        if (!alike) {
            state.problem(where + " has other outputs or features than the first tree");
            break;
        }
        made->stages.back().push_back(std::move(model->tree));
        ++place;
    }
    state.require_that(!made->stages.empty(), "attribute estimators_ holds no trees");
    if (!state.failed()) state.fitted_with(made->stages.front().front().features(), "estimators_");
    if (!state.failed()) read_init(state, *made, outputs);
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> gradient_boosting_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.ensemble._gb.GradientBoostingClassifier", boosting,
         "_loss _n_classes _rng alpha ccp_alpha criterion init loss loss_ max_depth max_features max_features_ max_leaf_nodes "
         "min_impurity_decrease min_impurity_split min_samples_leaf min_samples_split min_weight_fraction_leaf n_classes_ n_estimators "
         "n_estimators_ n_features_ n_iter_no_change n_trees_per_iteration_ oob_improvement_ oob_score_ oob_scores_ presort random_state "
         "subsample tol train_score_ validation_fraction verbose warm_start",
         "sklearn.ensemble.gradient_boosting.GradientBoostingClassifier"},
        {"sklearn.ensemble._gb.GradientBoostingRegressor", boosting,
         "_loss _rng alpha ccp_alpha criterion init loss loss_ max_depth max_features max_features_ max_leaf_nodes min_impurity_decrease "
         "min_impurity_split min_samples_leaf min_samples_split min_weight_fraction_leaf n_classes_ n_estimators n_estimators_ n_features_ "
         "n_iter_no_change n_trees_per_iteration_ oob_improvement_ oob_score_ oob_scores_ presort random_state subsample tol train_score_ "
         "validation_fraction verbose warm_start",
         "sklearn.ensemble.gradient_boosting.GradientBoostingRegressor"},
    });
    return classes;
}

}  // namespace assay::pipeline
