#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/xgboost_model.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

// XGBoost's estimators: the model in their Booster's state, in float32 throughout (python-package/xgboost/sklearn.py,
// src/predictor/cpu_predictor.cc, src/objective/).

namespace assay::pipeline {

namespace {

class Xgboost final : public Step {
public:
    enum class Link : std::uint8_t { identity, logistic, exponential, softmax };

    [[nodiscard]] bool has(Method method) const override {
        return method == Method::predict || (is_classifier && method == Method::predict_proba);
    }
    [[nodiscard]] bool is_exact(Method method) const override {
        return method == Method::predict && !is_classifier && link == Link::identity && model.weights.empty();
    }
    [[nodiscard]] bool takes_sparse() const override { return true; }
    [[nodiscard]] std::size_t widest() const override { return 2 * std::max(input.width, model.groups); }

    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Matrix found, outputs(std::move(rows)));
        if (is_classifier) {
            if (found.cols() > 1) return labels_at(classes, argmax(found));
            std::vector<std::size_t> places;
            for (Eigen::Index row = 0; row < found.rows(); ++row) places.push_back(found(row, 0) > 0.5 ? 1 : 0);
            return labels_at(classes, places);
        }
        std::vector<float> values(static_cast<std::size_t>(found.size()));
        std::transform(found.data(), found.data() + found.size(), values.begin(), [](double value) { return static_cast<float>(value); });
        return SampleArray{.shape = {static_cast<std::size_t>(found.rows())}, .values = std::move(values), .missing = {}};
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        TRY_ASSIGN(Matrix found, outputs(std::move(rows)));
        if (found.cols() == 1) {
            Matrix both(found.rows(), 2);
            for (Eigen::Index row = 0; row < found.rows(); ++row) {
                both(row, 0) = static_cast<double>(1.0F - static_cast<float>(found(row, 0)));
                both(row, 1) = found(row, 0);
            }
            found = std::move(both);
        }
        return Scores{.values = std::move(found), .single = true};
    }

    XgboostModel model;
    std::size_t iterations = 0;
    Link link = Link::identity;
    float base = 0;  ///< of the margins
    std::optional<double> missing;  ///< a number that stands for a missing one, as NaN does
    bool is_classifier = false;
    SampleValues classes;

private:
    [[nodiscard]] Result<Matrix> outputs(Data rows) const {
        if (const auto* columns = std::get_if<std::vector<Column>>(&rows.values);
            rows.table && columns != nullptr && std::ranges::any_of(*columns, &Column::objects))
            return not_replayable("a column holds objects, or is of pandas' categories");
        TRY_ASSIGN(const Matrix given, with_gaps(std::move(rows)));
        std::vector<float> row(model.features);
        std::vector<float> margins(model.groups);
        Matrix found(given.rows(), static_cast<Eigen::Index>(model.groups));
        for (Eigen::Index at = 0; at < given.rows(); ++at) {
            for (std::size_t i = 0; i < row.size(); ++i) {
                row[i] = static_cast<float>(given(at, static_cast<Eigen::Index>(i)));
                if (std::isinf(row[i])) return not_replayable(fmt::format("row {}, column {}: the number is infinite as a float32", at, i));
                if (missing && row[i] == static_cast<float>(*missing)) row[i] = std::nanf("");
            }
            model.margins(row.data(), base, iterations, margins.data());
            apply_link(margins);
            for (std::size_t k = 0; k < margins.size(); ++k) found(at, static_cast<Eigen::Index>(k)) = static_cast<double>(margins[k]);
        }
        return found;
    }

