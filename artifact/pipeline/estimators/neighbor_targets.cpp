#include "artifact/pipeline/estimators/neighbors.hpp"

#include <fmt/format.h>

#include <cmath>

namespace assay::pipeline {

Matrix read_neighbor_targets(StateReader& state, std::size_t rows, bool& two_dimensions) {
    const auto value = state.require("_y");
    if (!value) return {};
    if (!value->is(FittedKind::array) || (value->array().dtype.kind == 'f' && value->array().dtype.itemsize < 8))
        return state.problem_of("_y", "is no array of float64 or integers"), Matrix();
    two_dimensions = value->array().shape.size() == 2;
    Matrix found;
    if (two_dimensions) {
        found = state.matrix_of(*value, "attribute _y");
    } else {
        const Vector one = state.vector_of(*value, "attribute _y");
        found = Eigen::Map<const Matrix>(one.data(), one.size(), 1);
    }
    if (!state.failed() && (static_cast<std::size_t>(found.rows()) != rows || found.cols() == 0 || !found.allFinite()))
        state.problem_of("_y", fmt::format("has {} rows for {} training rows, or none of numbers", found.rows(), rows));
    return found;
}

NeighborClasses read_neighbor_classes(StateReader& state, std::size_t rows) {
    NeighborClasses made;
    made.two_dimensions = state.flag("outputs_2d_");
    bool two_dimensions = false;
    const Matrix codes = read_neighbor_targets(state, rows, two_dimensions);
    const auto classes = state.require("classes_");
    if (classes && made.two_dimensions) {
        for (const Fitted& each : state.items_of(*classes, "attribute classes_"))
            made.classes.push_back(state.labels_of(each, "attribute classes_"));
    } else if (classes) {
        made.classes.push_back(state.labels_of(*classes, "attribute classes_"));
    }
    if (state.failed()) return made;
    if (made.classes.size() != static_cast<std::size_t>(codes.cols()))
        return state.problem("attribute classes_ has not one list per output"), made;
    made.codes.resize(codes.rows(), codes.cols());
    for (Eigen::Index output = 0; output < codes.cols(); ++output) {
        const auto many = static_cast<double>(count_of(made.classes[static_cast<std::size_t>(output)]));
        for (Eigen::Index row = 0; row < codes.rows(); ++row) {
            const double code = codes(row, output);
            if (!(code >= 0 && code < many) || code != std::trunc(code))
                return state.problem(fmt::format("attribute _y names class {} of {}", code, many)), made;
            made.codes(row, output) = static_cast<std::int32_t>(code);
        }
    }
    state.require_that(!mixes_texts(made.classes), "attribute classes_ has texts and numbers for labels");
    return made;
}

}  // namespace assay::pipeline
