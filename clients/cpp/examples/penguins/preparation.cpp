#include "preparation.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace penguins {

namespace {

std::string Penguin::* category(const std::string& name) {
    for (const Category& one : categories) {
        if (name == one.name) return one.value;
    }
    return nullptr;
}

double Penguin::* measure(const std::string& name) {
    for (const Measure& one : measures) {
        if (name == one.name) return one.value;
    }
    return nullptr;
}

/// The first in the alphabet of those that are equally frequent, as scikit-learn takes it.
std::string most_frequent(const std::map<std::string, int>& counts) {
    const auto by_count = [](const auto& a, const auto& b) { return a.second < b.second; };
    return std::max_element(counts.begin(), counts.end(), by_count)->first;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace

Preparation::Preparation(const std::vector<Penguin>& rows, std::vector<std::string> category_columns,
                         std::vector<std::string> measure_columns)
    : category_columns_(std::move(category_columns)), measure_columns_(std::move(measure_columns)) {
    for (const std::string& column : category_columns_) {
        std::map<std::string, int> counts;
        for (const Penguin& row : rows) {
            if (const std::string& value = row.*category(column); !value.empty()) ++counts[value];
        }
        most_frequent_.push_back(most_frequent(counts));
        levels_.emplace_back();
        for (const auto& [level, count] : counts) levels_.back().push_back(level);
    }
    const auto count = static_cast<Eigen::Index>(measure_columns_.size());
    medians_.resize(count);
    means_.resize(count);
    deviations_.resize(count);
    for (Eigen::Index i = 0; i < count; ++i) {
        const auto value = measure(measure_columns_[static_cast<std::size_t>(i)]);
        std::vector<double> known;
        for (const Penguin& row : rows) {
            if (!std::isnan(row.*value)) known.push_back(row.*value);
        }
        medians_[i] = median(known);
        Eigen::VectorXd filled(static_cast<Eigen::Index>(rows.size()));
        for (Eigen::Index r = 0; r < filled.size(); ++r) {
            const double raw = rows[static_cast<std::size_t>(r)].*value;
            filled[r] = std::isnan(raw) ? medians_[i] : raw;
        }
        means_[i] = filled.mean();
        deviations_[i] = std::sqrt((filled.array() - means_[i]).square().mean());
    }
}

std::size_t Preparation::size() const {
    std::size_t size = measure_columns_.size();
    for (const auto& levels : levels_) size += levels.size();
    return size;
}

std::vector<std::string> Preparation::columns() const {
    std::vector<std::string> columns = category_columns_;
    columns.insert(columns.end(), measure_columns_.begin(), measure_columns_.end());
    return columns;
}

Eigen::VectorXd Preparation::features_of(const Penguin& penguin) const {
    Eigen::VectorXd features = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(size()));
    Eigen::Index next = 0;
    for (std::size_t i = 0; i < category_columns_.size(); ++i) {
        const std::string& raw = penguin.*category(category_columns_[i]);
        const std::string& value = raw.empty() ? most_frequent_[i] : raw;
        for (const std::string& level : levels_[i]) features[next++] = level == value ? 1 : 0;  // a level never seen is none of them
    }
    for (std::size_t i = 0; i < measure_columns_.size(); ++i) {
        const auto at = static_cast<Eigen::Index>(i);
        const double raw = penguin.*measure(measure_columns_[i]);
        features[next++] = ((std::isnan(raw) ? medians_[at] : raw) - means_[at]) / deviations_[at];
    }
    return features;
}

Eigen::MatrixXd Preparation::features_of(const std::vector<Penguin>& penguins) const {
    Eigen::MatrixXd features(static_cast<Eigen::Index>(penguins.size()), static_cast<Eigen::Index>(size()));
    for (Eigen::Index i = 0; i < features.rows(); ++i) features.row(i) = features_of(penguins[static_cast<std::size_t>(i)]);
    return features;
}

void Preparation::write(assay::Archive& archive) const {
    archive.put_texts("prepare.categories", category_columns_);
    archive.put_texts("prepare.measures", measure_columns_);
    archive.put_texts("prepare.most_frequent", most_frequent_);
    for (std::size_t i = 0; i < category_columns_.size(); ++i) archive.put_texts("prepare.levels." + category_columns_[i], levels_[i]);
    archive.put_vector("prepare.medians", medians_);
    archive.put_vector("prepare.means", means_);
    archive.put_vector("prepare.deviations", deviations_);
}

Preparation Preparation::read(assay::ArchiveReader& reader) {
    Preparation prepare;
    prepare.category_columns_ = reader.texts("prepare.categories");
    prepare.measure_columns_ = reader.texts("prepare.measures");
    // An archive may be a stranger's: a column that is none of ours is refused here, and no pointer to it is ever taken.
    for (const std::string& column : prepare.category_columns_) {
        reader.require(category(column) != nullptr, "penguins have no category " + column);
        prepare.levels_.push_back(reader.texts("prepare.levels." + column));
    }
    for (const std::string& column : prepare.measure_columns_)
        reader.require(measure(column) != nullptr, "penguins have no measure " + column);
    prepare.most_frequent_ = reader.texts("prepare.most_frequent");
    reader.require(prepare.most_frequent_.size() == prepare.category_columns_.size(),
                   "the most frequent categories are not those of its columns");
    prepare.medians_ = reader.vector("prepare.medians", prepare.measure_columns_.size());
    prepare.means_ = reader.vector("prepare.means", prepare.measure_columns_.size());
    prepare.deviations_ = reader.vector("prepare.deviations", prepare.measure_columns_.size());
    return prepare;
}

}  // namespace penguins
