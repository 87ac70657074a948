#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/linear.hpp"
#include "artifact/pipeline/lightgbm_text.hpp"
#include "artifact/pipeline/rounding.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

// LightGBM's estimators: the text of the model in their Booster (python-package/lightgbm/sklearn.py, src/boosting/gbdt_prediction.cpp).

namespace assay::pipeline {

namespace {

constexpr double next_to_nothing = 1e-35F;  // kZeroThreshold
constexpr double largest_single_integer = 1 << 24;

class Lightgbm final : public Step {
public:
    enum class Link : std::uint8_t { identity, square, exponential, logistic, softmax };

    [[nodiscard]] bool has(Method method) const override {
        return method == Method::predict || (is_classifier && method == Method::predict_proba);
    }
    [[nodiscard]] bool is_exact(Method method) const override {
        return method == Method::predict && !is_classifier && (link == Link::identity || link == Link::square);
    }
    [[nodiscard]] std::size_t widest() const override { return std::max(input.width, model.trees_per_iteration); }

    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        if (is_classifier) {
            TRY_ASSIGN(const Scores found, scores(Method::predict_proba, std::move(rows)));
            return labels_at(classes, argmax(found.values));
        }
        TRY_ASSIGN(const Matrix raw, outputs(std::move(rows)));
        return array_of(raw, true);
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        TRY_ASSIGN(Matrix found, outputs(std::move(rows)));
        return found.cols() == 1 ? Scores{two_columns(found)} : Scores{std::move(found)};
    }

    LightgbmModel model;
    std::size_t iterations = 0;
    Link link = Link::identity;
    double sigmoid = 1;
    bool is_classifier = false;
    SampleValues classes;

private:
    /// Matrices of integers become float32, and so do tables of nothing else in some releases.
    [[nodiscard]] Result<void> check_types(const Data& rows) const {
        const auto is_integer = [](NumberType type) { return type == NumberType::integer; };
        if (const auto* columns = std::get_if<std::vector<Column>>(&rows.values)) {
            for (const Column& column : *columns) {
                if (column.objects && rows.table) return not_replayable("a column holds objects, or is of pandas' categories");
                if (!column.objects && is_integer(column.type) &&
                    std::ranges::any_of(column.numbers, [](double value) { return std::abs(value) > largest_single_integer; }))
                    return not_replayable("a column holds integers that no float32 holds, which releases of LightGBM make of them");
            }
        } else if (const auto* matrix = std::get_if<Matrix>(&rows.values); matrix != nullptr && is_integer(rows.type) &&
                                                                           matrix->size() != 0 &&
                                                                           matrix->cwiseAbs().maxCoeff() > largest_single_integer) {
            return not_replayable("it holds integers that no float32 holds, and LightGBM makes float32 of them");
        }
        return {};
    }

    [[nodiscard]] Result<Matrix> outputs(Data rows) const {
        TRY(check_types(rows));
        TRY_ASSIGN(Matrix given, matrix(std::move(rows), Missing::allow_infinite, Single::compares));
        given = given.unaryExpr([](double value) { return std::abs(value) <= next_to_nothing ? 0.0 : value; });
        const auto per_iteration = static_cast<Eigen::Index>(model.trees_per_iteration);
        Matrix raw = Matrix::Zero(given.rows(), per_iteration);
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            for (std::size_t tree = 0; tree < iterations * model.trees_per_iteration; ++tree)
                raw(row, static_cast<Eigen::Index>(tree) % per_iteration) += model.trees[tree](given.row(row).data());
        }
        if (model.average_output) raw /= static_cast<double>(iterations);
        return linked(std::move(raw));
    }

