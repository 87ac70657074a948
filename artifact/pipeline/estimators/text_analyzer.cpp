#include "artifact/pipeline/estimators/text_analyzer.hpp"

#include "artifact/pipeline/estimators/english_stop_words.hpp"
#include "base/python_str.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay::pipeline {

namespace {

constexpr std::int64_t longest_ngram = 64;                      // characters or words; real ones have a handful
constexpr std::uint64_t steps_per_text = std::uint64_t{1} << 26U;  // of matching a pattern
constexpr std::uint64_t bytes_per_text = std::uint64_t{1} << 28U;  // of n-grams that are made

/// `\s\s+` becomes one space.
std::u32string with_single_spaces(std::u32string_view text) {
    std::u32string single;
    single.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i;
        while (end < text.size() && is_space(text[end])) ++end;
        if (end > i + 1) {
            single += U' ';
            i = end;
        } else {
            single += text[i++];
        }
    }
    return single;
}

/// A text as UTF-8, and where each of its characters begins.
struct Characters {
    std::string bytes;
    std::vector<std::size_t> places;

    explicit Characters(std::u32string_view text) {
        places.reserve(text.size() + 1);
        for (const char32_t c : text) {
            places.push_back(bytes.size());
            append_utf8(bytes, c);
        }
        places.push_back(bytes.size());
    }
    [[nodiscard]] std::size_t size() const { return places.size() - 1; }
    [[nodiscard]] std::string_view part(std::size_t first, std::size_t count) const {
        return std::string_view(bytes).substr(places[first], places[first + count] - places[first]);
    }
};

}  // namespace

std::u32string TextAnalyzer::prepared(std::u32string text) const {
    if (lowercase) text = to_lower(text);
    if (accents == Accents::keep || std::ranges::all_of(text, [](char32_t c) { return c < 0x80; })) return text;
    std::u32string plain = to_nfkd(text);
    if (accents == Accents::unicode_until_nfkd && plain == text) return text;
    std::erase_if(plain, [&](char32_t c) { return accents == Accents::ascii ? c >= 0x80 : is_combining(c); });
    return plain;
}

bool TextAnalyzer::words(std::u32string_view text, const std::function<void(std::string_view)>& take) const {
    std::uint64_t steps = steps_per_text;
    const auto found = pattern.find_all(text, steps);
    if (!found) return false;
    // The words side by side, with a space between them, so that an n-gram is a part of it.
    std::string joined;
    std::vector<std::pair<std::size_t, std::size_t>> places;
    for (const TokenPattern::Token& token : *found) {
        const std::string word = to_utf8(text.substr(token.first, token.last - token.first));
        if (stop_words.contains(word)) continue;
        if (!joined.empty() || !places.empty()) joined += ' ';
        places.emplace_back(joined.size(), joined.size() + word.size());
        joined += word;
    }
    std::uint64_t bytes = bytes_per_text;
    for (std::size_t n = shortest; n <= std::min(longest, places.size()); ++n) {
        for (std::size_t i = 0; i + n <= places.size(); ++i) {
            const std::size_t length = places[i + n - 1].second - places[i].first;
            if (length > longest_bytes) continue;
            if (length > bytes) return false;
            bytes -= length;
            take(std::string_view(joined).substr(places[i].first, length));
        }
    }
    return true;
}

bool TextAnalyzer::characters(std::u32string_view text, const std::function<void(std::string_view)>& take) const {
    const Characters all(with_single_spaces(text));
    std::uint64_t bytes = bytes_per_text;
    for (std::size_t n = shortest; n <= std::min(longest, all.size()); ++n) {
        for (std::size_t i = 0; i + n <= all.size(); ++i) {
            const std::string_view part = all.part(i, n);
            if (part.size() > longest_bytes) continue;
            if (part.size() > bytes) return false;
            bytes -= part.size();
            take(part);
        }
    }
    return true;
}

bool TextAnalyzer::characters_in_words(std::u32string_view text, const std::function<void(std::string_view)>& take) const {
    std::uint64_t bytes = bytes_per_text;
    for (std::size_t i = 0; i < text.size();) {
        if (is_space(text[i])) {
            ++i;
            continue;
        }
        std::size_t end = i;
        while (end < text.size() && !is_space(text[end])) ++end;
        const Characters word(U' ' + std::u32string(text.substr(i, end - i)) + U' ');
        i = end;
        for (std::size_t n = shortest; n <= longest; ++n) {
            const std::size_t count = std::min(n, word.size());
            for (std::size_t first = 0; first + count <= word.size(); ++first) {
                const std::string_view part = word.part(first, count);
                if (part.size() > bytes) return false;
                bytes -= part.size();
                if (part.size() <= longest_bytes) take(part);
            }
            if (n >= word.size()) break;  // a short word counts once
        }
    }
    return true;
}

std::optional<std::string> TextAnalyzer::analyze(std::string_view text, const std::function<void(std::string_view)>& take) const {
    const auto given = to_code_points(text);
    if (!given) return "it is no UTF-8";
    for (const char32_t c : *given) {
        if (!is_settled(c))
            return fmt::format("it holds U+{:04X}, of which releases of Python say different things", static_cast<unsigned>(c));
    }
    const std::u32string ready = prepared(*given);
    const bool done = unit == Unit::word        ? words(ready, take)
                      : unit == Unit::character ? characters(ready, take)
                                                : characters_in_words(ready, take);
    return done ? std::nullopt : std::optional<std::string>("it makes more n-grams than are made here");
}

