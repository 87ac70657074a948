#include "artifact/pipeline/estimators/gaussian_kernel.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

namespace assay::pipeline {

namespace {

using KernelOwner = std::unique_ptr<GaussianKernel>;

class CombinedKernel final : public GaussianKernel {
public:
    CombinedKernel(KernelOwner one, KernelOwner other, bool adds) : one_(std::move(one)), other_(std::move(other)), adds_(adds) {}
    [[nodiscard]] double between(const double* a, const double* b, Eigen::Index width) const override {
        return join(one_->between(a, b, width), other_->between(a, b, width));
    }
    [[nodiscard]] double own(const double* a, Eigen::Index width) const override {
        return join(one_->own(a, width), other_->own(a, width));
    }

private:
    [[nodiscard]] double join(double one, double other) const { return adds_ ? one + other : one * other; }
    KernelOwner one_;
    KernelOwner other_;
    bool adds_;
};

class PowerKernel final : public GaussianKernel {
public:
    PowerKernel(KernelOwner base, double exponent) : base_(std::move(base)), exponent_(exponent) {}
    [[nodiscard]] double between(const double* a, const double* b, Eigen::Index width) const override {
        return std::pow(base_->between(a, b, width), exponent_);
    }
    [[nodiscard]] double own(const double* a, Eigen::Index width) const override { return std::pow(base_->own(a, width), exponent_); }

private:
    KernelOwner base_;
    double exponent_;
};

/// Of two different rows one number, of a row with itself another: a constant, or noise.
class FixedKernel final : public GaussianKernel {
public:
    FixedKernel(double apart, double alone) : apart_(apart), alone_(alone) {}
    [[nodiscard]] double between(const double* /*a*/, const double* /*b*/, Eigen::Index /*width*/) const override { return apart_; }
    [[nodiscard]] double own(const double* /*a*/, Eigen::Index /*width*/) const override { return alone_; }

private:
    double apart_;
    double alone_;
};

class DotKernel final : public GaussianKernel {
public:
    explicit DotKernel(double sigma) : square_(sigma * sigma) {}
    [[nodiscard]] double between(const double* a, const double* b, Eigen::Index width) const override {
        double sum = 0;
        for (Eigen::Index i = 0; i < width; ++i) sum += a[i] * b[i];
        return sum + square_;
    }
    [[nodiscard]] double own(const double* a, Eigen::Index width) const override { return between(a, a, width); }

private:
    double square_;
};

/// Of the distance alone, where every column may have a scale of its own.
class StationaryKernel final : public GaussianKernel {
public:
    enum class Kind : std::uint8_t { rbf, half, three_halves, five_halves, rational, periodic };
    Kind kind = Kind::rbf;
    Vector scales;      ///< one, or one per column
    double alpha = 1;   ///< of rational
    double period = 1;  ///< of periodic

