// How many rows per second a pipeline answers: one row at a time, and all rows of a sample at once. tests/bench/predict_bench.py runs it
// beside scikit-learn and onnxruntime.
//
//   predict_bench MODEL SAMPLE METHOD [SECONDS]
//
// Prints JSON: rows, single_rows_per_second, batch_rows_per_second, decode_seconds.

#include "artifact/pipeline/pipeline.hpp"
#include "base/json.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// One row of a sample as a sample.
assay::Sample row_of(const assay::Sample& sample, std::size_t row) {
    const auto one = [&](const assay::SampleArray& array, std::size_t width) {
        assay::SampleArray part;
        part.shape = array.shape;
        part.shape.front() = 1;
        std::visit(
            [&](const auto& values) {
                const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row * width);
                part.values = std::decay_t<decltype(values)>(begin, begin + static_cast<std::ptrdiff_t>(width));
            },
            array.values);
        if (!array.missing.empty()) part.missing = {array.missing[row]};
        return part;
    };
    assay::Sample single;
    single.rows = 1;
    if (const auto* table = std::get_if<assay::SampleTable>(&sample.input)) {
        assay::SampleTable input = *table;
        for (assay::SampleColumn& column : input.columns) column.array = one(column.array, 1);
        single.input = std::move(input);
    } else {
        assay::SampleMatrix input = std::get<assay::SampleMatrix>(sample.input);
        input.array = one(input.array, input.array.shape[1]);
        single.input = std::move(input);
    }
    return single;
}

int report(const assay::Error& error) {
    std::fputs(assay::describe(error).c_str(), stderr);
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fputs("predict_bench MODEL SAMPLE METHOD [SECONDS]\n", stderr);
        return 2;
    }
    const double budget = argc > 4 ? std::stod(argv[4]) : 2;
    std::ifstream file(argv[2], std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    const auto sample = assay::parse_sample(
        text.str(), assay::SampleOutputs::optional,
        {.max_bytes = std::size_t{1} << 30U, .max_rows = 1'000'000, .max_values = 50'000'000, .max_all_values = 100'000'000});
    if (!sample) return report(sample.error());
    const auto start = Clock::now();
    const auto pipeline = assay::Pipeline::load(argv[1]);
    if (!pipeline) return report(pipeline.error());
    const double decoding = seconds_since(start);
    const std::string method = argv[3];

    std::size_t done = 0;
    const auto batch = Clock::now();
    while (seconds_since(batch) < budget) {
        if (const auto answer = pipeline->predict(*sample, method); !answer) return report(answer.error());
        done += sample->rows;
    }
    const double batch_rate = static_cast<double>(done) / seconds_since(batch);

    std::vector<assay::Sample> rows;
    for (std::size_t row = 0; row < std::min<std::size_t>(sample->rows, 200); ++row) rows.push_back(row_of(*sample, row));
    done = 0;
    const auto single = Clock::now();
    while (seconds_since(single) < budget) {
        for (const assay::Sample& row : rows) {
            if (const auto answer = pipeline->predict(row, method); !answer) return report(answer.error());
        }
        done += rows.size();
    }
    const assay::Json figures = {{"rows", sample->rows},
                                 {"single_rows_per_second", static_cast<double>(done) / seconds_since(single)},
                                 {"batch_rows_per_second", batch_rate},
                                 {"decode_seconds", decoding}};
    std::puts(assay::to_text(figures).c_str());
    return 0;
}
