#include "artifact/pipeline/pipeline.hpp"
#include "tests/support/models.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <limits>

// Vectorizers whose state contradicts itself, and rows that are no texts.

namespace assay::test {

namespace {

/// Replaces the first of a text behind another.
void replace_behind(std::string& bytes, std::string_view behind, std::string_view from, std::string_view to) {
    const std::size_t start = bytes.find(behind);
    REQUIRE(start != std::string::npos);
    const std::size_t at = bytes.find(from, start + behind.size());
    REQUIRE(at != std::string::npos);
    bytes.replace(at, from.size(), to);
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string short_text(std::string_view text) { return "\x8c" + std::string(1, static_cast<char>(text.size())) + std::string(text); }

std::string answer(const std::string& bytes, Sample rows) {
    MemoryBytes memory(bytes);
    const auto made = must(Pipeline::decode(memory)).predict(rows, "transform");
    if (made) return fmt::format("{} columns", made->shape.at(1));
    return made.error().code + ": " + made.error().message + ": " + made.error().because;
}

Sample texts(std::vector<std::string> values) {
    Sample rows;
    rows.rows = values.size();
    rows.input = SampleTexts{std::move(values)};
    return rows;
}

}  // namespace

TEST_CASE("a vocabulary in which two terms share a column, or one has none, is refused") {
    const std::string sound = model_pickle("1.9.1-count-letters");
    CHECK(why_not_decoded(sound) == "decoded");
    for (const char* wrong : {"K\x1e", "K\xff", "J\xff\xff\xff\xff", "K\x03"}) {
        std::string bytes = sound;
        const std::size_t start = bytes.find("vocabulary_");
        REQUIRE(start != std::string::npos);
        const std::size_t at = bytes.find("K\x02", start);
        if (at == std::string::npos) continue;  // columns are written as NumPy's integers
        bytes.replace(at, 2, wrong);
        CHECK(has(why_not_decoded(bytes), "attribute vocabulary_ gives the term"));
    }
    std::string none = sound;
    replace_behind(none, "fixed_vocabulary_", "vocabulary_", "vocabulary-");
    CHECK(has(why_not_decoded(none), "attribute vocabulary_ is not there"));
}

TEST_CASE("n-grams of no length, of many words, and functions of the user's own are not re-created") {
    const auto broken = [](std::string_view behind, std::string_view from, std::string_view to) {
        std::string bytes = model_pickle("1.9.1-count-letters");
        replace_behind(bytes, behind, from, to);
        return why_not_decoded(bytes);
    };
    CHECK(has(broken("ngram_range", std::string("K\x02K\x03", 4), std::string("K\x00K\x03", 4)),
              "attribute ngram_range is no range of 1 to 64"));
    CHECK(has(broken("ngram_range", std::string("K\x02K\x03", 4), std::string("K\x02K\xff", 4)),
              "attribute ngram_range is no range of 1 to 64"));
    CHECK(has(broken("ngram_range", std::string("K\x02K\x03", 4), std::string("K\x03K\x02", 4)),
              "attribute ngram_range is no range of 1 to 64"));
    CHECK(has(broken("analyzer", short_text("char_wb"), short_text("chariot")), "attribute analyzer is 'chariot'"));
    CHECK(has(broken("preprocessor", "N", short_text("x")), "attribute preprocessor is set"));
    CHECK(has(broken("input", short_text("content"), short_text("notices")), "attribute input is 'notices'"));
}

TEST_CASE("weights that are not as many as the terms, or no diagonal, are refused") {
    for (const char* release : {"1.9.1", "0.20.4"}) {
        CAPTURE(release);
        CHECK(why_not_decoded(model_pickle(std::string(release) + "-tfidf")) == "decoded");
    }
    // The diagonal of an old release: its second row is said to be in the third column.
    std::string diagonal = model_pickle("0.20.4-tfidf");
    std::string order;
    for (std::int32_t i = 0; i < 6; ++i) order.append(reinterpret_cast<const char*>(&i), 4);
    const std::size_t at = diagonal.find(order);
    REQUIRE(at != std::string::npos);
    const std::int32_t wrong = 2;
    std::memcpy(diagonal.data() + at + 4, &wrong, 4);
    CHECK(has(why_not_decoded(diagonal), "_idf_diag"));
}

TEST_CASE("a hash of no columns, or more than any row has, is refused") {
    for (const char* wrong : {"K\x00", "J\xff\xff\xff\xff", "J\xff\xff\xff\x7f"}) {
        std::string bytes = model_pickle("1.9.1-hashing");
        replace_behind(bytes, "n_features", "K\x20", std::string(wrong, wrong[0] == 'K' ? 2 : 5));
        CHECK(has(why_not_decoded(bytes), "attribute n_features is"));
    }
}

TEST_CASE("a vectorizer takes texts, one per row, and says which row is none or is read in two ways") {
    const std::string bytes = model_pickle("1.9.1-tfidf");
    CHECK(answer(bytes, texts({"some text", ""})) == "30 columns");
    CHECK(has(answer(bytes, texts({"fine", "\U0001e2c0"})), "not-replayable"));
    CHECK(has(answer(bytes, texts({"fine", "\U0001e2c0"})), "row 1: it holds U+1E2C0, of which releases of Python say different things"));
    Sample table;
    table.rows = 1;
    table.input = SampleTable{{SampleColumn{
        .name = "a", .array = {.shape = {1}, .values = std::vector<std::string>{"x"}, .missing = {}}, .dtype = {}, .categories = {}}}};
    CHECK(has(answer(bytes, table), "invalid-input"));
}

TEST_CASE("a column of texts with a hole is refused with its row") {
    const std::string bytes = model_pickle("1.9.1-texts-in-columns");
    Sample table;
    table.rows = 2;
    SampleColumn length{
        .name = "length", .array = {.shape = {2}, .values = std::vector<double>{1, 2}, .missing = {}}, .dtype = {}, .categories = {}};
    SampleColumn topic{.name = "topic",
                       .array = {.shape = {2}, .values = std::vector<std::string>{"art", "news"}, .missing = {}},
                       .dtype = {},
                       .categories = {}};
    SampleColumn note{.name = "note",
                      .array = {.shape = {2}, .values = std::vector<std::string>{"the day", ""}, .missing = {0, 1}},
                      .dtype = {},
                      .categories = {}};
    table.input = SampleTable{{length, note, topic}};
    CHECK(has(answer(bytes, table), "row 1 is nan, which is no text"));
}

}  // namespace assay::test