    [[nodiscard]] double between(const double* a, const double* b, Eigen::Index width) const override {
        const bool scaled = kind != Kind::rational && kind != Kind::periodic;
        double square = 0;
        for (Eigen::Index i = 0; i < width; ++i) {
            const double scale = scales[scales.size() == 1 ? 0 : i];
            const double apart = scaled ? a[i] / scale - b[i] / scale : a[i] - b[i];
            square += apart * apart;
        }
        const double far = std::sqrt(square);
        switch (kind) {
            case Kind::rbf: return std::exp(-0.5 * square);
            case Kind::half: return std::exp(-far);
            case Kind::three_halves: {
                const double k = far * std::sqrt(3.0);
                return (1.0 + k) * std::exp(-k);
            }
            case Kind::five_halves: {
                const double k = far * std::sqrt(5.0);
                return (1.0 + k + k * k / 3.0) * std::exp(-k);
            }
            case Kind::rational: return std::pow(1 + square / (2 * alpha * (scales[0] * scales[0])), -alpha);
            case Kind::periodic: {
                const double wave = std::sin(std::numbers::pi / period * far) / scales[0];
                return std::exp(-2 * (wave * wave));
            }
        }
        return 0;
    }
    [[nodiscard]] double own(const double* /*a*/, Eigen::Index /*width*/) const override { return 1; }
};

/// A number, or one per column.
Vector read_length_scales(StateReader& kernel, std::size_t width) {
    const auto value = kernel.require("length_scale");
    if (!value) return {};
    Vector found;
    if (const auto number = scalar_of(*value)) {
        found = Vector::Constant(1, *number);
    } else {
        found = kernel.vector_of(*value, "attribute length_scale");
    }
    const auto count = static_cast<std::size_t>(found.size());
    if (count != 1 && count != width) kernel.problem_of("length_scale", fmt::format("has {} elements for {} columns", count, width));
    for (const double scale : found)
        kernel.require_that(std::isfinite(scale) && scale != 0, "attribute length_scale holds what is no scale");
    kernel.known({"length_scale_bounds"});
    return found;
}

double read_kernel_parameter(StateReader& kernel, std::string_view key, std::string_view bounds) {
    const double found = kernel.number(key);
    kernel.known({bounds});
    kernel.require_that(std::isfinite(found), "attribute " + std::string(key) + " is no number");
    return found;
}

KernelOwner read_stationary(StateReader& kernel, std::string_view name, std::size_t width) {
    using Kind = StationaryKernel::Kind;
    auto made = std::make_unique<StationaryKernel>();
    made->scales = read_length_scales(kernel, width);
    if (name == "Matern") {
        const double nu = kernel.number("nu");
        if (nu == 0.5) made->kind = Kind::half;
        if (nu == 1.5) made->kind = Kind::three_halves;
        if (nu == 2.5) made->kind = Kind::five_halves;
        kernel.require_that(made->kind != Kind::rbf, "attribute nu is none of 0.5, 1.5 and 2.5: it goes through a Bessel function");
    } else if (name != "RBF") {
        kernel.require_that(made->scales.size() == 1, "attribute length_scale has several elements");
        made->kind = name == "RationalQuadratic" ? Kind::rational : Kind::periodic;
        if (made->kind == Kind::rational) made->alpha = read_kernel_parameter(kernel, "alpha", "alpha_bounds");
        if (made->kind == Kind::periodic) made->period = read_kernel_parameter(kernel, "periodicity", "periodicity_bounds");
    }
    return made;
}

KernelOwner read_one_kernel(StateReader& kernel, std::string_view name, std::size_t width, std::size_t depth) {
    const auto inner = [&](std::string_view key) {
        const auto value = kernel.require(key);
        return value ? read_gaussian_kernel(kernel, *value, width, depth + 1) : nullptr;
    };
    if (name == "Sum" || name == "Product") {
        KernelOwner one = inner("k1");
        KernelOwner other = inner("k2");
        if (one == nullptr || other == nullptr) return nullptr;
        return std::make_unique<CombinedKernel>(std::move(one), std::move(other), name == "Sum");
    }
    if (name == "Exponentiation") {
        KernelOwner base = inner("kernel");
        const double exponent = kernel.number("exponent");
        if (base == nullptr) return nullptr;
        return std::make_unique<PowerKernel>(std::move(base), exponent);
    }
    if (name == "ConstantKernel") {
        const double constant = read_kernel_parameter(kernel, "constant_value", "constant_value_bounds");
        return std::make_unique<FixedKernel>(constant, constant);
    }
    if (name == "WhiteKernel")
        return std::make_unique<FixedKernel>(0.0, read_kernel_parameter(kernel, "noise_level", "noise_level_bounds"));
    if (name == "DotProduct") return std::make_unique<DotKernel>(read_kernel_parameter(kernel, "sigma_0", "sigma_0_bounds"));
    if (name == "RBF" || name == "Matern" || name == "RationalQuadratic" || name == "ExpSineSquared")
        return read_stationary(kernel, name, width);
    kernel.problem("a kernel of this class is not re-created here");
    return nullptr;
}

}  // namespace

std::unique_ptr<GaussianKernel> read_gaussian_kernel(StateReader& state, const Fitted& value, std::size_t width, std::size_t depth) {
    constexpr std::size_t most = 30;  // kernels within kernels
    constexpr std::string_view module = "sklearn.gaussian_process.kernels.";
    if (state.failed()) return nullptr;
    const std::string cls = value.class_name();
    if (depth > most || state.budget().steps == 0) return state.problem("its kernels are more, or deeper, than any real model's"), nullptr;
    if (!cls.starts_with(module)) return state.problem("its kernel is " + value.describe() + ", which is not re-created here"), nullptr;
    --state.budget().steps;
    StateReader kernel(value, state.place(), state.budget());
    KernelOwner made = read_one_kernel(kernel, std::string_view(cls).substr(module.size()), width, depth);
    if (const auto read = kernel.finish(); !read) {
        state.problem("its kernel " + cls.substr(module.size()) + ": " + read.error().because);
        return nullptr;
    }
    return made;
}

}  // namespace assay::pipeline
