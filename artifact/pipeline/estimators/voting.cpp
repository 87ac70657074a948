#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/meta.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

// sklearn.ensemble.VotingClassifier and VotingRegressor (sklearn/ensemble/_voting.py): averages and majorities of what others predict.

namespace assay::pipeline {

namespace {

/// What NumPy's average does along the first axis: added in the order of the parts.
class WeightedMean {
public:
    explicit WeightedMean(const std::optional<Vector>& weights, std::size_t parts)
        : weights_(weights), total_(weights ? numpy_sum(weights->data(), parts) : static_cast<double>(parts)) {}

    void add(const Matrix& part) {
        const double weight = weights_ ? (*weights_)[place_] : 1.0;
        if (place_++ == 0) {
            sum_ = part * weight;
        } else {
            sum_ += part * weight;
        }
    }
    [[nodiscard]] Matrix mean() const { return sum_ / total_; }

private:
    const std::optional<Vector>& weights_;
    double total_;
    Eigen::Index place_ = 0;
    Matrix sum_;
};

class Voting : public Step {
public:
    Steps steps;
    std::optional<Vector> weights;  ///< one per step
};

class VotingClassifier final : public Voting {
public:
    [[nodiscard]] bool is_exact(Method /*method*/) const override {
        return all_exact(steps, soft ? Method::predict_proba : Method::predict);
    }
    [[nodiscard]] bool has(Method method) const override {
        if (method == Method::predict) return true;
        return soft ? method == Method::predict_proba || (method == Method::transform && flatten) : method == Method::transform;
    }
    [[nodiscard]] std::size_t widest() const override {
        return input.width + widest_of(steps) + (soft ? count_of(classes) : 1) * (steps.size() + 1);
    }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        if (soft) {
            TRY_ASSIGN(const Scores means, scores(Method::predict_proba, std::move(rows)));
            return labels_at(classes, argmax(means.values));
        }
        TRY_ASSIGN(const auto votes, votes_on(rows));
        std::vector<std::size_t> places;
        places.reserve(votes.front().size());
        std::vector<double> counts(count_of(classes));
        for (std::size_t row = 0; row < votes.front().size(); ++row) {
            std::ranges::fill(counts, 0.0);
            std::size_t last = 0;  // numpy.bincount ends there
            for (std::size_t i = 0; i < votes.size(); ++i) {
                counts[votes[i][row]] += weights ? (*weights)[static_cast<Eigen::Index>(i)] : 1.0;
                last = std::max(last, votes[i][row]);
            }
            const auto end = counts.begin() + static_cast<std::ptrdiff_t>(last) + 1;
            places.push_back(static_cast<std::size_t>(std::max_element(counts.begin(), end) - counts.begin()));
        }
        return labels_at(classes, places);
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (method != Method::predict_proba || !soft) return no_method(method);
        WeightedMean mean(weights, steps.size());
        for (const auto& step : steps) {
            TRY_ASSIGN(const Matrix one, probabilities_of(*step, rows));
            mean.add(one);
        }
        return Scores{mean.mean()};
    }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        if (!has(Method::transform)) return no_method(Method::transform);
        std::vector<Data> parts;
        if (soft) {
            for (const auto& step : steps) {
                TRY_ASSIGN(Matrix one, probabilities_of(*step, rows));
                parts.push_back(data_of(std::move(one)));
            }
        } else {
            TRY_ASSIGN(const auto votes, votes_on(rows));
            for (const std::vector<std::size_t>& one : votes) {
                Matrix column(static_cast<Eigen::Index>(one.size()), 1);
                for (std::size_t row = 0; row < one.size(); ++row)
                    column(static_cast<Eigen::Index>(row), 0) = static_cast<double>(one[row]);
                parts.push_back(data_of(std::move(column)));
                parts.back().type = NumberType::integer;
            }
        }
        return beside(std::move(parts), rows.rows, false);
    }

    SampleValues classes;
    bool soft = false;
    bool flatten = true;

private:
    [[nodiscard]] Result<Matrix> probabilities_of(const Step& step, const Data& rows) const {
        TRY_ASSIGN(Scores one, step.scores(Method::predict_proba, rows));
        if (one.flat || static_cast<std::size_t>(one.values.cols()) != count_of(classes))
            return not_replayable("its estimators give the probabilities of other numbers of classes");
        return std::move(one.values);
    }
    /// Per step and row the place of the class: that is what the estimators were fitted on.
    [[nodiscard]] Result<std::vector<std::vector<std::size_t>>> votes_on(const Data& rows) const {
        std::vector<std::vector<std::size_t>> votes;
        for (const auto& step : steps) {
            TRY_ASSIGN(const SampleArray one, step->predict(rows));
            auto codes = codes_of(one, count_of(classes));
            if (!codes) return not_replayable("one of its estimators predicts what is no place of a class");
            votes.push_back(*std::move(codes));
        }
        return votes;
    }
};

