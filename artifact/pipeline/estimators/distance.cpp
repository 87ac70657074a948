#include "artifact/pipeline/estimators/distance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace assay::pipeline {

namespace {

double cosine_distance(const double* a, const double* b, Eigen::Index width) {
    double aa = 0;
    double bb = 0;
    for (Eigen::Index i = 0; i < width; ++i) {
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    const double a_norm = aa == 0 ? 1 : std::sqrt(aa);
    const double b_norm = bb == 0 ? 1 : std::sqrt(bb);
    double product = 0;
    for (Eigen::Index i = 0; i < width; ++i) product += (a[i] / a_norm) * (b[i] / b_norm);
    return std::clamp(1.0 - product, 0.0, 2.0);
}

}  // namespace

double Distance::reduced(const double* a, const double* b, Eigen::Index width) const {
    double sum = 0;
    switch (kind) {
        case Kind::euclidean:
        case Kind::squared:
            for (Eigen::Index i = 0; i < width; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
            break;
        case Kind::manhattan:
            for (Eigen::Index i = 0; i < width; ++i) sum += std::abs(a[i] - b[i]);
            break;
        case Kind::chebyshev:
            for (Eigen::Index i = 0; i < width; ++i) sum = std::max(sum, std::abs(a[i] - b[i]));
            break;
        case Kind::minkowski:
            for (Eigen::Index i = 0; i < width; ++i) {
                const double power = std::pow(std::abs(a[i] - b[i]), p);
                sum += weights.size() == 0 ? power : weights[i] * power;
            }
            break;
        case Kind::standardized:
            for (Eigen::Index i = 0; i < width; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]) / weights[i];
            break;
        case Kind::canberra:
            for (Eigen::Index i = 0; i < width; ++i) {
                const double whole = std::abs(a[i]) + std::abs(b[i]);
                if (whole > 0) sum += std::abs(a[i] - b[i]) / whole;
            }
            break;
        case Kind::bray_curtis: {
            double whole = 0;
            for (Eigen::Index i = 0; i < width; ++i) {
                sum += std::abs(a[i] - b[i]);
                whole += std::abs(a[i]) + std::abs(b[i]);
            }
            sum = whole > 0 ? sum / whole : 0.0;
            break;
        }
        case Kind::cosine: return cosine_distance(a, b, width);
    }
    return sum;
}

double Distance::full(double reduced) const {
    if (kind == Kind::euclidean || kind == Kind::standardized) return std::sqrt(reduced);
    return kind == Kind::minkowski ? std::pow(reduced, 1.0 / p) : reduced;
}

double Distance::reduce(double distance) const {
    if (kind == Kind::euclidean || kind == Kind::standardized) return distance * distance;
    return kind == Kind::minkowski ? std::pow(distance, p) : distance;
}

namespace {

std::optional<Distance::Kind> distance_kind(std::string_view name) {
    using Kind = Distance::Kind;
    if (name == "euclidean" || name == "l2" || name == "p2") return Kind::euclidean;
    if (name == "sqeuclidean") return Kind::squared;
    if (name == "manhattan" || name == "cityblock" || name == "l1" || name == "p1") return Kind::manhattan;
    if (name == "chebyshev" || name == "infinity") return Kind::chebyshev;
    if (name == "minkowski" || name == "p") return Kind::minkowski;
    if (name == "seuclidean") return Kind::standardized;
    if (name == "canberra") return Kind::canberra;
    if (name == "braycurtis") return Kind::bray_curtis;
    if (name == "cosine") return Kind::cosine;
    return std::nullopt;
}

}  // namespace

Distance read_distance(StateReader& state, const std::string& name, const std::optional<Fitted>& parameters, std::size_t width) {
    Distance made;
    const auto kind = distance_kind(name);
    if (!kind) {
        state.problem(fmt::format("its metric is {}, which is not re-created here", name));
        return made;
    }
    made.kind = *kind;
    using Kind = Distance::Kind;
    if (parameters && !parameters->is_none()) {
        if (!parameters->is(FittedKind::dict)) state.problem("the parameters of its metric are no dict");
        for (const auto& [key, value] : state.dict_of(*parameters)) {
            const bool weighs = (made.kind == Kind::minkowski && key == "w") || (made.kind == Kind::standardized && key == "V");
            if (made.kind == Kind::minkowski && key == "p") {
                made.p = value.as_number().value_or(std::numeric_limits<double>::quiet_NaN());
            } else if (weighs && !value.is_none()) {
                made.weights = state.vector_of(value, "the parameter " + key + " of its metric", width);
            } else if (!value.is_none()) {
                state.problem("its metric has the parameter " + key + ", which is not re-created here");
            }
        }
    }
    if (made.kind == Kind::minkowski && !(made.p > 0 && std::isfinite(made.p))) state.problem("its metric has a p that is no power");
    if (made.kind == Kind::standardized && !state.failed() && made.weights.size() == 0) state.problem("its metric seuclidean has no V");
    for (const double weight : made.weights)
        state.require_that(std::isfinite(weight) && weight >= 0, "its metric has weights that are none");
    return made;
}

}  // namespace assay::pipeline