    /// Of sparse rows, what is not written down is missing, and not 0.
    [[nodiscard]] Result<Matrix> with_gaps(Data rows) const {
        constexpr double gap = std::numeric_limits<double>::quiet_NaN();
        if (const auto* entries = std::get_if<SparseRows>(&rows.values)) {
            TRY(check_columns(rows));
            Matrix given = Matrix::Constant(static_cast<Eigen::Index>(rows.rows), static_cast<Eigen::Index>(entries->width), gap);
            for (std::size_t row = 0; row < rows.rows; ++row) {
                for (std::size_t i = entries->starts[row]; i < entries->starts[row + 1]; ++i)
                    given(static_cast<Eigen::Index>(row), entries->columns[i]) = entries->values[i];
            }
            return given;
        }
        const bool sparse = rows.sparse;
        TRY_ASSIGN(Matrix given, matrix(std::move(rows), Missing::allow_infinite, Single::compares));
        if (sparse) given = given.unaryExpr([](double value) { return value == 0 ? gap : value; });
        return given;
    }

    void apply_link(std::vector<float>& margins) const {
        switch (link) {
            case Link::identity: break;
            case Link::logistic: {
                const float x = std::min(-margins[0], 88.7F);
                margins[0] = 1.0F / (std::exp(x) + 1.0F + 1e-16F);
                break;
            }
            case Link::exponential: margins[0] = std::exp(margins[0]); break;
            case Link::softmax: {
                const float largest = *std::ranges::max_element(margins);
                double sum = 0;
                for (float& margin : margins) {
                    margin = std::exp(margin - largest);
                    sum += static_cast<double>(margin);
                }
                for (float& margin : margins) margin /= static_cast<float>(sum);
                break;
            }
        }
    }
};

/// What the objective makes of a margin, and of the base score, which is written as what it makes.
void read_xgboost_objective(StateReader& state, Xgboost& made) {
    const std::string& name = made.model.objective;
    const float score = made.model.base_score;
    static constexpr auto identities =
        std::to_array<std::string_view>({"reg:squarederror", "reg:linear", "reg:squaredlogerror", "reg:absoluteerror",
                                         "reg:pseudohubererror", "rank:pairwise", "rank:ndcg", "rank:map", "reg:quantileerror"});
    made.base = score;
    if (name == "binary:logistic" || name == "reg:logistic") {
        made.link = Xgboost::Link::logistic;
        made.base = -std::log(1.0F / score - 1.0F);
    } else if (name == "count:poisson" || name == "reg:gamma" || name == "reg:tweedie") {
        made.link = Xgboost::Link::exponential;
        made.base = std::log(score);
    } else if (name == "multi:softprob") {
        made.link = Xgboost::Link::softmax;
    } else if (std::ranges::find(identities, name) == identities.end()) {
        state.problem("its model has the objective '" + printable(name, 60) + "', which is not known here");
    }
    state.require_that(std::isfinite(made.base), "its model has a base_score that its objective does not take");
    const bool of_classes = name == "binary:logistic" || name == "multi:softprob";
    state.require_that(made.model.groups != 2, "its model has two outputs, which it would take for labels");
    if (of_classes != made.is_classifier) state.problem("its model has the objective '" + printable(name, 60) + "', which is not its own");
    state.require_that((made.model.groups > 1) == (name == "multi:softprob"), "its model has another number of outputs than its objective");
}

