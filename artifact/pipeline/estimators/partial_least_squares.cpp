#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/algebra.hpp"

#include <array>

// sklearn.cross_decomposition: PLSRegression, PLSCanonical, CCA and PLSSVD (sklearn/cross_decomposition/_pls.py).

namespace assay::pipeline {

namespace {

class PartialLeastSquares final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override {
        return method == Method::transform || (method == Method::predict && coef.size() != 0);
    }
    [[nodiscard]] std::size_t widest() const override {
        return 2 * input.width + static_cast<std::size_t>(2 * std::max(axes.rows(), coef.rows()));
    }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        if (coef.size() == 0) return no_method(Method::predict);
        TRY_ASSIGN(Matrix given, matrix(std::move(rows), Missing::refuse));
        center(given, scales_before);
        Matrix found = times_transposed(given, coef);
        found.rowwise() += intercept.transpose();
        return array_of(found, flat);
    }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(Matrix given, matrix(std::move(rows), Missing::refuse));
        center(given, true);
        return data_of(times_transposed(given, axes));
    }

    Vector mean;
    Vector scale;
    Matrix axes;  ///< axis × feature
    Matrix coef;  ///< target × feature; empty: it does not predict
    Vector intercept;
    bool scales_before = true;  ///< until 1.5, whose coef_ is of rows that are not scaled
    bool flat = false;

private:
    void center(Matrix& rows, bool scaled) const {
        rows.rowwise() -= mean.transpose();
        if (scaled) rows.array().rowwise() /= scale.transpose().array();
    }
};

/// Names of attributes: public until 0.23.
std::string_view either(const StateReader& state, std::string_view now, std::string_view before) { return state.has(now) ? now : before; }

std::unique_ptr<PartialLeastSquares> read_blocks(StateReader& state, std::string_view axes) {
    auto made = std::make_unique<PartialLeastSquares>();
    made->mean = double_vector(state, either(state, "_x_mean", "x_mean_"));
    const auto features = static_cast<std::size_t>(made->mean.size());
    made->scale = double_vector(state, either(state, "_x_std", "x_std_"), features);
    state.fitted_with(features, "_x_mean");
    made->axes = double_matrix(state, axes, features).transpose();
    return made;
}

Result<std::unique_ptr<Step>> regression(StateReader& state) {
    auto made = read_blocks(state, "x_rotations_");
    const std::string_view name = either(state, "coef_", "_coef_");
    made->coef = double_matrix(state, name);
    if (state.writer().before(1, 3) && name == "coef_") made->coef.transposeInPlace();
    state.require_that(made->coef.cols() == made->mean.size() && made->coef.rows() > 0,
                       "attribute coef_ is of other features than _x_mean");
    const auto targets = static_cast<std::size_t>(made->coef.rows());
    if (state.has("intercept_")) {
        made->intercept = double_vector(state, "intercept_", targets);
    } else {
        made->intercept = double_vector(state, either(state, "_y_mean", "y_mean_"), targets);
    }
    made->scales_before = state.writer().before(1, 5);
    made->flat = !state.writer().before(1, 3) && state.flag("_predict_1d");
    state.require_that(!made->flat || targets == 1, "attribute _predict_1d is set for several targets");
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> decomposition(StateReader& state) { return state.finish(read_blocks(state, "x_weights_")); }

}  // namespace

std::span<const EstimatorClass> partial_least_squares_classes() {
    static constexpr std::string_view fitting =
        "_coef_warning _n_features_out _norm_y_weights _x_scores _y_mean _y_scores _y_std algorithm copy deflation_mode max_iter mode "
        "n_components n_iter_ norm_y_weights scale tol x_loadings_ x_scores_ x_weights_ y_loadings_ y_mean_ y_rotations_ y_scores_ "
        "y_std_ y_weights_";
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.cross_decomposition._pls.PLSRegression", regression, fitting, "sklearn.cross_decomposition.pls_.PLSRegression"},
        {"sklearn.cross_decomposition._pls.PLSCanonical", regression, fitting, "sklearn.cross_decomposition.pls_.PLSCanonical"},
        {"sklearn.cross_decomposition._pls.CCA", regression, fitting, "sklearn.cross_decomposition.cca_.CCA"},
        {"sklearn.cross_decomposition._cca.CCA", regression, fitting},
        {"sklearn.cross_decomposition._pls.PLSSVD", decomposition,
         "_n_features_out _x_scores _y_mean _y_scores _y_std copy n_components scale x_scores_ y_mean_ y_scores_ y_std_ y_weights_",
         "sklearn.cross_decomposition.pls_.PLSSVD"},
    });
    return classes;
}

}  // namespace assay::pipeline
