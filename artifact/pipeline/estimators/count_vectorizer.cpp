#include "artifact/pipeline/dtype_name.hpp"
#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/text_analyzer.hpp"
#include "artifact/pipeline/estimators/tfidf.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

// Texts as counts of terms, weighted or not: CountVectorizer and TfidfVectorizer (sklearn/feature_extraction/text.py).

namespace assay::pipeline {

namespace {

class CountVectorizer final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return !tfidf || !tfidf->sublinear; }
    [[nodiscard]] std::size_t widest() const override { return vocabulary.size(); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(const std::vector<std::string_view> texts, texts_of_rows(rows, place));
        SparseRows made;
        made.width = vocabulary.size();
        std::vector<std::uint32_t> found;  // of one text, as often as it has them
        for (std::size_t row = 0; row < texts.size(); ++row) {
            found.clear();
            const auto problem = analyzer.analyze(texts[row], [&](std::string_view term) {
                if (const auto known = vocabulary.find(term); known != vocabulary.end()) found.push_back(known->second);
            });
            if (problem) return not_replayable(fmt::format("row {}: {}", row, *problem));
            std::ranges::sort(found);
            for (const std::uint32_t term : found) {
                if (made.columns.size() != made.starts.back() && made.columns.back() == term) {
                    if (!binary) made.values.back() += 1;
                } else {
                    made.columns.push_back(term);
                    made.values.push_back(1);
                }
            }
            made.starts.push_back(made.values.size());
        }
        Data counts = data_of(std::move(made));
        counts.type = type;
        if (!tfidf) return counts;
        const bool single = type == NumberType::float32;
        if (single && !tfidf->takes_single()) return not_replayable("its counts are float32, and scikit-learn computes in float32 then");
        if (const auto why = tfidf->weigh(std::get<SparseRows>(counts.values), single)) return refuse_input(*why);
        counts.type = single ? NumberType::float32 : NumberType::float64;
        return counts;
    }

    TextAnalyzer analyzer;
    std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> vocabulary;  ///< the column of each term
    bool binary = false;
    NumberType type = NumberType::integer;
    std::optional<Tfidf> tfidf;
};

/// Each term has a column of its own, and every column a term.
void read_vocabulary(StateReader& state, CountVectorizer& made) {
    const auto terms = state.require("vocabulary_");
    if (!terms) return;
    if (!terms->is(FittedKind::dict)) return state.problem_of("vocabulary_", "is no dict");
    const auto entries = terms->entries();
    std::uint64_t& left = state.budget().numbers;
    if (entries.empty() || entries.size() > static_cast<std::size_t>(max_features) || entries.size() * 8 > left)
        return state.problem_of("vocabulary_", fmt::format("has {} terms", entries.size()));
    left -= entries.size() * 8;
    std::vector<bool> taken(entries.size(), false);
    made.analyzer.longest_bytes = 0;
    made.vocabulary.reserve(entries.size());
    for (const auto& [key, value] : entries) {
        const auto term = key.as_text();
        const auto column = value.as_integer();
        if (!term) return state.problem_of("vocabulary_", "has a term that is no text: " + key.describe());
        if (term->size() / 8 > left) return state.problem_of("vocabulary_", "has more text than is decoded");
        left -= term->size() / 8;
        if (!column || *column < 0 || *column >= static_cast<std::int64_t>(entries.size()) || taken[static_cast<std::size_t>(*column)])
            return state.problem_of("vocabulary_",
                                    fmt::format("gives the term '{}' the column {}", printable(*term, 60), value.describe()));
        taken[static_cast<std::size_t>(*column)] = true;
        made.vocabulary.emplace(std::string(*term), static_cast<std::uint32_t>(*column));
        made.analyzer.longest_bytes = std::max(made.analyzer.longest_bytes, term->size());
    }
}

void read_counts(StateReader& state, CountVectorizer& made) {
    made.analyzer = read_text_analyzer(state);
    made.binary = state.flag("binary");
    if (const auto dtype = state.require("dtype")) {
        const std::string name = dtype_name(*dtype);
        const auto type = number_type_of(name);
        const bool counts_well = type == NumberType::float64 || type == NumberType::float32 || type == NumberType::integer;
        if (!counts_well) state.problem_of("dtype", "is " + dtype->describe() + ", which is not counted in here");
        made.type = type.value_or(NumberType::float64);
    }
    read_vocabulary(state, made);
}

Result<std::unique_ptr<Step>> count_vectorizer(StateReader& state) {
    auto made = std::make_unique<CountVectorizer>();
    read_counts(state, *made);
    return state.finish(std::move(made));
}

/// What it weights with is in a TfidfTransformer of its own, whatever its parameters say since.
Result<std::unique_ptr<Step>> tfidf_vectorizer(StateReader& state) {
    auto made = std::make_unique<CountVectorizer>();
    read_counts(state, *made);
    const auto weights = state.require("_tfidf");
    if (weights && weights->is(FittedKind::object) && weights->class_name() == "sklearn.feature_extraction.text.TfidfTransformer") {
        StateReader inner(*weights, state.place(), state.budget());
        made->tfidf = read_tfidf(inner);
        if (const auto read = inner.finish(); !read) state.problem("its _tfidf: " + read.error().because);
        if (made->tfidf->idf && static_cast<std::size_t>(made->tfidf->idf->size()) != made->vocabulary.size())
            state.problem(fmt::format("attribute idf_ has {} weights for {} terms", made->tfidf->idf->size(), made->vocabulary.size()));
    } else if (weights) {
        state.problem("attribute _tfidf is no TfidfTransformer");
    }
    return state.finish(std::move(made));
}

constexpr std::string_view fitting_alone = "max_df min_df max_features vocabulary fixed_vocabulary_ stop_words_";

}  // namespace

std::span<const EstimatorClass> count_vectorizer_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.feature_extraction.text.CountVectorizer", count_vectorizer, fitting_alone},
        {"sklearn.feature_extraction.text.TfidfVectorizer", tfidf_vectorizer,
         "max_df min_df max_features vocabulary fixed_vocabulary_ stop_words_ norm use_idf smooth_idf sublinear_tf"},
    });
    return classes;
}

}  // namespace assay::pipeline
