// Samples: whatever is read is whole (as many values as its shape says), and written it reads back the same.
#include "artifact/sample_json.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void check_whole(const assay::SampleArray& array, std::size_t rows) {
    if (array.rows() != rows) std::abort();
    std::size_t count = 1;
    for (const std::size_t n : array.shape) count *= n;
    if (std::visit([](const auto& values) { return values.size(); }, array.values) != count) std::abort();
    if (!array.missing.empty() && array.missing.size() != count) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    assay::SampleLimits limits;
    limits.max_values = 10'000;  // a large shape is refused in the same lines as a larger one, and this is faster
    const auto sample = assay::parse_sample(text, assay::SampleOutputs::optional, limits);
    const auto strict = assay::parse_sample(text, assay::SampleOutputs::required, limits);
    if (!sample) {
        if (strict || (sample.error().code == "invalid-sample" && sample.error().problems.empty())) std::abort();
        if (sample.error().problems.size() > limits.max_problems + 1) std::abort();
        return 0;
    }
    if (strict.has_value() == sample->outputs.empty()) std::abort();
    if (const auto* table = std::get_if<assay::SampleTable>(&sample->input)) {
        for (const assay::SampleColumn& column : table->columns) check_whole(column.array, sample->rows);
    } else if (const auto* matrix = std::get_if<assay::SampleMatrix>(&sample->input)) {
        check_whole(matrix->array, sample->rows);
    } else if (std::get<assay::SampleTexts>(sample->input).values.size() != sample->rows) {
        std::abort();
    }
    for (const auto& [method, array] : sample->outputs) check_whole(array, sample->rows);
    const std::string written = assay::to_text(assay::to_json(*sample));
    const auto again = assay::parse_sample(written, assay::SampleOutputs::optional, limits);
    if (!again || assay::to_text(assay::to_json(*again)) != written) std::abort();
    return 0;
}
