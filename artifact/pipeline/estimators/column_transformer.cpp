#include "artifact/pipeline/estimators.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

// sklearn.compose.ColumnTransformer (sklearn/compose/_column_transformer.py).

namespace assay::pipeline {

namespace {

/// Which columns a transformer is given: by place, and by name where the rows have names.
struct Selection {
    std::vector<std::size_t> places;
    std::vector<std::string> names;  ///< as many, or none
    bool by_name_only = false;       ///< the places are not known
    bool flat = false;               ///< one column, not a list of one: rows of one dimension
    // Releases before 1.0 kept neither places nor how many columns there were; these are found when the rows are there.
    std::vector<std::int64_t> from_end;  ///< -1: the last column
    struct Slice {
        std::optional<std::int64_t> first, last;
        std::string first_name, last_name;  ///< of a slice of names, which includes its end; or empty
    };
    std::optional<Slice> slice;
    [[nodiscard]] bool empty() const { return places.empty() && names.empty() && from_end.empty() && !slice; }
};

std::optional<std::size_t> place_in(std::int64_t index, std::size_t width) {
    if (index < 0) index += static_cast<std::int64_t>(width);
    if (index < 0 || (width != 0 && index >= static_cast<std::int64_t>(width))) return std::nullopt;
    return static_cast<std::size_t>(index);
}

class ColumnTransformer final : public Step {
public:
    struct Part {
        std::string name;
        Selection selection;
        std::unique_ptr<Step> step;  ///< null: the columns themselves
        std::optional<double> weight;
    };

    [[nodiscard]] bool is_exact(Method method) const override {
        return std::ranges::all_of(parts, [&](const Part& part) { return !part.step || part.step->is_exact(method); });
    }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override {
        std::size_t sum = 0;
        for (const Part& part : parts)
            sum += part.step ? part.step->widest() : std::max(part.selection.places.size(), part.selection.names.size());
        return std::max(sum, input.width);
    }

    [[nodiscard]] Result<Data> transform(Data rows) const override {
        // With names, only the columns that it uses must be there; without, all of them.
        if (rows.names.empty() || input.names.empty()) {
            if (input.width != 0 && rows.width() != input.width && (exact_width || rows.width() < input.width))
                return refuse_input(fmt::format("the input has {} columns, and it was fitted with {}", rows.width(), input.width));
        }
        std::vector<Data> made;
        for (const Part& part : parts) {
            TRY_ASSIGN(const std::vector<std::size_t> places, places_in(rows, part));
            Data one = select(rows, places);
            one.flat = part.selection.flat;
            if (part.step) {
                TRY_ASSIGN(one, part.step->transform(std::move(one)));
            }
            if (one.flat) return refuse_input("one of its transformers gives one dimension");
            if (part.weight) TRY(multiply(one, *part.weight));
            made.push_back(std::move(one));
        }
        return beside(std::move(made), rows.rows, sparse);
    }

    std::vector<Part> parts;
    bool sparse = false;
    bool exact_width = true;  ///< releases before 1.0 took more columns than they were fitted with

private:
    [[nodiscard]] Result<std::vector<std::size_t>> places_in(const Data& rows, const Part& part) const {
        const Selection& selection = part.selection;
        if (selection.slice) return places_of(rows, *selection.slice);
        if (!selection.from_end.empty()) return places_from_end(rows, selection.from_end);
        if (rows.names.empty() || selection.names.empty()) {
            if (selection.by_name_only) return refuse_input("its columns are given by name, and the input has no names");
            for (const std::size_t column : selection.places) {
                if (column >= rows.width()) return refuse_input(fmt::format("the input has no column {}", column));
            }
            return selection.places;
        }
        std::vector<std::size_t> places;
        for (const std::string& name : selection.names) {
            const auto found = std::ranges::find(rows.names, name);
            if (found == rows.names.end()) return refuse_input(fmt::format("the column '{}' is missing", printable(name, 100)));
            places.push_back(static_cast<std::size_t>(found - rows.names.begin()));
        }
        return places;
    }

    [[nodiscard]] Result<std::vector<std::size_t>> places_from_end(const Data& rows, const std::vector<std::int64_t>& indices) const {
        std::vector<std::size_t> places;
        for (const std::int64_t index : indices) {
            const auto found = place_in(index, rows.width());
            if (!found) return refuse_input(fmt::format("the input has no column {}", index));
            places.push_back(*found);
        }
        return places;
    }

