#include "artifact/pipeline/estimators/meta.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <type_traits>

namespace assay::pipeline {

Steps read_steps(StateReader& state, const Fitted& list, std::string_view key) {
    Steps made;
    std::size_t place = 0;
    for (const Fitted& each : state.items_of(list, fmt::format("attribute {}", key))) {
        auto step = state.estimator(each, fmt::format("{}[{}]", key, place++));
        if (!step) return {};
        made.push_back(std::move(step));
    }
    if (made.empty()) state.problem_of(key, "holds no estimators");
    return made;
}

Steps read_steps(StateReader& state, std::string_view key) {
    const auto list = state.require(key);
    return list ? read_steps(state, *list, key) : Steps();
}

std::unique_ptr<Step> read_step(StateReader& state, std::string_view key, std::string_view old_key) {
    const std::string_view name = !old_key.empty() && !state.has(key) && state.has(old_key) ? old_key : key;
    const auto value = state.require(name);
    return value ? state.estimator(*value, std::string(name)) : nullptr;
}

bool all_have(const Steps& steps, Method method) {
    return std::ranges::all_of(steps, [&](const auto& step) { return step->has(method); });
}

bool all_exact(const Steps& steps, Method method) {
    return std::ranges::all_of(steps, [&](const auto& step) { return step->is_exact(method); });
}

std::size_t widest_of(const Steps& steps) {
    std::size_t widest = 0;
    for (const auto& step : steps) widest = std::max(widest, step->widest());
    return widest;
}

std::optional<Fitted> classes_within(const Fitted& estimator) {
    constexpr std::size_t deepest = 40;
    Fitted at = estimator;
    for (std::size_t depth = 0; depth < deepest; ++depth) {
        if (!at.is(FittedKind::object)) return std::nullopt;
        const FittedObject object = at.object();
        if (!object.state || !at.at(*object.state).is(FittedKind::dict)) return std::nullopt;
        const Fitted state = at.at(*object.state);
        // Beside the best estimator, releases before 0.21 keep classes of their own.
        std::optional<Fitted> next;
        for (const std::string_view key : {"best_estimator_", "estimator_", "base_estimator_"}) {
            if (!next && !state.find("estimators_")) next = state.find(key);
        }
        if (const auto own = state.find("classes_"); own && !next) return own;
        if (const auto steps = state.find("steps"); steps && !next) {
            if (!steps->is(FittedKind::list) || steps->items().empty()) return std::nullopt;
            const Fitted last = steps->items().back();
            if (!last.is(FittedKind::tuple) || last.items().size() != 2) return std::nullopt;
            next = last.items()[1];
        }
        if (!next && at.class_name() == "sklearn.frozen._frozen.FrozenEstimator") next = state.find("estimator");
        if (!next) return std::nullopt;
        at = *next;
    }
    return std::nullopt;
}

SampleValues read_label_encoder(StateReader& state, std::string_view key) {
    const auto value = state.require(key);
    if (!value) return {};
    const std::string cls = value->class_name();
    if (cls != "sklearn.preprocessing._label.LabelEncoder" && cls != "sklearn.preprocessing.label.LabelEncoder") {
        state.problem_of(key, "is no LabelEncoder: " + value->describe());
        return {};
    }
    StateReader encoder(*value, state.place(), state.budget());
    SampleValues classes = encoder.labels("classes_");
    if (const auto read = encoder.finish(); !read) state.problem(fmt::format("attribute {}: {}", key, read.error().because));
    return classes;
}

std::optional<std::vector<double>> doubles_of(const SampleArray& answer) {
    return std::visit(
        [](const auto& values) -> std::optional<std::vector<double>> {
            if constexpr (std::is_arithmetic_v<typename std::decay_t<decltype(values)>::value_type>) {
                std::vector<double> numbers;
                numbers.reserve(values.size());
                for (const auto value : values) numbers.push_back(static_cast<double>(value));
                return numbers;
            } else {
                return std::nullopt;
            }
        },
        answer.values);
}

std::optional<std::vector<std::size_t>> codes_of(const SampleArray& answer, std::size_t count) {
    const auto* integers = std::get_if<std::vector<std::int64_t>>(&answer.values);
    if (integers == nullptr || answer.shape.size() != 1) return std::nullopt;
    std::vector<std::size_t> codes;
    codes.reserve(integers->size());
    for (const std::int64_t code : *integers) {
        if (code < 0 || static_cast<std::uint64_t>(code) >= count) return std::nullopt;
        codes.push_back(static_cast<std::size_t>(code));
    }
    return codes;
}

std::optional<std::vector<std::size_t>> places_of(const SampleArray& answer, const SampleValues& classes) {
    if (answer.values.index() != classes.index() || answer.shape.size() != 1) return std::nullopt;
    return std::visit(
        [&](const auto& all) -> std::optional<std::vector<std::size_t>> {
            std::vector<std::size_t> places;
            places.reserve(count_of(answer.values));
            for (const auto& label : std::get<std::decay_t<decltype(all)>>(answer.values))
                places.push_back(static_cast<std::size_t>(std::ranges::find(all, label) - all.begin()));
            return places;
        },
        classes);
}

Data as_array(Data rows) {
    rows.names.clear();
    rows.table = false;
    if (rows.is_matrix()) return rows;
    const std::size_t count = rows.rows;
    const bool sparse = rows.sparse;
    const bool objects = std::ranges::any_of(std::get<std::vector<Column>>(rows.values),
                                             [](const Column& column) { return column.objects || column.inexact; });
    if (!objects) {
        std::vector<Data> parts;
        parts.push_back(std::move(rows));
        return beside(std::move(parts), count, sparse);
    }
    Data made;
    made.rows = count;
    made.sparse = sparse;
    made.values = object_columns(std::move(rows));
    return made;
}

}  // namespace assay::pipeline
