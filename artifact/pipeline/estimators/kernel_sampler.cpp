#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

// Features that multiply as a kernel does: sklearn.kernel_approximation (sklearn/kernel_approximation.py) without Nystroem.

namespace assay::pipeline {

namespace {

/// RBFSampler, and SkewedChi2Sampler, which takes logarithms first.
class CosineSampler final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return std::max(input.width, static_cast<std::size_t>(weights.cols())); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        if (rows.sparse && skewedness) return refuse_input("sparse rows");
        TRY_ASSIGN(Matrix given, matrix(std::move(rows), Missing::refuse));
        if (skewedness) {
            if (given.size() != 0 && given.minCoeff() <= -*skewedness) return refuse_input("a number that is not above -skewedness");
            given = given.unaryExpr([&](double value) { return std::log(value + *skewedness); });
        }
        Matrix found(given.rows(), weights.cols());
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            for (Eigen::Index output = 0; output < weights.cols(); ++output) {
                double sum = 0;
                for (Eigen::Index i = 0; i < given.cols(); ++i) sum += given(row, i) * weights(i, output);
                sum += offset[output];
                if (WorstRounding::is_on()) {
                    const double magnitude = given.row(row).cwiseAbs().dot(weights.col(output).cwiseAbs()) + std::abs(offset[output]);
                    sum = rounded_worst(sum, magnitude, static_cast<double>(given.cols()) + 2, static_cast<std::size_t>(output));
                }
                found(row, output) = std::cos(sum) * factor;
            }
        }
        return data_of(std::move(found));
    }

    Matrix weights;  ///< feature × output
    Vector offset;
    double factor = 1;
    std::optional<double> skewedness;
};

void read_cosine_sampler(StateReader& state, CosineSampler& made) {
    made.weights = state.matrix("random_weights_");
    made.offset = state.vector("random_offset_", static_cast<std::size_t>(made.weights.cols()));
    state.fitted_with(static_cast<std::size_t>(made.weights.rows()), "random_weights_");
    state.require_that(made.weights.cols() > 0 && made.weights.allFinite() && made.offset.allFinite(),
                       "attribute random_weights_ or random_offset_ holds what is no number");
    if (const auto weights = state.find("random_weights_"))
        state.require_that(!weights->is(FittedKind::array) || weights->array().dtype.itemsize == 8, "it was fitted in float32");
    const std::int64_t count = state.integer("n_components");
    state.require_that(count == made.weights.cols(), "attribute n_components is not that of random_weights_");
    state.known("gamma _gamma random_state _n_features_out");
}

Result<std::unique_ptr<Step>> rbf_sampler(StateReader& state) {
    auto made = std::make_unique<CosineSampler>();
    read_cosine_sampler(state, *made);
    const auto count = static_cast<double>(made->weights.cols());
    made->factor = state.writer().before(1, 2) ? std::sqrt(2.0) / std::sqrt(count) : std::pow(2.0 / count, 0.5);
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> skewed_sampler(StateReader& state) {
    auto made = std::make_unique<CosineSampler>();
    read_cosine_sampler(state, *made);
    made->factor = std::sqrt(2.0) / std::sqrt(static_cast<double>(made->weights.cols()));
    made->skewedness = state.number("skewedness");
    return state.finish(std::move(made));
}

class AdditiveChi2Sampler final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return input.width * (2 * steps + 1); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(Data checked, numbers(std::move(rows), Missing::refuse));
        const Matrix& given = std::get<Matrix>(checked.values);
        if (given.size() != 0 && given.minCoeff() < 0) return refuse_input("a negative number");
        const Eigen::Index width = given.cols();
        Matrix found = Matrix::Zero(given.rows(), width * static_cast<Eigen::Index>(2 * steps - 1));
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            for (Eigen::Index i = 0; i < width; ++i) {
                const double value = given(row, i);
                if (value == 0) continue;
                found(row, i) = std::sqrt(value * interval);
                const double turn = interval * std::log(value);
                const double step = 2 * value * interval;
                for (std::size_t j = 1; j < steps; ++j) {
                    const auto times = static_cast<double>(j);
                    const double factor = std::sqrt(step / std::cosh(std::numbers::pi * times * interval));
                    const auto block = static_cast<Eigen::Index>(2 * j - 1) * width;
                    found(row, block + i) = factor * std::cos(times * turn);
                    found(row, block + width + i) = factor * std::sin(times * turn);
                }
            }
        }
        Data made = data_of(std::move(found));
        made.sparse = checked.sparse;
        return made;
    }

    std::size_t steps = 2;
    double interval = 0.5;
};