namespace {

void read_stop_words(StateReader& state, TextAnalyzer& made) {
    const auto words = state.find("stop_words");
    if (!words || words->is_none()) return;
    if (const auto name = words->as_text()) {
        if (*name != "english") return state.problem_of("stop_words", "is '" + printable(*name, 60) + "'");
        for (const std::string_view word : english_stop_words) made.stop_words.emplace(word);
        return;
    }
    // Before protocol 4, a set is a call with its list.
    const std::string cls = words->class_name();
    const bool called = (cls == "builtins.frozenset" || cls == "builtins.set") && words->object().arguments.size() == 1;
    const Fitted listed = called ? words->at(words->object().arguments.front()) : *words;
    if (words->is(FittedKind::set) || (called && listed.is(FittedKind::list))) {
        const std::vector<Fitted> items = listed.items();
        if (items.size() > state.budget().numbers) return state.problem_of("stop_words", "has more elements than are decoded");
        state.budget().numbers -= items.size();
        for (const Fitted& item : items) {
            if (const auto word = item.as_text()) {
                made.stop_words.emplace(*word);
            } else {
                return state.problem_of("stop_words", "holds " + item.describe());
            }
        }
        return;
    }
    for (std::string& word : state.texts_of(*words, "attribute stop_words")) made.stop_words.insert(std::move(word));
}

void read_ngram_range(StateReader& state, TextAnalyzer& made) {
    const auto range = state.require("ngram_range");
    if (!range) return;
    const std::vector<std::int64_t> ends = state.integers_of(*range, "attribute ngram_range");
    if (ends.size() != 2 || ends[0] < 1 || ends[1] < ends[0] || ends[1] > longest_ngram)
        return state.problem_of("ngram_range", fmt::format("is no range of 1 to {}", longest_ngram));
    made.shortest = static_cast<std::size_t>(ends[0]);
    made.longest = static_cast<std::size_t>(ends[1]);
}

}  // namespace

TextAnalyzer read_text_analyzer(StateReader& state) {
    TextAnalyzer made;
    if (const std::string input = state.text("input"); input != "content") state.problem_of("input", "is '" + printable(input, 60) + "'");
    state.must_be_none("preprocessor");
    const auto analyzer = state.require("analyzer");
    const auto unit = analyzer ? analyzer->as_text() : std::nullopt;
    if (unit == "char") {
        made.unit = TextAnalyzer::Unit::character;
    } else if (unit == "char_wb") {
        made.unit = TextAnalyzer::Unit::character_in_word;
    } else if (analyzer && unit != "word") {
        state.problem_of("analyzer", "is " + analyzer->describe() + ", which is not re-created here");
    }
    made.lowercase = state.flag("lowercase");
    if (const auto accents = state.require("strip_accents"); accents && !accents->is_none()) {
        if (accents->as_text() == "ascii") {
            made.accents = TextAnalyzer::Accents::ascii;
        } else if (accents->as_text() == "unicode") {
            made.accents = state.writer().before(0, 23) ? TextAnalyzer::Accents::unicode_until_nfkd : TextAnalyzer::Accents::unicode;
        } else {
            state.problem_of("strip_accents", "is " + accents->describe() + ", which is not re-created here");
        }
    }
    read_ngram_range(state, made);
    if (made.unit == TextAnalyzer::Unit::word) {
        state.must_be_none("tokenizer");
        read_stop_words(state, made);
        const std::string pattern = state.text("token_pattern");
        auto parsed = TokenPattern::parse(pattern);
        if (parsed) {
            made.pattern = *std::move(parsed);
        } else {
            state.problem_of("token_pattern",
                             fmt::format("is '{}', which is not re-created here: {}", printable(pattern, 100), parsed.error().message));
        }
    }
    state.known({"tokenizer", "stop_words", "token_pattern"});
    state.known(text_parameters);
    return made;
}

Result<std::vector<std::string_view>> texts_of_rows(const Data& rows, const std::string& place) {
    const auto refuse = [&](std::string_view code, std::string because) {
        return fail(
            Error(ErrorKind::invalid, std::string(code), fmt::format("{} refuses the input", place)).with_because(std::move(because)));
    };
    const auto* columns = std::get_if<std::vector<Column>>(&rows.values);
    if (!rows.flat || columns == nullptr || columns->size() != 1 || !columns->front().objects)
        return refuse("invalid-input", "it takes one text per row: an input of the kind text, or a column of texts");
    std::vector<std::string_view> texts;
    texts.reserve(rows.rows);
    for (std::size_t row = 0; row < rows.rows; ++row) {
        const Cell& cell = columns->front().cells[row];
        if (cell.kind != Cell::Kind::text)
            return refuse("invalid-input", fmt::format("row {} is {}, which is no text", row, to_string(cell)));
        texts.push_back(cell.text);
    }
    return texts;
}

}  // namespace assay::pipeline
