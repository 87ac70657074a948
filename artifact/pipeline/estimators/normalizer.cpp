#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

// sklearn.preprocessing.Normalizer and Binarizer (sklearn/preprocessing/_data.py), which are fitted to nothing.

namespace assay::pipeline {

namespace {

class Normalizer final : public Step {
public:
    enum class Norm : std::uint8_t { l1, l2, max };

    /// NumPy adds squares in an order that depends on the processor, and absolute values in one that depends on how the rows lie in memory.
    [[nodiscard]] bool is_exact(Method /*method*/) const override {
        return norm == Norm::max || (norm == Norm::l1 && input.width != 0 && input.width < 8);
    }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(Data given, numbers(std::move(rows), Missing::refuse));
        Matrix& matrix = std::get<Matrix>(given.values);
        for (Eigen::Index row = 0; row < matrix.rows(); ++row) {
            const double size = norm_of(matrix, row, given.sparse);
            const double smallest = nothing_is_small || given.sparse ? 0 : 10 * std::numeric_limits<double>::epsilon();
            if (size == 0 || std::abs(size) < smallest) continue;
            for (Eigen::Index column = 0; column < matrix.cols(); ++column) {
                const double value = matrix(row, column) / size;
                matrix(row, column) = norm == Norm::max ? value
                                                        : rounded_worst(value, std::abs(value), static_cast<double>(matrix.cols()),
                                                                        static_cast<std::size_t>(column));
            }
        }
        return given;
    }

    Norm norm = Norm::l2;
    bool largest_is_signed = false;  ///< releases before 0.23: the largest number, which may be negative
    bool nothing_is_small = false;  ///< releases before 1.0: only a norm of zero is none

private:
    [[nodiscard]] double norm_of(const Matrix& matrix, Eigen::Index row, bool sparse) const {
        std::vector<double> values(matrix.row(row).data(), matrix.row(row).data() + matrix.cols());
        double sum = 0;
        switch (norm) {
            case Norm::max:
                if (largest_is_signed) return values.empty() ? 0 : *std::ranges::max_element(values);
                for (const double value : values) sum = std::max(sum, std::abs(value));
                return sum;
            case Norm::l1:
                for (double& value : values) value = std::abs(value);
                // sklearn/utils/sparsefuncs_fast.pyx adds what is there one by one.
                if (!sparse) return numpy_sum(values.data(), values.size());
                for (const double value : values) sum += value;
                return sum;
            case Norm::l2:
                for (const double value : values) sum += value * value;
                return std::sqrt(sum);
        }
        return sum;
    }
};

Result<std::unique_ptr<Step>> normalizer(StateReader& state) {
    auto made = std::make_unique<Normalizer>();
    const std::string norm = state.text("norm");
    made->norm = norm == "l1" ? Normalizer::Norm::l1 : norm == "max" ? Normalizer::Norm::max : Normalizer::Norm::l2;
    state.require_that(norm == "l1" || norm == "l2" || norm == "max", "attribute norm is " + norm);
    made->largest_is_signed = state.writer().before(0, 23);
    made->nothing_is_small = state.writer().before(1, 0);
    return state.finish(std::move(made));
}

/// 1 where a number is larger, else 0, in the type of the input.
class Binarizer final : public Step {
public:
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return true; }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(const NumberType type, kept_type(rows));
        if (type == NumberType::boolean || type == NumberType::float16)
            return not_replayable("the input is of booleans or float16: give float64");
        if (rows.sparse && threshold < 0) return refuse_input("it does not take a sparse matrix with a threshold below 0");
        TRY_ASSIGN(Data given, numbers(std::move(rows), Missing::refuse, Single::allow));
        Matrix& matrix = std::get<Matrix>(given.values);
        const double limit = given.type == NumberType::float32 ? static_cast<double>(static_cast<float>(threshold)) : threshold;
        for (Eigen::Index i = 0; i < matrix.size(); ++i) matrix.data()[i] = matrix.data()[i] > limit ? 1.0 : 0.0;
        given.type = type;
        return given;
    }

    double threshold = 0;
};

Result<std::unique_ptr<Step>> binarizer(StateReader& state) {
    auto made = std::make_unique<Binarizer>();
    made->threshold = state.number("threshold");
    state.require_that(!std::isnan(made->threshold), "attribute threshold is NaN");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> normalizer_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.preprocessing._data.Normalizer", normalizer, "copy", "sklearn.preprocessing.data.Normalizer"},
        {"sklearn.preprocessing._data.Binarizer", binarizer, "copy", "sklearn.preprocessing.data.Binarizer"},
    });
    return classes;
}

}  // namespace assay::pipeline
