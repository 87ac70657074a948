#include "artifact/pipeline/estimators/encoder.hpp"

#include "artifact/pipeline/dtype_name.hpp"
#include "artifact/pipeline/estimators.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

// sklearn.preprocessing.OneHotEncoder and OrdinalEncoder (sklearn/preprocessing/_encoders.py).

namespace assay::pipeline {

namespace {

class OneHot final : public Encoder {
public:
    [[nodiscard]] std::size_t widest() const override { return width; }

    [[nodiscard]] Result<Data> transform(Data rows) const override {
        Matrix matrix_made = Matrix::Zero(static_cast<Eigen::Index>(rows.rows), static_cast<Eigen::Index>(width));
        TRY(encode(rows, [&](std::size_t row, std::size_t column, std::size_t code) {
            const Encoded& encoded = columns[column];
            if (code == unknown_category) {
                if (!groups_unknown || encoded.infrequent == unknown_category) return;
                code = encoded.infrequent;
            }
            if (!encoded.grouped.empty()) code = encoded.grouped[code];
            if (encoded.dropped) {
                if (code == *encoded.dropped) return;
                if (code > *encoded.dropped) --code;
            }
            matrix_made(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(first[column] + code)) = 1.0;
        }));
        Data encoded = data_of(std::move(matrix_made));
        encoded.type = type;
        encoded.sparse = sparse;
        return encoded;
    }

    std::vector<std::size_t> first;  ///< the place of each column's first code
    std::size_t width = 0;
    bool sparse = true;
    bool groups_unknown = false;  ///< with the infrequent categories
};

class Ordinal final : public Encoder {
public:
    [[nodiscard]] std::size_t widest() const override { return columns.size(); }

    [[nodiscard]] Result<Data> transform(Data rows) const override {
        Matrix codes(static_cast<Eigen::Index>(rows.rows), static_cast<Eigen::Index>(columns.size()));
        TRY(encode(rows, [&](std::size_t row, std::size_t column, std::size_t code) {
            const Encoded& encoded = columns[column];
            double& to = codes(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column));
            if (code == unknown_category) {
                to = unknown_value;
                return;
            }
            if (!encoded.grouped.empty() && code != encoded.missing) code = encoded.grouped[code];
            to = code == encoded.missing ? missing_value : static_cast<double>(code);
        }));
        Data encoded = data_of(std::move(codes));
        encoded.type = type;
        return encoded;
    }