    [[nodiscard]] Result<std::vector<std::size_t>> places_of(const Data& rows, const Selection::Slice& slice) const {
        const auto count = static_cast<std::int64_t>(rows.width());
        const auto named = [&](const std::string& name) { return std::ranges::find(rows.names, name) - rows.names.begin(); };
        const auto clamped = [&](std::int64_t bound) { return std::clamp(bound < 0 ? bound + count : bound, std::int64_t{0}, count); };
        std::int64_t first = clamped(slice.first.value_or(0));
        std::int64_t last = clamped(slice.last.value_or(count));
        if (!slice.first_name.empty() || !slice.last_name.empty()) {
            for (const std::string& name : {slice.first_name, slice.last_name}) {
                if (!name.empty() && std::ranges::find(rows.names, name) == rows.names.end())
                    return refuse_input(fmt::format("the column '{}' is missing", printable(name, 100)));
            }
            if (!slice.first_name.empty()) first = named(slice.first_name);
            if (!slice.last_name.empty()) last = named(slice.last_name) + 1;
        }
        std::vector<std::size_t> places;
        for (std::int64_t i = first; i < last; ++i) places.push_back(static_cast<std::size_t>(i));
        return places;
    }
};

/// Columns as they were specified, for releases that did not keep their places.
class Specification {
public:
    Specification(StateReader& state, std::string what) : state_(state), what_(std::move(what)), width_(state.input_check().width) {}

    Selection read(const Fitted& columns) {
        if (const auto text = columns.as_text()) {
            by_name(*text);
        } else if (columns.is(FittedKind::integer)) {
            by_place(columns.integer());
        } else if (columns.class_name() == "builtins.slice") {
            by_slice(columns);
        } else if (is_index(columns)) {
            by_list(index_values(columns));
        } else {
            by_list(columns);
        }
        selection_.by_name_only = !selection_.names.empty();
        return std::move(selection_);
    }

private:
    void wrong(const std::string& why) { state_.problem(what_ + " " + why); }
    void by_name(std::string_view name) { selection_.names.emplace_back(name); }
    void by_place(std::int64_t index) {
        if (index < 0 && width_ == 0) {
            selection_.from_end.push_back(index);
            return;
        }
        const auto place = place_in(index, width_);
        if (!place) return wrong(fmt::format("names the column {}, which is not there", index));
        selection_.places.push_back(*place);
    }

    void by_slice(const Fitted& columns) {
        const FittedObject object = columns.object();
        if (object.arguments.size() != 3) return wrong("is no slice");
        const Fitted step = columns.at(object.arguments[2]);
        if (!step.is_none() && step.as_integer() != 1) return wrong("is a slice with steps");
        Selection::Slice slice;
        const auto read = [&](const Fitted& bound, std::optional<std::int64_t>& index, std::string& name) {
            if (bound.is_none()) return;
            index = bound.as_integer();
            if (const auto text = bound.as_text()) {
                name = *text;
            } else if (!index) {
                wrong("is a slice of " + bound.describe());
            }
        };
        read(columns.at(object.arguments[0]), slice.first, slice.first_name);
        read(columns.at(object.arguments[1]), slice.last, slice.last_name);
        selection_.slice = std::move(slice);
    }

    /// pandas' Index is made by `_new_Index(cls, {"data": …})`.
    static bool is_index(const Fitted& columns) { return columns.class_name() == "pandas.core.indexes.base._new_Index"; }
    static Fitted index_values(const Fitted& columns) {
        const FittedObject object = columns.object();
        const auto data = object.arguments.size() == 2 ? columns.at(object.arguments[1]).find("data") : std::nullopt;
        return data.value_or(columns);
    }

    void by_list(const Fitted& columns) {
        if (columns.is(FittedKind::array)) {
            const FittedArray array = columns.array();
            if (array.dtype.kind == 'b' || array.dtype.kind == 'i' || array.dtype.kind == 'u') {
                const std::vector<std::int64_t> values = state_.integers_of(columns, what_);
                return by_integers(values, array.dtype.kind == 'b');
            }
            if (array.dtype.kind == 'U') {
                const auto width = static_cast<std::size_t>(array.dtype.itemsize);
                for (std::size_t i = 0; i < array.size(); ++i) by_name(read_string(array.dtype, array.bytes.substr(i * width)));
                return;
            }
        }
        std::vector<std::int64_t> integers;
        bool mask = true;
        std::size_t names = 0;
        const std::vector<Fitted> items = state_.items_of(columns, what_);
        for (const Fitted& item : items) {
            if (const auto name = item.as_text()) {
                by_name(*name);
                ++names;
            } else if (const auto integer = item.as_integer()) {
                mask = mask && item.is(FittedKind::boolean);
                integers.push_back(*integer);
            }
        }
        if (names + integers.size() != items.size() || (names != 0 && !integers.empty())) return wrong("is no list of columns");
        by_integers(integers, mask && !integers.empty());
    }

