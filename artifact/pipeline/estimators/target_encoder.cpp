#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/encoder.hpp"

#include <fmt/format.h>

#include <array>

// sklearn.preprocessing.TargetEncoder (sklearn/preprocessing/_target_encoder.py): of each category the mean of the target that was found
// for it, of an unknown one the mean of all. What fit_transform gives, which fits anew to parts of the rows, is another thing.

namespace assay::pipeline {

namespace {

class TargetEncoder final : public Encoder {
public:
    [[nodiscard]] std::size_t widest() const override { return columns.size() * means.size(); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        const std::size_t outputs = means.size();
        Matrix found(static_cast<Eigen::Index>(rows.rows), static_cast<Eigen::Index>(columns.size() * outputs));
        TRY(encode(rows, [&](std::size_t row, std::size_t column, std::size_t code) {
            for (std::size_t k = 0; k < outputs; ++k) {
                const std::size_t place = column * outputs + k;
                found(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(place)) =
                    code == unknown_category ? means[k] : encodings[place][static_cast<Eigen::Index>(code)];
            }
        }));
        return data_of(std::move(found));
    }

    std::vector<Vector> encodings;  ///< column × output: of each category
    std::vector<double> means;      ///< of each output
};

Result<std::unique_ptr<Step>> target_encoder(StateReader& state) {
    auto made = std::make_unique<TargetEncoder>();
    read_categories(state, *made);
    made->refuses_unknown = false;
    const std::string type = state.text("target_type_");
    if (type == "multiclass") {
        const Vector means = state.vector("target_mean_");
        made->means.assign(means.begin(), means.end());
        if (const auto classes = state.require("classes_")) {
            const auto count = count_of(state.labels_of(*classes, "attribute classes_"));
            state.require_that(count == made->means.size(), "attribute target_mean_ has another size than classes_");
        }
    } else {
        state.require_that(type == "binary" || type == "continuous", "attribute target_type_ is " + type);
        made->means = {state.number("target_mean_")};
        state.known("classes_");
    }
    const auto encodings = state.require("encodings_");
    for (const Fitted& each : encodings ? state.items_of(*encodings, "attribute encodings_") : std::vector<Fitted>()) {
        const std::size_t column = made->encodings.size() / std::max<std::size_t>(made->means.size(), 1);
        if (state.failed() || column >= made->columns.size()) break;
        made->encodings.push_back(state.vector_of(each, fmt::format("attribute encodings_[{}]", made->encodings.size()),
                                                  made->columns[column].categories.size()));
    }
    const bool whole = !made->means.empty() && made->encodings.size() == made->columns.size() * made->means.size();
    state.require_that(whole && (!encodings || !encodings->is(FittedKind::list) || encodings->items().size() == made->encodings.size()),
                       "attribute encodings_ does not fit categories_ and the target");
    state.require_that(!state.flag_or("_infrequent_enabled", false), "attribute _infrequent_enabled is set");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> target_encoder_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.preprocessing._target_encoder.TargetEncoder", target_encoder, "categories cv random_state shuffle smooth target_type"},
    });
    return classes;
}

}  // namespace assay::pipeline