Result<std::unique_ptr<Step>> additive_sampler(StateReader& state) {
    auto made = std::make_unique<AdditiveChi2Sampler>();
    const std::int64_t steps = state.integer("sample_steps");
    if (steps < 1 || steps > 1000) return state.problem("attribute sample_steps is no number of steps"), state.finish(std::move(made));
    made->steps = static_cast<std::size_t>(steps);
    // Until 1.2 it was kept what the interval is by default.
    const auto interval = state.find(state.has("sample_interval_") ? "sample_interval_" : "sample_interval");
    if (interval && !interval->is_none()) {
        const auto number = interval->as_number();
        state.require_that(number && *number > 0 && std::isfinite(*number), "attribute sample_interval is no number");
        made->interval = number.value_or(1);
    } else {
        state.require_that(steps <= 3, "attribute sample_interval is not set");
        made->interval = steps == 1 ? 0.8 : steps == 2 ? 0.5 : 0.4;
    }
    state.known({"sample_interval"});
    return state.finish(std::move(made));
}

/// Products of count sketches, as polynomials; scikit-learn multiplies them by Fourier transforms.
class CountSketch final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return std::max(input.width, count); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        Matrix found(given.rows(), static_cast<Eigen::Index>(count));
        std::vector<double> sketch(count);
        std::vector<double> product(count);
        std::vector<double> next(count);
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            for (Eigen::Index d = 0; d < signs.rows(); ++d) {
                std::ranges::fill(sketch, 0.0);
                for (Eigen::Index j = 0; j < signs.cols(); ++j) {
                    const double value = j < given.cols() ? root_gamma * given(row, j) : root_coef0;
                    sketch[places[static_cast<std::size_t>(d * signs.cols() + j)]] += signs(d, j) * value;
                }
                if (d == 0) {
                    product = sketch;
                    continue;
                }
                std::ranges::fill(next, 0.0);
                for (std::size_t i = 0; i < count; ++i) {
                    if (product[i] == 0) continue;
                    for (std::size_t k = 0; k < count; ++k) next[i + k < count ? i + k : i + k - count] += product[i] * sketch[k];
                }
                std::swap(product, next);
            }
            for (std::size_t i = 0; i < count; ++i) found(row, static_cast<Eigen::Index>(i)) = product[i];
        }
        return data_of(std::move(found));
    }

    std::size_t count = 1;
    Matrix signs;                     ///< degree × feature
    std::vector<std::size_t> places;  ///< of the same
    double root_gamma = 1;
    double root_coef0 = 0;
};

Result<std::unique_ptr<Step>> count_sketch(StateReader& state) {
    constexpr std::int64_t most = 10'000;  // a row costs their square
    auto made = std::make_unique<CountSketch>();
    const std::int64_t count = state.integer("n_components");
    const std::int64_t degree = state.integer("degree");
    const double gamma = state.number("gamma");
    const double coef0 = state.number("coef0");
    state.require_that(count >= 1 && count <= most, "attribute n_components is no number of components that are computed with");
    state.require_that(degree >= 1 && degree <= 100, "attribute degree is no degree that is computed with");
    state.require_that(gamma >= 0 && coef0 >= 0 && std::isfinite(gamma) && std::isfinite(coef0), "attribute gamma or coef0 is no number");
    if (state.failed()) return state.finish(std::move(made));
    made->count = static_cast<std::size_t>(count);
    made->root_gamma = std::sqrt(gamma);
    made->root_coef0 = std::sqrt(coef0);
    made->signs = state.matrix("bitHash_", static_cast<std::size_t>(degree));
    const Matrix places = state.matrix("indexHash_", static_cast<std::size_t>(degree), static_cast<std::size_t>(made->signs.cols()));
    const Eigen::Index width = made->signs.cols() - (coef0 != 0 ? 1 : 0);
    state.fitted_with(width > 0 ? static_cast<std::size_t>(width) : 0, "bitHash_");
    state.require_that(made->signs.allFinite(), "attribute bitHash_ holds what is no number");
    for (Eigen::Index i = 0; i < places.size() && !state.failed(); ++i) {
        const double place = places.data()[i];
        if (!(place >= 0 && place < static_cast<double>(count)) || place != std::trunc(place))
            state.problem_of("indexHash_", fmt::format("names component {} of {}", place, count));
        else
            made->places.push_back(static_cast<std::size_t>(place));
    }
    state.known("random_state _n_features_out");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> kernel_sampler_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.kernel_approximation.RBFSampler", rbf_sampler},
        {"sklearn.kernel_approximation.SkewedChi2Sampler", skewed_sampler},
        {"sklearn.kernel_approximation.AdditiveChi2Sampler", additive_sampler},
        {"sklearn.kernel_approximation.PolynomialCountSketch", count_sketch},
    });
    return classes;
}

}  // namespace assay::pipeline
