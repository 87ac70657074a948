#pragma once

#include "data.hpp"

#include <assay/archive.hpp>

#include <string>
#include <vector>

namespace penguins {

/// From a penguin to the numbers that a linear model takes: a missing category becomes the most frequent one and a missing measure the
/// median; categories become one column of 0 and 1 each; measures get mean 0 and standard deviation 1. All of it is learnt from the
/// training rows and travels with the model.
class Preparation {
public:
    Preparation() = default;
    /// REQUIRES that the columns are names of `categories` and `measures`, and at least one row.
    Preparation(const std::vector<Penguin>& rows, std::vector<std::string> category_columns, std::vector<std::string> measure_columns);

    [[nodiscard]] Eigen::VectorXd features_of(const Penguin& penguin) const;
    [[nodiscard]] Eigen::MatrixXd features_of(const std::vector<Penguin>& penguins) const;  ///< one row each
    [[nodiscard]] std::size_t size() const;                                                 ///< how many features
    [[nodiscard]] std::vector<std::string> columns() const;                                 ///< of the data

    void write(assay::Archive& archive) const;
    /// What could not be read is told by the reader's finish().
    static Preparation read(assay::ArchiveReader& reader);

private:
    std::vector<std::string> category_columns_, measure_columns_;
    std::vector<std::vector<std::string>> levels_;  ///< of each category column, sorted
    std::vector<std::string> most_frequent_;        ///< of each category column
    Eigen::VectorXd medians_, means_, deviations_;  ///< of each measure column
};

}  // namespace penguins