    double unknown_value = 0;
    double missing_value = std::numeric_limits<double>::quiet_NaN();
};

/// One value per column; a problem when there are fewer.
std::vector<Fitted> per_column(StateReader& state, std::string_view key, std::size_t columns) {
    const auto value = state.require(key);
    if (!value) return {};
    std::vector<Fitted> items = state.items_of(*value, fmt::format("attribute {}", key));
    if (items.size() != columns) {
        state.problem(fmt::format("attribute {} has {} entries for {} columns", key, items.size(), columns));
        items.clear();
    }
    return items;
}

/// Infrequent categories share one code (since 1.1).
void read_infrequent(StateReader& state, Encoder& made) {
    if (!state.flag_or("_infrequent_enabled", false)) return state.known({"_infrequent_indices", "_default_to_infrequent_mappings"});
    const std::vector<Fitted> indices = per_column(state, "_infrequent_indices", made.columns.size());
    const std::vector<Fitted> mappings = per_column(state, "_default_to_infrequent_mappings", made.columns.size());
    if (state.failed()) return;
    for (std::size_t i = 0; i < made.columns.size(); ++i) {
        Encoded& encoded = made.columns[i];
        if (indices[i].is_none() != mappings[i].is_none())
            return state.problem(fmt::format("attribute _infrequent_indices[{}] contradicts the mapping", i));
        if (indices[i].is_none()) continue;
        const std::vector<std::int64_t> first = state.integers_of(indices[i], fmt::format("attribute _infrequent_indices[{}]", i));
        const std::vector<std::int64_t> mapping =
            state.integers_of(mappings[i], fmt::format("attribute _default_to_infrequent_mappings[{}]", i));
        const auto count = static_cast<std::int64_t>(encoded.categories.size());
        // An OrdinalEncoder leaves the missing category, which stands last, out of the mapping: see must_be_whole.
        const auto mapped = static_cast<std::int64_t>(mapping.size());
        const bool fits = !first.empty() && first.front() >= 0 && first.front() < mapped && (mapped == count || mapped == count - 1) &&
                          std::ranges::all_of(mapping, [&](std::int64_t code) { return code >= 0 && code < count; });
        if (!fits) return state.problem(fmt::format("attribute _default_to_infrequent_mappings[{}] does not fit the categories", i));
        encoded.infrequent = static_cast<std::size_t>(first.front());
        encoded.groups = 0;
        for (const std::int64_t code : mapping) {
            encoded.grouped.push_back(static_cast<std::size_t>(code));
            encoded.groups = std::max(encoded.groups, static_cast<std::size_t>(code) + 1);
        }
    }
}

/// Every category has a place after grouping, but for a missing one that has a code of its own.
void must_be_whole(StateReader& state, const Encoder& made) {
    for (const Encoded& encoded : made.columns) {
        const std::size_t count = encoded.categories.size();
        const bool whole = encoded.grouped.empty() || encoded.grouped.size() == count || encoded.missing == count - 1;
        state.require_that(whole, "attribute _default_to_infrequent_mappings does not fit the categories");
    }
}

void read_dropped(StateReader& state, OneHot& made) {
    // Since 1.2 there are two: of the categories, and of the codes after grouping.
    const char* const key = state.has("_drop_idx_after_grouping") ? "_drop_idx_after_grouping" : "drop_idx_";
    const auto value = state.find(key);
    if (!value || value->is_none()) return;
    std::vector<std::optional<std::int64_t>> places;
    if (value->is(FittedKind::array) && value->array().dtype.kind != 'O') {
        for (const std::int64_t place : state.integers_of(*value, key)) places.emplace_back(place);
    } else {
        for (const Fitted& item : state.items_of(*value, key)) places.push_back(item.is_none() ? std::nullopt : item.as_integer());
    }
    if (places.size() != made.columns.size()) return state.problem(fmt::format("attribute {} has not one entry per column", key));
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (!places[i]) continue;
        if (*places[i] < 0 || static_cast<std::size_t>(*places[i]) >= made.columns[i].groups)
            return state.problem(fmt::format("attribute {}[{}] names no category", key, i));
        made.columns[i].dropped = static_cast<std::size_t>(*places[i]);
    }
}

