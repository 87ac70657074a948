#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/encoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

// sklearn.preprocessing.LabelEncoder (sklearn/preprocessing/_label.py): the place of each label among the classes.

namespace assay::pipeline {

namespace {

class LabelEncoder final : public Step {
public:
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return true; }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return 1; }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        if (!rows.flat && rows.width() != 1)
            return refuse_input(fmt::format("the input has {} columns, and labels have one", rows.width()));
        if (rows.sparse) return refuse_input("it takes no sparse matrix");
        const std::vector<Column> columns = object_columns(std::move(rows));
        const Column& labels = columns.front();
        if (labels.inexact || labels.extension)
            return not_replayable("the labels are of a type of pandas' own, or integers that no double holds");
        Matrix codes(static_cast<Eigen::Index>(labels.cells.size()), 1);
        for (std::size_t row = 0; row < labels.cells.size(); ++row) {
            const Cell& cell = labels.cells[row];
            if (!is_alike(cell)) return not_replayable(fmt::format("row {}: {} is of another type than the classes", row, to_string(cell)));
            const std::size_t code = classes.find(cell);
            if (code == unknown_category) return refuse_input(fmt::format("row {}: {} is none of the classes", row, to_string(cell)));
            codes(static_cast<Eigen::Index>(row), 0) = static_cast<double>(code);
        }
        Data made = data_of(std::move(codes));
        made.type = NumberType::integer;
        made.flat = true;
        return made;
    }

    Categories classes;
    Cell::Kind kind = Cell::Kind::text;  ///< of all of them
    std::deque<std::string> texts;

private:
    /// Since 1.2, labels are converted to the type of the classes: only those are looked up here that it does not change.
    [[nodiscard]] bool is_alike(const Cell& cell) const {
        if (kind == Cell::Kind::integer)
            return cell.is_number() && cell.kind != Cell::Kind::boolean && cell.number == std::trunc(cell.number);
        if (kind == Cell::Kind::real) return cell.is_number() && cell.kind != Cell::Kind::boolean;
        return cell.kind == kind;
    }
};

Result<std::unique_ptr<Step>> label_encoder(StateReader& state) {
    auto made = std::make_unique<LabelEncoder>();
    const auto value = state.require("classes_");
    std::vector<Cell> cells = value ? state.cells_of(*value, "attribute classes_", made->texts) : std::vector<Cell>();
    state.require_that(!cells.empty(), "attribute classes_ is empty");
    if (!cells.empty()) made->kind = cells.front().kind;
    const bool alike = std::ranges::all_of(cells, [&](const Cell& cell) { return cell.kind == made->kind && !cell.is_missing(); });
    state.require_that(alike, "attribute classes_ holds labels of several types, or missing ones");
    made->classes = Categories(std::move(cells));
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> label_encoder_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.preprocessing._label.LabelEncoder", label_encoder, "", "sklearn.preprocessing.label.LabelEncoder"},
    });
    return classes;
}

}  // namespace assay::pipeline