void read_xgboost_booster(StateReader& state, const Fitted& value, Xgboost& made) {
    if (value.class_name() != "xgboost.core.Booster") return state.problem("attribute _Booster is no Booster: " + value.describe());
    StateReader booster(value, state.place(), state.budget());
    const auto handle = booster.require("handle");
    if (!handle || !handle->is(FittedKind::bytes)) return state.problem("its _Booster has no handle of bytes");
    auto model = parse_xgboost(handle->bytes());
    if (!model) return state.problem("its model: " + model.error().message);
    made.model = *std::move(model);
    made.iterations = made.model.trees.size() / made.model.trees_per_iteration;
    // Early stopping leaves the best iteration with the model; until 1.7 it is an attribute of the Booster always.
    std::int64_t best = made.model.best_iteration;
    if (booster.has("best_iteration")) best = booster.integer("best_iteration");
    if (best >= 0 && made.model.weights.empty()) {
        if (static_cast<std::uint64_t>(best) >= made.iterations)
            return state.problem(fmt::format("its best iteration is {} of {}", best, made.iterations));
        made.iterations = static_cast<std::size_t>(best) + 1;
    }
    booster.known("best_ntree_limit feature_names feature_types best_score");
    if (const auto read = booster.finish(); !read) return state.problem("its _Booster: " + read.error().because);
    std::uint64_t nodes = 0;
    for (const XgboostTree& tree : made.model.trees) {
        nodes += tree.nodes.size();
        if (!state.may_walk(tree.depth)) return;
    }
    if (nodes > state.budget().numbers) return state.problem("its trees have more nodes than are decoded");
    state.budget().numbers -= nodes;
}

Result<std::unique_ptr<Step>> xgboost(StateReader& state) {
    auto made = std::make_unique<Xgboost>();
    made->is_classifier = state.cls().find("Classifier") != std::string::npos;
    if (const auto booster = state.require("_Booster")) read_xgboost_booster(state, *booster, *made);
    if (state.failed()) return state.finish(std::move(made));
    read_xgboost_objective(state, *made);
    state.fitted_with(made->model.features, "_Booster");
    const double absent = state.number_or("missing", std::numeric_limits<double>::quiet_NaN());
    if (!std::isnan(absent)) made->missing = absent;
    if (made->is_classifier) {
        const std::int64_t count = state.integer("n_classes_");
        const auto expected = static_cast<std::int64_t>(made->model.groups == 1 ? 2 : made->model.groups);
        if (count != expected) state.problem(fmt::format("attribute n_classes_ is {}, and its model has {}", count, expected));
        std::vector<std::int64_t> labels;
        for (std::int64_t i = 0; i < expected; ++i) labels.push_back(i);
        made->classes = labels;
        if (const auto encoder = state.find("_le"); encoder && encoder->is(FittedKind::object)) {
            StateReader inner(*encoder, state.place(), state.budget());
            made->classes = inner.labels("classes_");
            if (const auto read = inner.finish(); !read) state.problem("its _le: " + read.error().because);
            state.require_that(count_of(made->classes) == static_cast<std::size_t>(expected),
                               "attribute _le has other classes than its model");
        }
    }
    auto finished = state.finish(std::move(made));
    if (finished) {
        auto& step = static_cast<Xgboost&>(**finished);
        step.input.names = step.model.names;
        step.input.names_must_match = true;
    }
    return finished;
}

constexpr std::string_view xgboost_parameters =
    "n_estimators objective max_depth max_leaves max_bin grow_policy learning_rate verbosity booster tree_method gamma min_child_weight "
    "max_delta_step subsample sampling_method colsample_bytree colsample_bylevel colsample_bynode reg_alpha reg_lambda scale_pos_weight "
    "base_score num_parallel_tree random_state n_jobs monotone_constraints interaction_constraints importance_type gpu_id device "
    "validate_parameters predictor enable_categorical feature_types feature_weights max_cat_to_onehot max_cat_threshold multi_strategy "
    "eval_metric early_stopping_rounds callbacks use_label_encoder classes_ evals_result_ best_iteration best_score "
    "best_ntree_limit kwargs";

}  // namespace

std::span<const EstimatorClass> xgboost_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"xgboost.sklearn.XGBClassifier", xgboost, xgboost_parameters},
        {"xgboost.sklearn.XGBRegressor", xgboost, xgboost_parameters},
        {"xgboost.sklearn.XGBRanker", xgboost, xgboost_parameters},
        {"xgboost.sklearn.XGBRFClassifier", xgboost, xgboost_parameters},
        {"xgboost.sklearn.XGBRFRegressor", xgboost, xgboost_parameters},
    });
    return classes;
}

}  // namespace assay::pipeline
