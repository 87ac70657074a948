#include "models.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace penguins {

SpeciesModel SpeciesModel::train(const std::vector<Penguin>& rows, double inverse_penalty) {
    SpeciesModel model;
    std::set<std::string> species;
    for (const Penguin& row : rows) species.insert(row.species);
    model.classes_.assign(species.begin(), species.end());
    std::vector<int> classes;
    for (const Penguin& row : rows) classes.push_back(static_cast<int>(std::distance(species.begin(), species.find(row.species))));
    model.prepare_ = Preparation(rows, {"island", "sex"}, {"bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"});
    Fitted fitted = fit_logistic(model.prepare_.features_of(rows), classes, static_cast<int>(species.size()), inverse_penalty);
    model.logistic_ = std::move(fitted.model);
    model.iterations_ = fitted.iterations;
    return model;
}

assay::SampleOutputArrays SpeciesModel::predict(const std::vector<Penguin>& rows) const {
    std::vector<std::string> labels;
    std::vector<double> all;
    for (const Penguin& row : rows) {  // one by one: the bits of a prediction do not depend on the rows beside it
        const Eigen::VectorXd probabilities = probabilities_of(logistic_, prepare_.features_of(row));
        Eigen::Index best = 0;
        probabilities.maxCoeff(&best);
        labels.push_back(classes_[static_cast<std::size_t>(best)]);
        all.insert(all.end(), probabilities.begin(), probabilities.end());
    }
    return {{"predict", {{rows.size()}, std::move(labels), {}}}, {"predict_proba", {{rows.size(), classes_.size()}, std::move(all), {}}}};
}

Metrics SpeciesModel::judge(const std::vector<Penguin>& held_out) const {
    double right = 0;
    double loss = 0;
    for (const Penguin& row : held_out) {
        const Eigen::VectorXd probabilities = probabilities_of(logistic_, prepare_.features_of(row));
        const auto wanted = std::find(classes_.begin(), classes_.end(), row.species) - classes_.begin();
        const double given = wanted < probabilities.size() ? probabilities[wanted] : 0;
        if (given == probabilities.maxCoeff()) ++right;
        loss -= std::log(std::max(given, std::numeric_limits<double>::min()));
    }
    const auto count = static_cast<double>(held_out.size());
    return {{"accuracy", right / count}, {"log_loss", loss / count}};
}

assay::Archive SpeciesModel::archive() const {
    assay::Archive archive(schema);
    prepare_.write(archive);
    archive.put_texts("classes", classes_);
    archive.put_matrix("weights", logistic_.weights);
    archive.put_vector("intercepts", logistic_.intercepts);
    return archive;
}

assay::Result<SpeciesModel> SpeciesModel::from(const assay::Archive& archive) {
    assay::ArchiveReader reader(archive, schema);
    SpeciesModel model;
    model.prepare_ = Preparation::read(reader);
    model.classes_ = reader.texts("classes");
    reader.require(!model.classes_.empty(), "there are no classes");
    model.logistic_.weights = reader.matrix("weights", model.classes_.size(), model.prepare_.size());
    model.logistic_.intercepts = reader.vector("intercepts", model.classes_.size());
    if (auto read = reader.finish(); !read) return assay::fail(read.error());
    return model;
}

MassModel MassModel::train(const std::vector<Penguin>& rows, double alpha) {
    std::vector<Penguin> known;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(known), [](const Penguin& row) { return !std::isnan(row.body_mass); });
    MassModel model;
    model.prepare_ = Preparation(known, {"island", "sex"}, {"bill_length_mm", "bill_depth_mm", "flipper_length_mm"});
    const Eigen::MatrixXd features = model.prepare_.features_of(known);
    Eigen::VectorXd masses(features.rows());
    for (Eigen::Index i = 0; i < masses.size(); ++i) masses[i] = known[static_cast<std::size_t>(i)].body_mass;

    // The intercept is not penalised: it is what centring takes out.
    const Eigen::RowVectorXd centre = features.colwise().mean();
    const Eigen::MatrixXd centred = features.rowwise() - centre;
    const Eigen::MatrixXd normal = centred.transpose() * centred + alpha * Eigen::MatrixXd::Identity(features.cols(), features.cols());
    model.weights_ = normal.llt().solve(centred.transpose() * (masses.array() - masses.mean()).matrix());
    model.intercept_ = masses.mean() - centre.dot(model.weights_);
    return model;
}

assay::SampleOutputArrays MassModel::predict(const std::vector<Penguin>& rows) const {
    std::vector<double> masses;
    for (const Penguin& row : rows) masses.push_back(weights_.dot(prepare_.features_of(row)) + intercept_);
    return {{"predict", {{rows.size()}, std::move(masses), {}}}};
}

Metrics MassModel::judge(const std::vector<Penguin>& held_out) const {
    std::vector<double> wrong;
    std::vector<double> masses;
    for (const Penguin& row : held_out) {
        if (std::isnan(row.body_mass)) continue;
        wrong.push_back(weights_.dot(prepare_.features_of(row)) + intercept_ - row.body_mass);
        masses.push_back(row.body_mass);
    }
    const auto count = static_cast<Eigen::Index>(wrong.size());
    const Eigen::Map<const Eigen::ArrayXd> errors(wrong.data(), count);
    const Eigen::Map<const Eigen::ArrayXd> truth(masses.data(), count);
    return {{"mae_g", errors.abs().mean()}, {"r2", 1 - errors.square().sum() / (truth - truth.mean()).square().sum()}};
}

assay::Archive MassModel::archive() const {
    assay::Archive archive(schema);
    prepare_.write(archive);
    archive.put_vector("weights", weights_);
    archive.put_number("intercept", intercept_);
    return archive;
}

assay::Result<MassModel> MassModel::from(const assay::Archive& archive) {
    assay::ArchiveReader reader(archive, schema);
    MassModel model;
    model.prepare_ = Preparation::read(reader);
    model.weights_ = reader.vector("weights", model.prepare_.size());
    model.intercept_ = reader.number("intercept");
    if (auto read = reader.finish(); !read) return assay::fail(read.error());
    return model;
}

}  // namespace penguins
