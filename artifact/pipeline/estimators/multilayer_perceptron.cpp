#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/algebra.hpp"
#include "artifact/pipeline/estimators/linear.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

// sklearn.neural_network.MLPClassifier and MLPRegressor (sklearn/neural_network/_multilayer_perceptron.py, _base.py), and BernoulliRBM
// (_rbm.py).

namespace assay::pipeline {

namespace {

enum class Activation : std::uint8_t { identity, logistic, tanh, relu, softmax, exponential };

struct Layer {
    Matrix weights;  ///< output × input
    Vector shift;
    Activation activation = Activation::identity;

    [[nodiscard]] Matrix operator()(const Matrix& rows) const {
        Matrix found = times_transposed(rows, weights);
        found.rowwise() += shift.transpose();
        switch (activation) {
            case Activation::identity: break;
            case Activation::logistic: return found.unaryExpr([](double value) { return expit(value); });
            case Activation::tanh: return found.unaryExpr([](double value) { return std::tanh(value); });
            case Activation::relu: return found.unaryExpr([](double value) { return value > 0 ? value : 0.0; });
            case Activation::softmax: softmax(found); break;
            case Activation::exponential: return found.unaryExpr([](double value) { return std::exp(value); });
        }
        return found;
    }
};

std::optional<Activation> activation_of(std::string_view name) {
    constexpr std::array<std::string_view, 6> names = {"identity", "logistic", "tanh", "relu", "softmax", "exp"};
    const auto* const found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Activation>(found - names.begin());
}

class Perceptrons : public Step {
public:
    [[nodiscard]] std::size_t widest() const override {
        std::size_t width = input.width;
        for (const Layer& layer : layers) width = std::max(width, static_cast<std::size_t>(layer.weights.rows() + layer.weights.cols()));
        return 2 * width;
    }

    std::vector<Layer> layers;

protected:
    [[nodiscard]] Result<Matrix> outputs_of(Data rows) const {
        TRY_ASSIGN(Matrix found, matrix(std::move(rows), Missing::refuse, Single::allow));
        for (const Layer& layer : layers) found = layer(found);
        return found;
    }
    [[nodiscard]] std::size_t outputs() const { return layers.empty() ? 0 : static_cast<std::size_t>(layers.back().weights.rows()); }
};

class PerceptronClassifier final : public Perceptrons {
public:
    [[nodiscard]] bool has(Method method) const override {
        return method == Method::predict || method == Method::predict_proba || method == Method::predict_log_proba;
    }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Matrix found, outputs_of(std::move(rows)));
        if (several) {
            std::vector<std::int64_t> flags;
            for (Eigen::Index i = 0; i < found.size(); ++i) flags.push_back(found.data()[i] > 0.5 ? 1 : 0);
            return SampleArray{.shape = {static_cast<std::size_t>(found.rows()), outputs()}, .values = std::move(flags), .missing = {}};
        }
        if (outputs() > 1) return labels_at(classes, argmax(found));
        std::vector<std::size_t> places;
        for (Eigen::Index row = 0; row < found.rows(); ++row) places.push_back(found(row, 0) > 0.5 && count_of(classes) > 1 ? 1 : 0);
        return labels_at(classes, places);
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        TRY_ASSIGN(Matrix found, outputs_of(std::move(rows)));
        if (outputs() == 1) found = two_columns(found);
        if (method == Method::predict_log_proba) found = found.unaryExpr([](double value) { return std::log(value); });
        return Scores{std::move(found)};
    }

    SampleValues classes;
    bool several = false;  ///< labels per row

    using Perceptrons::outputs;
};

class PerceptronRegressor final : public Perceptrons {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::predict; }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Matrix found, outputs_of(std::move(rows)));
        return array_of(found, outputs() == 1);
    }
};

/// The chance that each hidden unit is on.
class HiddenUnits final : public Perceptrons {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(Matrix found, outputs_of(std::move(rows)));
        return data_of(std::move(found));
    }
};

