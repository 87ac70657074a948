#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/meta.hpp"

#include <algorithm>
#include <array>

// sklearn.compose.TransformedTargetRegressor (sklearn/compose/_target.py): a regressor of a target that was transformed, and the way back.

namespace assay::pipeline {

namespace {

class TransformedTarget final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::predict; }
    [[nodiscard]] std::size_t widest() const override { return input.width + regressor->widest() + transformer->widest() + 8; }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        const std::size_t count = rows.rows;
        TRY_ASSIGN(const SampleArray answer, regressor->predict(std::move(rows)));
        const auto* numbers = std::get_if<std::vector<double>>(&answer.values);
        if (numbers == nullptr || answer.shape.size() > 2 || answer.rows() != count || count == 0)
            return not_replayable("its regressor predicts no float64");
        const auto height = static_cast<Eigen::Index>(count);
        Data given = data_of(Eigen::Map<const Matrix>(numbers->data(), height, static_cast<Eigen::Index>(numbers->size()) / height));
        TRY_ASSIGN(const Data made, transformer->inverse_transform(std::move(given)));
        const auto* values = std::get_if<Matrix>(&made.values);
        if (values == nullptr || made.type != NumberType::float64) return not_replayable("its transformer gives back no float64");
        return array_of(*values, one_dimension && values->cols() == 1);
    }

    std::unique_ptr<Step> regressor;
    std::unique_ptr<Step> transformer;
    bool one_dimension = true;
};

Result<std::unique_ptr<Step>> transformed_target(StateReader& state) {
    auto made = std::make_unique<TransformedTarget>();
    made->regressor = read_step(state, "regressor_");
    made->transformer = read_step(state, "transformer_");
    const std::int64_t dimensions = state.integer("_training_dim");
    state.require_that(dimensions == 1 || dimensions == 2, "attribute _training_dim is neither 1 nor 2");
    made->one_dimension = dimensions == 1;
    state.require_that(!made->regressor || made->regressor->has(Method::predict), "attribute regressor_ has no predict");
    state.require_that(!made->transformer || made->transformer->inverts(),
                       "attribute transformer_ has no inverse that is re-created here: Python code, or a transformer without one");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> transformed_target_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.compose._target.TransformedTargetRegressor", transformed_target, "check_inverse func inverse_func regressor transformer"},
    });
    return classes;
}

}  // namespace assay::pipeline
