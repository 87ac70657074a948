#include "artifact/sample_json.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/result.hpp"

#include <cstdint>
#include <limits>

namespace assay::test {

namespace {

/// Every kind of column and output that docs/formats.md knows, with the values that are easily lost.
Sample complete() {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    constexpr double infinity = std::numeric_limits<double>::infinity();
    SampleTable table;
    const std::vector<std::size_t> rows = {3};
    table.columns = {
        {"bill_length_mm", {rows, std::vector<double>{39.1, nan, -0.0}, {}}, "", MissingSpelling::nan, {}},
        {"ratio", {rows, std::vector<float>{0.1F, static_cast<float>(infinity), -1e-45F}, {}}, "", MissingSpelling::nan, {}},
        {"half", {rows, std::vector<float>{0.5F, 65504.0F, -2.0F}, {}}, "float16", MissingSpelling::nan, {}},
        {"id", {rows, std::vector<std::int64_t>{INT64_MIN, 0, 9007199254740993}, {}}, "", MissingSpelling::nan, {}},
        {"year", {rows, std::vector<std::int64_t>{7, 8, 255}, {}}, "uint8", MissingSpelling::nan, {}},
        {"adult", {rows, std::vector<std::uint8_t>{1, 0, 1}, {}}, "", MissingSpelling::nan, {}},
        {"island", {rows, std::vector<std::string>{"Dream", "", "Cr\u00e8me"}, {0, 1, 0}}, "str", MissingSpelling::nan, {}},
        {"sex", {rows, std::vector<std::string>{"", "male", "female"}, {1, 0, 0}}, "object", MissingSpelling::none, {}},
        {"count", {rows, std::vector<std::int64_t>{1, 0, 3}, {0, 1, 0}}, "Int64", MissingSpelling::pandas_na, {}},
        {"size",
         {rows, std::vector<std::string>{"M", "", "S"}, {0, 1, 0}},
         "category",
         MissingSpelling::nan,
         SampleCategories{std::vector<std::string>{"S", "M", "L"}, true}},
    };
    Sample sample;
    sample.rows = 3;
    sample.input = std::move(table);
    sample.outputs["predict"] = {rows, std::vector<std::string>{"Adelie", "Gentoo", "Adelie"}, {}};
    sample.outputs["predict_proba"] = {{3, 2}, std::vector<double>{1, 0, 0.25, 0.75, 0.1, 0.9}, {}};
    sample.outputs["predict_log_proba"] = {
        {3, 2}, std::vector<double>{0, -infinity, -1.3862943611198906, -0.2876820724517809, -2.3, nan}, {}};
    sample.tolerance = {false, 1e-12, 1e-9};
    return sample;
}

/// What a DictVectorizer is given, and has made of it.
Sample records() {
    Sample sample;
    sample.rows = 2;
    sample.input = SampleRecords{{{{{"area", 3.5}, {"city", "Bergen"}, {"new", true}, {"tags", std::vector<std::string>{"a", "b"}}}},
                                  {{{"area", std::int64_t{4}}, {"left", SampleRecordValue()}, {"tags", std::vector<std::string>()}}}}};
    sample.outputs["transform"] = {{2, 2}, std::vector<double>{3.5, 1, 4, 0}, {}};
    return sample;
}

}  // namespace

TEST_CASE("a sample of records is written as docs/formats.md says, and read back") {
    const std::string text = to_text(to_json(records())) + "\n";
    check_golden("sample-records.json", text);
    CHECK(to_text(to_json(must(parse_sample(text, SampleOutputs::required)))) + "\n" == text);
}

TEST_CASE("a sample is written as docs/formats.md says") { check_golden("sample.json", to_text(to_json(complete())) + "\n"); }

TEST_CASE("the golden sample is one that a version may have") {
    const std::string text = to_text(to_json(complete())) + "\n";
    CHECK(to_text(to_json(must(parse_sample(text, SampleOutputs::required)))) + "\n" == text);
}

}  // namespace assay::test
