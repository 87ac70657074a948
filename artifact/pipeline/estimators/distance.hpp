#pragma once

#include "artifact/pipeline/state_reader.hpp"

namespace assay::pipeline {

/// A metric between two rows, in two steps: a reduced distance, which orders rows as the distance does, and the distance of that
/// (sklearn/metrics/_dist_metrics.pyx; sklearn/metrics/pairwise.py for cosine).
struct Distance {
    enum class Kind : std::uint8_t { euclidean, squared, manhattan, chebyshev, minkowski, standardized, canberra, bray_curtis, cosine };
    Kind kind = Kind::euclidean;
    double p = 2;    ///< of minkowski
    Vector weights;  ///< of minkowski, or empty; the variances of standardized

    [[nodiscard]] double reduced(const double* a, const double* b, Eigen::Index width) const;
    [[nodiscard]] double full(double reduced) const;
    /// The reduced distance of a distance.
    [[nodiscard]] double reduce(double distance) const;
    /// Whether it only adds, multiplies and compares: then every machine has the same bits.
    [[nodiscard]] bool is_exact() const { return kind != Kind::minkowski && kind != Kind::cosine; }
};

/// The metric of this name with the parameters of a dict, for rows of that width; what is not known becomes a problem.
[[nodiscard]] Distance read_distance(StateReader& state, const std::string& name, const std::optional<Fitted>& parameters,
                                     std::size_t width);

}  // namespace assay::pipeline
