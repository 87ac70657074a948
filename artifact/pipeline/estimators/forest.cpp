#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

// sklearn.ensemble's forests (sklearn/ensemble/_forest.py): what the trees give, added in their order, over their number.

namespace assay::pipeline {

namespace {

class Forest final : public TreeStep {
public:
    /// With several jobs, scikit-learn adds the trees in the order in which threads are done.
    [[nodiscard]] bool is_exact(Method method) const override {
        return method != Method::predict_log_proba && (in_order || trees.size() < 3);
    }
    [[nodiscard]] bool has(Method method) const override {
        if (method == Method::predict) return true;
        return classifier && (method == Method::predict_proba || method == Method::predict_log_proba);
    }

    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Matrix means, averages(std::move(rows)));
        const auto count = static_cast<std::size_t>(means.rows());
        if (!classifier) {
            SampleArray answer{.shape = {count}, .values = std::vector<double>(means.data(), means.data() + means.size()), .missing = {}};
            if (outputs > 1) answer.shape.push_back(outputs);
            return answer;
        }
        std::vector<std::vector<std::size_t>> places;
        for (std::size_t output = 0; output < outputs; ++output) {
            const auto first = static_cast<Eigen::Index>(output * width);
            places.push_back(argmax(means.middleCols(first, static_cast<Eigen::Index>(count_of(classes[output])))));
        }
        if (outputs == 1) return labels_at(classes.front(), places.front());
        return labels_of_outputs(classes, places, count, floats);
    }

    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        if (outputs > 1) return not_replayable("it gives one table of probabilities per output, and a sample keeps one");
        TRY_ASSIGN(Matrix means, averages(std::move(rows)));
        if (method == Method::predict_log_proba) means = means.unaryExpr([](double value) { return std::log(value); });
        return Scores{std::move(means)};
    }

    std::vector<Tree> trees;
    bool classifier = false;
    bool takes_missing = false;
    bool floats = false;
    bool in_order = true;
    std::size_t outputs = 1;
    std::size_t width = 1;  ///< classes of an output
    std::vector<SampleValues> classes;

private:
    /// Row × (output × class).
    [[nodiscard]] Result<Matrix> averages(Data rows) const {
        TRY_ASSIGN(const FloatRows given, rows_for_trees(std::move(rows), takes_missing));
        Matrix sums = Matrix::Zero(static_cast<Eigen::Index>(given.rows), static_cast<Eigen::Index>(outputs * width));
        if (given.holds_nan) {
            add<true>(given, sums);
        } else {
            add<false>(given, sums);
        }
        const auto count = static_cast<double>(trees.size());
        double* const all = sums.data();
        for (Eigen::Index i = 0; i < sums.size(); ++i) all[i] /= count;
        return sums;
    }

    template <bool HoldsNan>
    void add(const FloatRows& given, Matrix& sums) const {
        const auto per_row = static_cast<std::size_t>(sums.cols());
        for (const Tree& tree : trees) {
            const float* row = given.values.data();
            double* sum = sums.data();
            for (std::size_t i = 0; i < given.rows; ++i, row += given.columns, sum += per_row) {
                const double* const values = tree.values(tree.leaf<HoldsNan>(row));
                for (std::size_t k = 0; k < per_row; ++k) sum[k] += values[k];
            }
        }
    }
};

Result<std::unique_ptr<Step>> forest(StateReader& state) {
    auto made = std::make_unique<Forest>();
    made->classifier = state.cls().ends_with("Classifier");
    made->floats = state.writer().before(0, 21);
    const auto jobs = state.find("n_jobs");
    made->in_order = !jobs || jobs->is_none() || jobs->as_integer() == 1;
    const auto estimators = state.require("estimators_");
    std::size_t place = 0;
    for (const Fitted& each : estimators ? state.items_of(*estimators, "attribute estimators_") : std::vector<Fitted>()) {
        const std::string where = fmt::format("attribute estimators_[{}]", place++);
        const auto is_classifier = is_tree_classifier(each.class_name());
        if (is_classifier != made->classifier) {
            state.problem(where + " is no tree of this kind of forest");
            break;
        }
        std::optional<TreeModel> model = read_inner_tree(state, each, where, *is_classifier);
        if (!model) break;
        if (made->trees.empty()) {
            made->outputs = model->tree.outputs();
            made->width = model->tree.classes();
            // Until 1.3, whole forests did not take missing values.
            made->takes_missing = model->takes_missing && !state.writer().before(1, 4);
        }
        const bool alike = made->trees.empty() || (model->tree.class_counts() == made->trees.front().class_counts() &&
                                                   model->tree.features() == made->trees.front().features());
        if (!alike) {
            state.problem(where + " has other outputs or features than the first tree");
            break;
        }
        made->trees.push_back(std::move(model->tree));
    }
    state.require_that(!made->trees.empty(), "attribute estimators_ holds no trees");
    if (!made->trees.empty()) state.fitted_with(made->trees.front().features(), "estimators_");
    if (made->classifier && !state.failed()) made->classes = read_tree_classes(state, made->trees.front());
    if (const auto outputs = state.find("n_outputs_"))
        state.require_that(outputs->as_integer() == static_cast<std::int64_t>(made->outputs), "attribute n_outputs_ contradicts the trees");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> forest_classes() {
    static constexpr std::string_view known =
        "_n_samples _n_samples_bootstrap _sample_weight base_estimator base_estimator_ bootstrap ccp_alpha class_weight classes_ criterion "
        "estimator estimator_ estimator_params max_depth max_features max_leaf_nodes max_samples min_impurity_decrease min_impurity_split "
        "min_samples_leaf min_samples_split min_weight_fraction_leaf monotonic_cst n_classes_ n_estimators n_features_ n_jobs n_outputs_ "
        "oob_decision_function_ oob_prediction_ oob_score oob_score_ random_state verbose warm_start";
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.ensemble._forest.RandomForestClassifier", forest, known, "sklearn.ensemble.forest.RandomForestClassifier"},
        {"sklearn.ensemble._forest.RandomForestRegressor", forest, known, "sklearn.ensemble.forest.RandomForestRegressor"},
        {"sklearn.ensemble._forest.ExtraTreesClassifier", forest, known, "sklearn.ensemble.forest.ExtraTreesClassifier"},
        {"sklearn.ensemble._forest.ExtraTreesRegressor", forest, known, "sklearn.ensemble.forest.ExtraTreesRegressor"},
    });
    return classes;
}

}  // namespace assay::pipeline
