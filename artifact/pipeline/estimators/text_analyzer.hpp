#pragma once

#include "artifact/pipeline/state_reader.hpp"
#include "artifact/pipeline/token_pattern.hpp"

#include <functional>
#include <unordered_map>
#include <unordered_set>

namespace assay::pipeline {

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

/// What the text vectorizers have in common: a text becomes n-grams (sklearn/feature_extraction/text.py, _VectorizerMixin).
struct TextAnalyzer {
    enum class Unit : std::uint8_t { word, character, character_in_word };
    enum class Accents : std::uint8_t {
        keep,
        ascii,             ///< what is no ASCII after NFKD is left out
        unicode,           ///< what combines after NFKD is left out
        unicode_until_nfkd  ///< but a text stays that is NFKD already (releases before 0.23)
    };

    /// Gives `take` each n-gram, in order. Absent, or why scikit-learn's answer is not known.
    [[nodiscard]] std::optional<std::string> analyze(std::string_view text, const std::function<void(std::string_view)>& take) const;

    Unit unit = Unit::word;
    Accents accents = Accents::keep;
    bool lowercase = true;
    std::size_t shortest = 1;  ///< n-grams
    std::size_t longest = 1;
    std::size_t longest_bytes = SIZE_MAX;  ///< longer n-grams are of no use
    TokenPattern pattern;
    std::unordered_set<std::string, TextHash, std::equal_to<>> stop_words;

private:
    [[nodiscard]] std::u32string prepared(std::u32string text) const;
    [[nodiscard]] bool words(std::u32string_view text, const std::function<void(std::string_view)>& take) const;
    [[nodiscard]] bool characters(std::u32string_view text, const std::function<void(std::string_view)>& take) const;
    [[nodiscard]] bool characters_in_words(std::u32string_view text, const std::function<void(std::string_view)>& take) const;
};

/// Reads the parameters that a vectorizer's n-grams depend on.
[[nodiscard]] TextAnalyzer read_text_analyzer(StateReader& state);

/// The texts of rows of one dimension; `invalid` when the rows are others, or one of them is no text. `place`: the step's.
[[nodiscard]] Result<std::vector<std::string_view>> texts_of_rows(const Data& rows, const std::string& place);

/// The attributes of all text vectorizers that do not matter to what they give.
inline constexpr std::string_view text_parameters = "encoding decode_error _stop_words_id";

}  // namespace assay::pipeline