    [[nodiscard]] Matrix linked(Matrix raw) const {
        switch (link) {
            case Link::identity: break;
            case Link::square: raw = raw.unaryExpr([](double x) { return x < 0 ? -x * x : x * x; }); break;
            case Link::exponential:
                raw = raw.unaryExpr([](double x) {
                    const double value = std::exp(x);
                    return rounded_worst(value, value, 2, 0);
                });
                break;
            case Link::logistic:
                raw = raw.unaryExpr([this](double x) {
                    const double value = 1.0 / (1.0 + std::exp(-sigmoid * x));
                    return rounded_worst(value, value, 4, 0);
                });
                break;
            case Link::softmax:
                for (Eigen::Index row = 0; row < raw.rows(); ++row) {
                    const double largest = raw.row(row).maxCoeff();
                    double sum = 0;
                    for (Eigen::Index k = 0; k < raw.cols(); ++k) sum += raw(row, k) = std::exp(raw(row, k) - largest);
                    for (Eigen::Index k = 0; k < raw.cols(); ++k)
                        raw(row, k) = rounded_worst(raw(row, k) / sum, raw(row, k) / sum, 4, static_cast<std::size_t>(k));
                }
                break;
        }
        return raw;
    }
};

/// "binary sigmoid:1": the link, and its number.
void read_objective(StateReader& state, Lightgbm& made) {
    const std::vector<std::string>& words = made.model.objective;
    const std::string name = words.empty() ? "" : words.front();
    for (const std::string& word : words) {
        if (!word.starts_with("sigmoid:")) continue;
        const auto number = parse_number(std::string_view(word).substr(8));
        if (!number || !(*number > 0)) state.problem("its model has the objective's parameter " + printable(word, 60));
        made.sigmoid = number.value_or(1);
    }
    const bool square = std::ranges::find(words, "sqrt") != words.end();
    static constexpr auto identities =
        std::to_array<std::string_view>({"regression", "regression_l1", "huber", "fair", "quantile", "mape", "lambdarank", "rank_xendcg"});
    if (name == "binary" || name == "multiclassova" || name == "cross_entropy") {
        made.link = Lightgbm::Link::logistic;
        if (name == "cross_entropy") made.sigmoid = 1;
    } else if (name == "multiclass") {
        made.link = Lightgbm::Link::softmax;
    } else if (name == "poisson" || name == "gamma" || name == "tweedie") {
        made.link = Lightgbm::Link::exponential;
    } else if (std::ranges::find(identities, name) == identities.end()) {
        state.problem("its model has the objective '" + printable(name, 60) + "', which is not known here");
    } else if (square) {
        state.require_that(name == "regression", "its model has the objective " + name + " with a square root");
        made.link = Lightgbm::Link::square;
    }
    const bool of_classes = name == "binary" || name.starts_with("multiclass");
    if (of_classes != made.is_classifier) state.problem("its model has the objective '" + printable(name, 60) + "', which is not its own");
}

void read_booster(StateReader& state, const Fitted& value, Lightgbm& made) {
    if (value.class_name() != "lightgbm.basic.Booster") return state.problem("attribute _Booster is no Booster: " + value.describe());
    StateReader booster(value, state.place(), state.budget());
    const std::string text = booster.text(booster.has("_handle") ? "_handle" : "handle");  // since 4.0, and before
    auto model = parse_lightgbm(text);
    if (!model) return state.problem("its model: " + model.error().message);
    made.model = *std::move(model);
    made.iterations = made.model.trees.size() / made.model.trees_per_iteration;
    if (const auto best = booster.find("best_iteration"); best && !best->is_none()) {
        const std::int64_t iterations = booster.integer("best_iteration");
        if (iterations > 0) made.iterations = std::min(made.iterations, static_cast<std::size_t>(iterations));
    }
    booster.known(
        "network _Booster__need_reload_eval_info _train_data_name _Booster__attr _Booster__set_objective_to_none best_score "
        "name_valid_sets _Booster__num_dataset _Booster__init_predictor _Booster__num_class _Booster__inner_predict_buffer "
        "_Booster__is_predicted_cur_iter _Booster__num_inner_eval _Booster__name_inner_eval _Booster__higher_better_inner_eval "
        "pandas_categorical train_set_version params _network _free_network _name_valid_sets");
    if (const auto read = booster.finish(); !read) return state.problem("its _Booster: " + read.error().because);
    const std::string& categories = made.model.pandas_categorical;
    state.require_that(categories.empty() || categories == "null" || categories == "[]", "it was fitted on columns of pandas' categories");
    std::uint64_t nodes = 0;
    for (const LightgbmTree& tree : made.model.trees) {
        nodes += tree.leaves.size();
        if (!state.may_walk(tree.depth)) return;
    }
    if (nodes > state.budget().numbers) return state.problem("its trees have more nodes than are decoded");
    state.budget().numbers -= nodes;
    state.require_that(made.iterations > 0, "its model has no trees");
}