Result<std::unique_ptr<Step>> one_hot(StateReader& state) {
    if (state.flag_or("_legacy_mode", false)) return legacy_one_hot(state);
    auto made = std::make_unique<OneHot>();
    read_categories(state, *made);
    read_infrequent(state, *made);
    const std::string unknowns = state.text("handle_unknown");
    made->refuses_unknown = unknowns == "error";
    // "warn" groups them since 1.8; 1.6 and 1.7 forget to.
    made->groups_unknown = unknowns == "infrequent_if_exist" || (unknowns == "warn" && !state.writer().before(1, 8));
    state.require_that(made->refuses_unknown || made->groups_unknown || unknowns == "ignore" || unknowns == "warn",
                       "attribute handle_unknown is " + unknowns);
    made->refuses_nan = state.writer().before(0, 24);
    made->type = read_type(state);
    made->sparse = state.has("sparse_output") ? state.flag("sparse_output") : state.flag("sparse");
    state.known({"sparse", "sparse_output"});
    read_dropped(state, *made);
    for (const char* old : {"_categorical_features", "categorical_features"}) {
        if (const auto value = state.find(old); value && !value->is_none() && value->as_text() != "all") state.problem_of(old, "is set");
    }
    for (const Encoded& encoded : made->columns) {
        made->first.push_back(made->width);
        made->width += encoded.groups - (encoded.dropped ? 1 : 0);
    }
    if (const auto outs = state.find("_n_features_outs"); outs && !outs->is_none()) {
        std::size_t sum = 0;
        for (const std::int64_t count : state.integers_of(*outs, "attribute _n_features_outs"))
            sum += static_cast<std::size_t>(std::max<std::int64_t>(count, 0));
        state.require_that(sum == made->width, "attribute _n_features_outs contradicts the categories");
    }
    state.known({"categories", "drop", "drop_idx_", "_drop_idx_after_grouping", "min_frequency", "max_categories", "feature_name_combiner",
                 "n_values", "_n_values", "_categories"});
    must_be_whole(state, *made);
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> ordinal(StateReader& state) {
    auto made = std::make_unique<Ordinal>();
    read_categories(state, *made);
    read_infrequent(state, *made);
    made->type = read_type(state);
    made->refuses_nan = state.writer().before(1, 0);
    const std::string unknowns = state.has("handle_unknown") ? state.text("handle_unknown") : "error";
    made->refuses_unknown = unknowns == "error";
    if (unknowns == "use_encoded_value") made->unknown_value = state.number("unknown_value");
    state.require_that(made->refuses_unknown || unknowns == "use_encoded_value", "attribute handle_unknown is " + unknowns);
    made->missing_value = state.number_or("encoded_missing_value", made->missing_value);
    if (const auto missing = state.find("_missing_indices")) {
        if (!missing->is(FittedKind::dict)) state.problem_of("_missing_indices", "is no dict");
        if (missing->is(FittedKind::dict)) {
            for (const auto& [column, code] : missing->entries()) {
                auto place = column.as_integer();
                if (const auto text = column.as_text(); text && text->size() < 6 && !text->empty()) {  // skops spells keys as JSON does
                    place = std::ranges::all_of(*text, [](char c) { return c >= '0' && c <= '9'; })
                                ? std::optional<std::int64_t>(std::stoi(std::string(*text)))
                                : std::nullopt;
                }
                const auto value = code.as_integer();
                const bool fits = place && value && *place >= 0 && static_cast<std::size_t>(*place) < made->columns.size() && *value >= 0 &&
                                  static_cast<std::size_t>(*value) < made->columns[static_cast<std::size_t>(*place)].categories.size();
                if (!fits) {
                    state.problem("attribute _missing_indices names no category");
                    break;
                }
                made->columns[static_cast<std::size_t>(*place)].missing = static_cast<std::size_t>(*value);
            }
        }
    }
    state.known(
        {"_categories", "categories", "unknown_value", "encoded_missing_value", "min_frequency", "max_categories", "n_features_in_"});
    must_be_whole(state, *made);
    return state.finish(std::move(made));
}

}  // namespace

void read_categories(StateReader& state, Encoder& made) {
    const auto value = state.require("categories_");
    if (!value) return;
    std::size_t place = 0;
    std::int64_t known = 0;
    for (const Fitted& item : state.items_of(*value, "attribute categories_")) {
        Encoded encoded;
        encoded.categories = Categories(state.cells_of(item, fmt::format("attribute categories_[{}]", place), made.texts));
        encoded.groups = encoded.categories.size();
        known += static_cast<std::int64_t>(encoded.groups);
        state.require_that(known <= max_features, "attribute categories_ holds more categories than are computed with");
        if (state.failed()) return;
        state.require_that(encoded.groups != 0, fmt::format("attribute categories_[{}] is empty", place));
        made.columns.push_back(std::move(encoded));
        ++place;
    }
    state.fitted_with(made.columns.size(), "categories_");
}

NumberType read_type(StateReader& state) {
    const auto dtype = state.require("dtype");
    const auto type = dtype ? number_type_of(dtype_name(*dtype)) : std::nullopt;
    if (dtype && !type) state.problem_of("dtype", "is " + dtype->describe());
    return type.value_or(NumberType::float64);
}

std::span<const EstimatorClass> encoder_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.preprocessing._encoders.OneHotEncoder", one_hot},
        {"sklearn.preprocessing._encoders.OrdinalEncoder", ordinal},
    });
    return classes;
}

}  // namespace assay::pipeline