void read_layers(StateReader& state, Perceptrons& made) {
    const std::vector<Matrix> weights = double_matrices(state, "coefs_");
    const auto hidden = activation_of(state.text("activation"));
    const auto last = activation_of(state.text("out_activation_"));
    const auto shifts = state.require("intercepts_");
    state.require_that(hidden && *hidden < Activation::softmax, "attribute activation is none that is known");
    state.require_that(last.has_value(), "attribute out_activation_ is none that is known");
    state.require_that(!weights.empty(), "attribute coefs_ is empty");
    if (state.failed()) return;
    const std::vector<Fitted> items = state.items_of(*shifts, "attribute intercepts_");
    state.require_that(items.size() == weights.size(), "attribute intercepts_ is of other layers than coefs_");
    for (std::size_t i = 0; i < weights.size() && !state.failed(); ++i) {
        Layer layer;
        layer.weights = weights[i].transpose();
        layer.shift = state.vector_of(items[i], fmt::format("attribute intercepts_[{}]", i), static_cast<std::size_t>(weights[i].cols()));
        layer.activation = i + 1 == weights.size() ? *last : *hidden;
        state.require_that(weights[i].size() > 0 && (i == 0 || weights[i].rows() == weights[i - 1].cols()),
                           fmt::format("attribute coefs_[{}] has the shape ({}, {}), which does not fit the layer before", i,
                                       weights[i].rows(), weights[i].cols()));
        made.layers.push_back(std::move(layer));
    }
    if (!state.failed()) state.fitted_with(static_cast<std::size_t>(weights.front().rows()), "coefs_");
}

Result<std::unique_ptr<Step>> classifier(StateReader& state) {
    auto made = std::make_unique<PerceptronClassifier>();
    read_layers(state, *made);
    std::string type;
    const auto binarizer = state.require("_label_binarizer");
    if (binarizer && binarizer->is(FittedKind::object)) {
        StateReader inner(*binarizer, state.place(), state.budget());
        made->classes = inner.labels("classes_");
        type = inner.text("y_type_");
        inner.require_that(inner.integer("neg_label") == 0 && inner.integer("pos_label") == 1, "it has other labels than 0 and 1");
        inner.known("sparse_output sparse_input_");
        if (const auto read = inner.finish(); !read) state.problem("its _label_binarizer: " + read.error().because);
    } else if (binarizer) {
        state.problem("attribute _label_binarizer is no LabelBinarizer");
    }
    if (state.failed()) return state.finish(std::move(made));
    const std::size_t count = count_of(made->classes);
    made->several = type == "multilabel-indicator";
    const bool fits = made->several          ? made->outputs() == count && count > 1
                      : type == "multiclass" ? made->outputs() == count && count > 2
                      : type == "binary"     ? made->outputs() == 1 && count <= 2
                                             : false;
    state.require_that(fits, fmt::format("attribute coefs_ ends in {} outputs for {} classes that are {}", made->outputs(), count, type));
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> regressor(StateReader& state) {
    auto made = std::make_unique<PerceptronRegressor>();
    read_layers(state, *made);
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> boltzmann(StateReader& state) {
    auto made = std::make_unique<HiddenUnits>();
    Layer layer;
    layer.weights = double_matrix(state, "components_");
    layer.shift = double_vector(state, "intercept_hidden_", static_cast<std::size_t>(layer.weights.rows()));
    layer.activation = Activation::logistic;
    state.fitted_with(static_cast<std::size_t>(layer.weights.cols()), "components_");
    made->layers.push_back(std::move(layer));
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> multilayer_perceptron_classes() {
    static constexpr std::string_view training =
        "_best_coefs _best_intercepts _coef_indptr _intercept_indptr _no_improvement_count _optimizer _random_state alpha batch_size "
        "best_loss_ best_validation_score_ beta_1 beta_2 classes_ early_stopping epsilon hidden_layer_sizes learning_rate "
        "learning_rate_init loss loss_ loss_curve_ max_fun max_iter momentum n_iter_ n_iter_no_change n_layers_ n_outputs_ "
        "nesterovs_momentum power_t random_state shuffle solver t_ tol validation_fraction validation_scores_ verbose warm_start";
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.neural_network._multilayer_perceptron.MLPClassifier", classifier, training,
         "sklearn.neural_network.multilayer_perceptron.MLPClassifier"},
        {"sklearn.neural_network._multilayer_perceptron.MLPRegressor", regressor, training,
         "sklearn.neural_network.multilayer_perceptron.MLPRegressor"},
        {"sklearn.neural_network._rbm.BernoulliRBM", boltzmann,
         "_n_features_out batch_size h_samples_ intercept_visible_ learning_rate n_components n_iter random_state random_state_ verbose",
         "sklearn.neural_network.rbm.BernoulliRBM"},
    });
    return classes;
}

}  // namespace assay::pipeline
