#include "artifact/pipeline/estimators.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

// sklearn.pipeline.FeatureUnion: what its transformers make, side by side.

namespace assay::pipeline {

namespace {

class FeatureUnion final : public Step {
public:
    struct Part {
        std::unique_ptr<Step> step;  ///< null: the rows themselves
        std::optional<double> weight;
    };

    [[nodiscard]] bool is_exact(Method method) const override {
        return std::ranges::all_of(parts, [&](const Part& part) { return !part.step || part.step->is_exact(method); });
    }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override {
        std::size_t sum = 0;
        for (const Part& part : parts) sum += part.step ? part.step->widest() : input.width;
        return sum;
    }
    [[nodiscard]] bool takes_records() const override {
        return !parts.empty() && std::ranges::all_of(parts, [](const Part& part) { return part.step && part.step->takes_records(); });
    }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        std::vector<Data> made;
        bool sparse = false;
        for (const Part& part : parts) {
            Data one = rows;
            if (part.step) {
                TRY_ASSIGN(one, part.step->transform(std::move(one)));
            }
            if (one.flat) return refuse_input("one of its transformers gives one dimension");
            if (part.weight) TRY(multiply(one, *part.weight));
            sparse = sparse || one.sparse;
            made.push_back(std::move(one));
        }
        return beside(std::move(made), rows.rows, sparse);
    }

    std::vector<Part> parts;
};

Result<std::unique_ptr<Step>> feature_union(StateReader& state) {
    auto made = std::make_unique<FeatureUnion>();
    const auto list = state.require("transformer_list");
    const auto weights = read_transformer_weights(state);
    std::size_t place = 0;
    for (const Fitted& each : list ? state.items_of(*list, "attribute transformer_list") : std::vector<Fitted>()) {
        const std::vector<Fitted> parts = each.is(FittedKind::tuple) || each.is(FittedKind::list) ? each.items() : std::vector<Fitted>();
        const auto name = parts.size() == 2 ? parts[0].as_text() : std::nullopt;
        if (!name) {
            state.problem(fmt::format("attribute transformer_list[{}] is no pair of a name and a transformer", place));
            break;
        }
        ++place;
        if (parts[1].is_none() || parts[1].as_text() == "drop") continue;
        FeatureUnion::Part part;
        if (parts[1].as_text() != "passthrough") {
            part.step = state.estimator(parts[1], fmt::format("transformer '{}'", printable(*name, 60)));
            if (!part.step) break;
        }
        if (const auto weight = weights.find(*name); weight != weights.end()) part.weight = weight->second;
        made->parts.push_back(std::move(part));
    }
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> feature_union_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.pipeline.FeatureUnion", feature_union, "_transformers_feature_names_out n_jobs verbose verbose_feature_names_out"},
    });
    return classes;
}

}  // namespace assay::pipeline
