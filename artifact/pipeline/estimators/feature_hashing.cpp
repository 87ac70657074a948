#include "artifact/pipeline/estimators/feature_hashing.hpp"

#include "artifact/pipeline/dtype_name.hpp"
#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/text_analyzer.hpp"
#include "artifact/pipeline/estimators/tfidf.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace assay::pipeline {

namespace {

/// MurmurHash3_x86_32 by Austin Appleby, of the public domain, with the seed 0.
std::int32_t murmur_hash(std::string_view bytes) {
    const auto byte = [&](std::size_t at) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at])); };
    const auto scrambled = [](std::uint32_t block) { return std::rotl(block * 0xcc9e2d51U, 15) * 0x1b873593U; };
    std::uint32_t hash = 0;
    std::size_t at = 0;
    for (; at + 4 <= bytes.size(); at += 4) {
        hash ^= scrambled(byte(at) | byte(at + 1) << 8U | byte(at + 2) << 16U | byte(at + 3) << 24U);
        hash = std::rotl(hash, 13) * 5 + 0xe6546b64U;
    }
    std::uint32_t tail = 0;
    for (std::size_t i = bytes.size(); i > at; --i) tail = tail << 8U | byte(i - 1);
    if (at != bytes.size()) hash ^= scrambled(tail);
    hash ^= static_cast<std::uint32_t>(bytes.size());
    hash = (hash ^ hash >> 16U) * 0x85ebca6bU;
    hash = (hash ^ hash >> 13U) * 0xc2b2ae35U;
    return std::bit_cast<std::int32_t>(hash ^ hash >> 16U);
}

}  // namespace

void FeatureHashing::put(SparseRows& rows, std::string_view feature, double value) const {
    const std::int64_t hash = murmur_hash(feature);
    rows.columns.push_back(static_cast<std::uint32_t>(static_cast<std::uint64_t>(std::abs(hash)) % width));
    if (alternate_sign && hash < 0) value = -value;
    if (type == NumberType::float32) value = static_cast<double>(static_cast<float>(value));
    rows.values.push_back(type == NumberType::integer ? std::trunc(value) : value);
}

void FeatureHashing::end_row(SparseRows& rows) const {
    std::vector<std::pair<std::uint32_t, double>> row;
    for (std::size_t i = rows.starts.back(); i < rows.columns.size(); ++i) row.emplace_back(rows.columns[i], rows.values[i]);
    // Equal columns come in the order that SciPy adds them in: it sorts with this very function, which is not stable.
    const auto is_less = [](const auto& a, const auto& b) { return a.first < b.first; };
    std::sort(row.begin(), row.end(), is_less);
    std::size_t to = rows.starts.back();
    for (std::size_t i = 0; i < row.size();) {
        double sum = row[i].second;
        const std::uint32_t column = row[i].first;
        for (++i; i < row.size() && row[i].first == column; ++i) {
            sum += row[i].second;
            if (type == NumberType::float32) sum = static_cast<double>(static_cast<float>(sum));
        }
        rows.columns[to] = column;
        rows.values[to++] = non_negative ? std::abs(sum) : sum;
    }
    rows.columns.resize(to);
    rows.values.resize(to);
    rows.starts.push_back(to);
}

FeatureHashing read_feature_hashing(StateReader& state) {
    FeatureHashing made;
    const std::int64_t width = state.integer("n_features");
    if (width < 1 || width > max_features) state.problem_of("n_features", fmt::format("is {}", width));
    made.width = static_cast<std::size_t>(std::clamp<std::int64_t>(width, 1, max_features));
    made.alternate_sign = state.flag("alternate_sign");
    made.non_negative = state.flag_or("non_negative", false);
    if (const auto dtype = state.require("dtype")) {
        const std::string name = dtype_name(*dtype);
        if (name == "float32") {
            made.type = NumberType::float32;
        } else if (name == "int64" || name == "int32") {
            made.type = NumberType::integer;
        } else if (name != "float64") {
            state.problem_of("dtype", "is " + dtype->describe() + ", which is not summed in here");
        }
    }
    return made;
}

namespace {

class HashingVectorizer final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return true; }
    [[nodiscard]] std::size_t widest() const override { return hashing.width; }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(const std::vector<std::string_view> texts, texts_of_rows(rows, place));
        SparseRows made;
        made.width = hashing.width;
        for (std::size_t row = 0; row < texts.size(); ++row) {
            const auto problem = analyzer.analyze(texts[row], [&](std::string_view term) { hashing.put(made, term, 1); });
            if (problem) return not_replayable(fmt::format("row {}: {}", row, *problem));
            hashing.end_row(made);
        }
        if (binary) std::ranges::fill(made.values, 1.0);
        const bool single = hashing.type == NumberType::float32;
        normalize_rows(made, norm, single);
        Data hashed = data_of(std::move(made));
        hashed.type = norm == RowNorm::none || single ? hashing.type : NumberType::float64;
        return hashed;
    }

    TextAnalyzer analyzer;
    FeatureHashing hashing;
    RowNorm norm = RowNorm::l2;
    bool binary = false;
};

Result<std::unique_ptr<Step>> hashing_vectorizer(StateReader& state) {
    auto made = std::make_unique<HashingVectorizer>();
    made->analyzer = read_text_analyzer(state);
    made->hashing = read_feature_hashing(state);
    made->norm = read_row_norm(state);
    made->binary = state.flag("binary");
    return state.finish(std::move(made));
}

class FeatureHasher final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return true; }
    [[nodiscard]] bool takes_records() const override { return true; }
    [[nodiscard]] std::size_t widest() const override { return hashing.width; }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        SparseRows made;
        made.width = hashing.width;
        for (std::size_t row = 0; row < rows.records.size(); ++row) {
            for (const auto& [name, value] : rows.records[row].values) {
                if (const auto* text = std::get_if<std::string>(&value)) {
                    hashing.put(made, fmt::format("{}={}", name, *text), 1);
                    continue;
                }
                const auto number = number_in(value);
                if (!number) return refuse_input(fmt::format("row {}: '{}' has no number and no text", row, printable(name, 60)));
                if (hashing.type == NumberType::integer && std::abs(*number) > 1e15)
                    return not_replayable(fmt::format("row {}: '{}' is a large number that becomes an integer", row, printable(name, 60)));
                if (*number != 0) hashing.put(made, name, *number);
            }
            hashing.end_row(made);
        }
        Data hashed = data_of(std::move(made));
        hashed.type = hashing.type;
        return hashed;
    }

    FeatureHashing hashing;
};

Result<std::unique_ptr<Step>> feature_hasher(StateReader& state) {
    auto made = std::make_unique<FeatureHasher>();
    made->hashing = read_feature_hashing(state);
    const std::string input = state.text("input_type");
    state.require_that(input == "dict", "attribute input_type is '" + printable(input, 60) + "': no sample keeps what it takes");
    return state.finish(std::move(made));
}

}  // namespace

std::optional<double> number_in(const SampleRecordValue& value) {
    if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? 1.0 : 0.0;
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
    if (const auto* real = std::get_if<double>(&value)) return *real;
    return std::nullopt;
}

std::span<const EstimatorClass> feature_hashing_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.feature_extraction.text.HashingVectorizer", hashing_vectorizer},
        {"sklearn.feature_extraction._hash.FeatureHasher", feature_hasher, "", "sklearn.feature_extraction.hashing.FeatureHasher"},
    });
    return classes;
}

}  // namespace assay::pipeline
