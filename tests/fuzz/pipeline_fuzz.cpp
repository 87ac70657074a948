// Fitted models: whatever is decoded answers rows of any width without a crash, and the same twice.
#include "artifact/pipeline/pipeline.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <limits>

namespace {

assay::Sample rows_of(std::size_t width) {
    assay::Sample sample;
    sample.rows = 3;
    std::vector<double> values;
    for (std::size_t i = 0; i < 3 * width; ++i)
        values.push_back(i % 5 == 4 ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(i % 7) - 2.5);
    sample.input = assay::SampleMatrix{.array = {.shape = {3, width}, .values = std::move(values), .missing = {}}, .dtype = {}};
    return sample;
}

assay::Sample table() {
    assay::Sample sample;
    sample.rows = 3;
    assay::SampleTable input;
    for (const char* name : {"number", "word", "count", "flag"}) {
        assay::SampleColumn column;
        column.name = name;
        column.array.shape = {3};
        if (column.name == "word") {
            column.array.values = std::vector<std::string>{"red", "", "new"};
            column.array.missing = {0, 1, 0};
            column.dtype = "object";
        } else {
            column.array.values = std::vector<double>{1.5, std::numeric_limits<double>::quiet_NaN(), -3};
        }
        input.columns.push_back(std::move(column));
    }
    sample.input = std::move(input);
    return sample;
}

assay::Sample texts() {
    assay::Sample sample;
    sample.rows = 3;
    sample.input = assay::SampleTexts{{"The red Σ day, naïve café", "", "a  b\tc 日本 x²"}};
    return sample;
}

assay::Sample records() {
    assay::Sample sample;
    sample.rows = 3;
    sample.input = assay::SampleRecords{{{{{"city", "Bergen"}, {"count", std::int64_t{3}}, {"tags", std::vector<std::string>{"a", "b"}}}},
                                         {{{"city", assay::SampleRecordValue()}, {"count", 0.5}}},
                                         {}}};
    return sample;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    assay::MemoryBytes bytes(assay::test::text_of(data, size));
    const auto pipeline = assay::Pipeline::decode(bytes);
    if (!pipeline) {
        const std::string& code = pipeline.error().code;
        assay::test::require(code == "not-decodable" || code == "invalid-archive" || code == "unknown-archive-version");
        assay::test::require(!pipeline.error().because.empty());
        return 0;
    }
    for (const assay::Sample& sample : {rows_of(1), rows_of(2), rows_of(3), rows_of(4), rows_of(6), table(), texts(), records()}) {
        for (const std::string& method : pipeline->methods()) {
            const auto answer = pipeline->predict(sample, method);
            if (!answer) {
                assay::test::require(!answer.error().message.empty());
                continue;
            }
            assay::test::require(answer->rows() == sample.rows);
            const auto again = pipeline->predict(sample, method);
            assay::test::require(again && !assay::compare(method, *answer, *again, {}));
        }
    }
    return 0;
}