class VotingRegressor final : public Voting {
public:
    /// Of one row NumPy adds eight and more in pairs.
    [[nodiscard]] bool is_exact(Method method) const override {
        return (method == Method::transform || steps.size() < 8) && all_exact(steps, Method::predict);
    }
    [[nodiscard]] bool has(Method method) const override { return method == Method::predict || method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return input.width + widest_of(steps) + steps.size() + 2; }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Data made, transform(std::move(rows)));
        const auto& table = std::get<Matrix>(made.values);
        WeightedMean mean(weights, steps.size());
        for (Eigen::Index i = 0; i < table.cols(); ++i) mean.add(table.col(i));
        return array_of(mean.mean(), true);
    }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        Matrix table(static_cast<Eigen::Index>(rows.rows), static_cast<Eigen::Index>(steps.size()));
        for (std::size_t i = 0; i < steps.size(); ++i) {
            TRY_ASSIGN(const SampleArray one, steps[i]->predict(rows));
            const auto* numbers = std::get_if<std::vector<double>>(&one.values);
            if (numbers == nullptr || one.shape.size() != 1)
                return not_replayable("one of its estimators predicts other than a float64 a row");
            table.col(static_cast<Eigen::Index>(i)) = Eigen::Map<const Vector>(numbers->data(), table.rows());
        }
        return data_of(std::move(table));
    }
};

/// `weights` without those of estimators that were dropped.
void read_voters(StateReader& state, Voting& made) {
    made.steps = read_steps(state, "estimators_");
    const auto weights = state.find("weights");
    if (!weights || weights->is_none()) return state.known("estimators");
    const Vector all = state.vector_of(*weights, "attribute weights");
    const auto estimators = state.require("estimators");
    if (!estimators || state.failed()) return;
    const std::vector<Fitted> listed = state.items_of(*estimators, "attribute estimators");
    std::vector<double> kept;
    for (std::size_t i = 0; i < listed.size() && i < static_cast<std::size_t>(all.size()); ++i) {
        const std::vector<Fitted> pair =
            listed[i].is(FittedKind::tuple) || listed[i].is(FittedKind::list) ? listed[i].items() : std::vector<Fitted>();
        if (pair.size() != 2) return state.problem(fmt::format("attribute estimators[{}] is no pair of a name and an estimator", i));
        if (!pair[1].is_none() && pair[1].as_text() != "drop") kept.push_back(all[static_cast<Eigen::Index>(i)]);
    }
    state.require_that(kept.size() == made.steps.size(), "attribute weights has not one number per estimator");
    state.require_that(all.allFinite(), "attribute weights holds what is no finite number");
    made.weights = Eigen::Map<const Vector>(kept.data(), static_cast<Eigen::Index>(kept.size()));
    if (numpy_sum(kept.data(), kept.size()) == 0) state.problem_of("weights", "adds up to zero");
}

Result<std::unique_ptr<Step>> voting_classifier(StateReader& state) {
    auto made = std::make_unique<VotingClassifier>();
    made->classes = read_label_encoder(state, "le_");
    read_voters(state, *made);
    const std::string voting = state.text("voting");
    made->soft = voting == "soft";
    state.require_that(made->soft || voting == "hard", "attribute voting is neither hard nor soft");
    // None meant False in 0.20.
    const auto flatten = state.find("flatten_transform");
    made->flatten = flatten && !flatten->is_none() && state.flag("flatten_transform");
    state.require_that(!made->soft || all_have(made->steps, Method::predict_proba), "one of its estimators has no predict_proba");
    state.require_that(all_have(made->steps, Method::predict), "one of its estimators has no predict");
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> voting_regressor(StateReader& state) {
    auto made = std::make_unique<VotingRegressor>();
    read_voters(state, *made);
    state.require_that(all_have(made->steps, Method::predict), "one of its estimators has no predict");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> voting_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.ensemble._voting.VotingClassifier", voting_classifier, "classes_ n_jobs named_estimators_ verbose",
         "sklearn.ensemble.voting_classifier.VotingClassifier"},
        {"sklearn.ensemble._voting.VotingRegressor", voting_regressor, "n_jobs named_estimators_ verbose",
         "sklearn.ensemble.voting.VotingRegressor"},
        {"sklearn.ensemble.voting.VotingClassifier", voting_classifier, "classes_ n_jobs named_estimators_ verbose"},
    });
    return classes;
}

}  // namespace assay::pipeline