Result<std::unique_ptr<Step>> lightgbm(StateReader& state) {
    auto made = std::make_unique<Lightgbm>();
    made->is_classifier = state.cls().ends_with(".LGBMClassifier");
    if (const auto objective = state.find("_objective"); objective && !objective->is_none()) (void)state.text("_objective");
    state.must_be_none("_fobj");
    if (const auto booster = state.require("_Booster")) read_booster(state, *booster, *made);
    if (state.failed()) return state.finish(std::move(made));
    read_objective(state, *made);
    state.fitted_with(made->model.features, "_Booster");
    std::size_t outputs = 1;
    if (made->is_classifier) {
        if (const auto encoder = state.require("_le"); encoder && encoder->is(FittedKind::object)) {
            StateReader inner(*encoder, state.place(), state.budget());
            made->classes = inner.labels("classes_");
            if (const auto read = inner.finish(); !read) state.problem("its _le: " + read.error().because);
        } else {
            state.problem("attribute _le is no LabelEncoder");
        }
        const std::size_t count = count_of(made->classes);
        outputs = count > 2 ? count : 1;
        state.require_that(count >= 2, "attribute _le has one class alone");
        state.require_that((count > 2) != (made->model.objective.front() == "binary"), "its model has another objective than its classes");
    }
    if (made->model.trees_per_iteration != outputs)
        state.problem(fmt::format("its model has {} outputs, and {} are expected", made->model.trees_per_iteration, outputs));
    // Parameters of LightGBM itself become attributes as they are given.
    state.known(
        "verbose verbosity metric metrics num_class scale_pos_weight is_unbalance max_bin bagging_fraction feature_fraction bagging_freq "
        "bagging_seed feature_fraction_seed feature_fraction_bynode seed num_threads nthread device device_type lambda_l1 lambda_l2 "
        "force_row_wise force_col_wise deterministic min_data_in_leaf min_sum_hessian_in_leaf min_gain_to_split early_stopping_round "
        "early_stopping_rounds extra_trees path_smooth cat_smooth cat_l2 max_cat_threshold max_cat_to_onehot min_data_per_group drop_rate "
        "max_drop skip_drop alpha tweedie_variance_power reg_sqrt top_rate other_rate min_data_in_bin categorical_feature "
        "monotone_constraints interaction_constraints first_metric_only boost_from_average data_sample_strategy sigmoid eval_at");
    return state.finish(std::move(made));
}

constexpr std::string_view lightgbm_parameters =
    "boosting_type objective num_leaves max_depth learning_rate n_estimators subsample_for_bin min_split_gain min_child_weight "
    "min_child_samples subsample subsample_freq colsample_bytree reg_alpha reg_lambda random_state n_jobs silent importance_type "
    "class_weight _evals_result _best_score _best_iteration _other_params _class_weight _class_map _n_features _n_features_in "
    "_n_rows_train _classes _n_classes fitted_ _early_stopping_rounds _early_stopping _validation_score use_eval _n_features_in_ eval_at "
    "_eval_at "
    // Of training, by LightGBM's own names: what they change stands in the model's text.
    "zero_as_missing use_missing min_data_in_leaf feature_fraction bagging_fraction bagging_freq lambda_l1 lambda_l2 min_gain_to_split "
    "verbose verbosity force_col_wise force_row_wise max_bin min_data_in_bin cat_smooth cat_l2 max_cat_threshold max_cat_to_onehot "
    "path_smooth extra_trees seed feature_fraction_seed bagging_seed data_random_seed deterministic num_threads is_unbalance "
    "scale_pos_weight metric first_metric_only boost_from_average device device_type gpu_use_dp monotone_constraints";

}  // namespace

std::span<const EstimatorClass> lightgbm_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"lightgbm.sklearn.LGBMClassifier", lightgbm, lightgbm_parameters},
        {"lightgbm.sklearn.LGBMRegressor", lightgbm, lightgbm_parameters},
        {"lightgbm.sklearn.LGBMRanker", lightgbm, lightgbm_parameters},
    });
    return classes;
}

}  // namespace assay::pipeline
