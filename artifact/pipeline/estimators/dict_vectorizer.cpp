#include "artifact/pipeline/dtype_name.hpp"
#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/feature_hashing.hpp"
#include "artifact/pipeline/estimators/text_analyzer.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>

// sklearn.feature_extraction.DictVectorizer (sklearn/feature_extraction/_dict_vectorizer.py): records as columns, texts one-hot.

namespace assay::pipeline {

namespace {

class DictVectorizer final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return true; }
    [[nodiscard]] bool takes_records() const override { return true; }
    [[nodiscard]] std::size_t widest() const override { return width; }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        SparseRows made;
        made.width = width;
        for (std::size_t row = 0; row < rows.records.size(); ++row) {
            std::map<std::uint32_t, double> found;
            for (const auto& [name, value] : rows.records[row].values) {
                if (const auto* text = std::get_if<std::string>(&value)) {
                    put(found, name + separator + *text, 1);
                } else if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
                    // Until 0.24 a list was looked for as if it were a number.
                    if (!takes_lists && columns.contains(name))
                        return refuse_input(fmt::format("row {}: '{}' has a list", row, printable(name, 60)));
                    for (const std::string& one : takes_lists ? *texts : std::vector<std::string>()) put(found, name + separator + one, 1);
                } else {
                    put(found, name, number_in(value).value_or(std::numeric_limits<double>::quiet_NaN()));
                }
            }
            for (const auto& [column, value] : found) {
                made.columns.push_back(column);
                made.values.push_back(value);
            }
            made.starts.push_back(made.values.size());
        }
        Data data = data_of(std::move(made));
        data.type = type;
        if (sparse) return data;
        data.sparse = false;
        return dense(std::move(data));
    }

    std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> columns;
    std::string separator;
    std::size_t width = 0;
    bool sparse = true;
    bool takes_lists = true;
    NumberType type = NumberType::float64;

private:
    /// What stands twice adds up when the matrix is used.
    void put(std::map<std::uint32_t, double>& found, std::string_view name, double value) const {
        const auto column = columns.find(name);
        if (column == columns.end()) return;
        if (type == NumberType::float32) value = static_cast<double>(static_cast<float>(value));
        const auto [entry, is_new] = found.emplace(column->second, value);
        if (!is_new) entry->second += value;
    }
};

Result<std::unique_ptr<Step>> dict_vectorizer(StateReader& state) {
    auto made = std::make_unique<DictVectorizer>();
    made->separator = state.text("separator");
    made->sparse = state.flag("sparse");
    made->takes_lists = !state.writer().before(0, 24);
    if (const auto dtype = state.require("dtype")) {
        const std::string name = dtype_name(*dtype);
        if (name != "float64" && name != "float32")
            state.problem_of("dtype", "is " + dtype->describe() + ", which is not computed in here");
        made->type = name == "float32" ? NumberType::float32 : NumberType::float64;
    }
    const auto names = state.require("vocabulary_");
    if (names && !names->is(FittedKind::dict)) state.problem_of("vocabulary_", "is no dict");
    if (!names || state.failed()) return state.finish(std::move(made));
    const auto entries = names->entries();
    std::uint64_t& left = state.budget().numbers;
    if (entries.empty() || entries.size() > static_cast<std::size_t>(max_features) || entries.size() * 8 > left) {
        state.problem_of("vocabulary_", fmt::format("has {} names", entries.size()));
        return state.finish(std::move(made));
    }
    left -= entries.size() * 8;
    made->width = entries.size();
    std::vector<bool> taken(entries.size(), false);
    for (const auto& [key, value] : entries) {
        const auto column = value.as_integer();
        const auto name = key.as_text();
        const bool fits =
            column && *column >= 0 && *column < static_cast<std::int64_t>(entries.size()) && !taken[static_cast<std::size_t>(*column)];
        if (!fits || (name && name->size() / 8 > left)) {
            state.problem_of("vocabulary_", fmt::format("gives {} the column {}", key.describe(), value.describe()));
            break;
        }
        taken[static_cast<std::size_t>(*column)] = true;
        if (!name) continue;  // a name that is no text is none of a record's
        left -= name->size() / 8;
        made->columns.emplace(std::string(*name), static_cast<std::uint32_t>(*column));
    }
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> dict_vectorizer_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.feature_extraction._dict_vectorizer.DictVectorizer", dict_vectorizer, "sort feature_names_",
         "sklearn.feature_extraction.dict_vectorizer.DictVectorizer"},
    });
    return classes;
}

}  // namespace assay::pipeline
