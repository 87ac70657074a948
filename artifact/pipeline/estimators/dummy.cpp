#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

// sklearn.dummy: the same answer to every row.

namespace assay::pipeline {

namespace {

class DummyClassifier final : public Step {
public:
    struct Output {
        SampleValues classes;
        std::size_t label = 0;
        Vector probabilities;
    };

    [[nodiscard]] bool is_exact(Method method) const override { return method != Method::predict_log_proba; }
    [[nodiscard]] bool has(Method method) const override {
        return method == Method::predict || method == Method::predict_proba || method == Method::predict_log_proba;
    }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        if (outputs.size() == 1) return labels_at(outputs.front().classes, std::vector<std::size_t>(rows.rows, outputs.front().label));
        std::vector<SampleValues> classes;
        std::vector<std::vector<std::size_t>> places;
        for (const Output& output : outputs) {
            classes.push_back(output.classes);
            places.emplace_back(rows.rows, output.label);
        }
        return labels_of_outputs(classes, places, rows.rows, false);
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        if (outputs.size() > 1) return not_replayable("it gives one table of probabilities per output, and a sample keeps one");
        Matrix found = outputs.front().probabilities.transpose().replicate(static_cast<Eigen::Index>(rows.rows), 1);
        if (method == Method::predict_log_proba) found = found.unaryExpr([](double value) { return std::log(value); });
        return Scores{std::move(found)};
    }

    std::vector<Output> outputs;
};

class DummyRegressor final : public Step {
public:
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return true; }
    [[nodiscard]] bool has(Method method) const override { return method == Method::predict; }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        std::vector<double> values;
        for (std::size_t row = 0; row < rows.rows; ++row) values.insert(values.end(), constant.data(), constant.data() + constant.size());
        SampleArray answer{.shape = {rows.rows}, .values = std::move(values), .missing = {}};
        if (two_dimensions) answer.shape.push_back(static_cast<std::size_t>(constant.size()));
        return answer;
    }
    Vector constant;
    bool two_dimensions = false;
};

/// Where the constant label stands among the classes.
std::size_t place_of(StateReader& state, const Fitted& constant, const SampleValues& classes) {
    const auto found = std::visit(
        [&](const auto& all) -> std::optional<std::size_t> {
            for (std::size_t i = 0; i < all.size(); ++i) {
                if constexpr (std::is_arithmetic_v<typename std::decay_t<decltype(all)>::value_type>) {
                    if (constant.as_number() == static_cast<double>(all[i])) return i;
                } else {
                    if (constant.as_text() == std::string_view(all[i])) return i;
                }
            }
            return std::nullopt;
        },
        classes);
    if (!found) state.problem("attribute constant is none of the classes");
    return found.value_or(0);
}

DummyClassifier::Output read_output(StateReader& state, const std::string& strategy, const Fitted& classes, const Fitted& priors,
                                    const std::optional<Fitted>& constant) {
    DummyClassifier::Output made;
    made.classes = state.labels_of(classes, "attribute classes_");
    const Vector prior = state.vector_of(priors, "attribute class_prior_", count_of(made.classes));
    if (state.failed()) return made;
    Eigen::Index largest = 0;
    for (Eigen::Index i = 1; i < prior.size(); ++i) {
        if (prior[i] > prior[largest]) largest = i;
    }
    made.label = static_cast<std::size_t>(largest);
    made.probabilities = Vector::Zero(prior.size());
    if (strategy == "prior") {
        made.probabilities = prior;
    } else if (strategy == "most_frequent") {
        made.probabilities[largest] = 1.0;
    } else if (strategy == "constant" && constant) {
        made.label = place_of(state, *constant, made.classes);
        made.probabilities[static_cast<Eigen::Index>(made.label)] = 1.0;
    } else {
        state.problem(strategy == "constant" ? "attribute constant is not there"
                                             : fmt::format("it answers at random (strategy {})", strategy));
    }
    return made;
}

Result<std::unique_ptr<Step>> classifier(StateReader& state) {
    auto made = std::make_unique<DummyClassifier>();
    const std::string strategy = state.text(state.has("_strategy") ? "_strategy" : "strategy");
    const std::int64_t count = state.integer("n_outputs_");
    const auto classes = state.require("classes_");
    const auto priors = state.require("class_prior_");
    const auto constant = state.find("constant");
    state.known("strategy constant n_classes_ output_2d_ random_state");
    state.require_that(!state.flag_or("sparse_output_", false), "its output is sparse");
    if (!classes || !priors) return state.finish(std::move(made));
    if (count == 1) {
        made->outputs.push_back(read_output(state, strategy, *classes, *priors, constant));
    } else {
        const std::vector<Fitted> all = state.items_of(*classes, "attribute classes_");
        const std::vector<Fitted> all_priors = state.items_of(*priors, "attribute class_prior_");
        const std::vector<Fitted> constants =
            strategy == "constant" && constant ? state.items_of(*constant, "attribute constant") : std::vector<Fitted>();
        const bool fits = static_cast<std::int64_t>(all.size()) == count && all_priors.size() == all.size() &&
                          (strategy != "constant" || constants.size() == all.size());
        state.require_that(fits && !all.empty(), "attribute classes_ has not one list per output");
        for (std::size_t k = 0; k < all.size() && !state.failed(); ++k)
            made->outputs.push_back(
                read_output(state, strategy, all[k], all_priors[k], constants.empty() ? std::nullopt : std::optional(constants[k])));
        std::vector<SampleValues> labels;
        for (const DummyClassifier::Output& output : made->outputs) labels.push_back(output.classes);
        state.require_that(!mixes_texts(labels), "attribute classes_ has texts and numbers for labels");
    }
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> regressor(StateReader& state) {
    auto made = std::make_unique<DummyRegressor>();
    const std::int64_t outputs = state.integer("n_outputs_");
    const auto constant = state.require("constant_");
    if (constant && constant->is(FittedKind::array)) {
        const auto numbers_found = numbers_of(constant->array());
        if (!numbers_found || static_cast<std::int64_t>(numbers_found->size()) != outputs) {
            state.problem("attribute constant_ has not one number per output");
        } else {
            made->constant = Eigen::Map<const Vector>(numbers_found->data(), outputs);
        }
        if (constant->array().dtype.kind != 'f') state.problem("attribute constant_ is no array of floats");
    } else if (constant) {
        state.problem("attribute constant_ is " + constant->describe());
    }
    made->two_dimensions = outputs > 1 || state.flag_or("output_2d_", false);
    state.known("constant quantile strategy output_2d_");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> dummy_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.dummy.DummyClassifier", classifier},
        {"sklearn.dummy.DummyRegressor", regressor},
    });
    return classes;
}

}  // namespace assay::pipeline