    void by_integers(const std::vector<std::int64_t>& values, bool mask) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (!mask) {
                by_place(values[i]);
            } else if (values[i] != 0) {
                selection_.places.push_back(i);
            }
        }
    }

    StateReader& state_;
    std::string what_;
    std::size_t width_;
    Selection selection_;
};

/// `_RemainderColsList` is a list in an object: its `data`.
Fitted plain_columns(const Fitted& columns) {
    if (columns.class_name() != "sklearn.compose._column_transformer._RemainderColsList") return columns;
    const FittedObject object = columns.object();
    const auto data = object.state ? columns.at(*object.state).find("data") : std::nullopt;
    return data.value_or(columns);
}

/// Since 1.0, the places of each transformer's columns are kept.
std::optional<Selection> kept_selection(StateReader& state, const std::map<std::string, Fitted, std::less<>>& kept, std::string_view name) {
    const auto places = kept.find(name);
    if (places == kept.end()) return std::nullopt;
    Selection selection;
    const InputCheck& input = state.input_check();
    for (const std::int64_t index : state.integers_of(places->second, "attribute _transformer_to_input_indices")) {
        const auto place = place_in(index, input.width);
        if (!place) {
            state.problem(fmt::format("attribute _transformer_to_input_indices names the column {}, which is not there", index));
            break;
        }
        selection.places.push_back(*place);
        if (*place < input.names.size()) selection.names.push_back(input.names[*place]);
    }
    return selection;
}

Result<std::unique_ptr<Step>> column_transformer(StateReader& state) {
    auto made = std::make_unique<ColumnTransformer>();
    made->sparse = state.flag("sparse_output_");
    made->exact_width = !state.writer().before(1, 0);
    const auto indices = state.find("_transformer_to_input_indices");
    const auto kept = indices ? state.dict_of(*indices) : std::map<std::string, Fitted, std::less<>>();
    const auto weights = read_transformer_weights(state);
    const auto transformers = state.require("transformers_");
    for (const Fitted& each : transformers ? state.items_of(*transformers, "attribute transformers_") : std::vector<Fitted>()) {
        const std::vector<Fitted> parts = each.is(FittedKind::tuple) || each.is(FittedKind::list) ? each.items() : std::vector<Fitted>();
        const auto name = parts.size() == 3 ? parts[0].as_text() : std::nullopt;
        if (!name) {
            state.problem("attribute transformers_ holds what is no triple of a name, a transformer and columns");
            break;
        }
        if (parts[1].as_text() == "drop" || (parts[2].is_none() && *name == "remainder")) continue;
        const std::string where = fmt::format("transformer '{}'", printable(*name, 60));
        ColumnTransformer::Part part{.name = std::string(*name), .selection = {}, .step = nullptr, .weight = {}};
        auto selection = kept_selection(state, kept, *name);
        part.selection = selection ? *std::move(selection) : Specification(state, where + ": its columns").read(plain_columns(parts[2]));
        if (state.failed()) break;
        part.selection.flat = parts[2].is(FittedKind::text) || parts[2].is(FittedKind::integer);
        // A transformer of no columns is not asked.
        if (part.selection.empty()) continue;
        if (parts[1].as_text() != "passthrough") {
            part.step = state.estimator(parts[1], where);
            if (!part.step) break;
        }
        if (const auto weight = weights.find(*name); weight != weights.end()) part.weight = weight->second;
        made->parts.push_back(std::move(part));
    }
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> column_transformer_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.compose._column_transformer.ColumnTransformer", column_transformer,
         "_transformers_feature_names_out _columns _df_columns _feature_names_in _has_str_cols _n_features _name_to_fitted_passthrough "
         "_remainder force_int_remainder_cols n_jobs output_indices_ remainder sparse_threshold transformers verbose "
         "verbose_feature_names_out"},
    });
    return classes;
}

}  // namespace assay::pipeline
