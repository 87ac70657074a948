// Archives of pipelines: whatever is read is asked without a crash, its archive is one that is its own archive, and an inspection takes for
// whole what the loader takes.
#include "artifact/pipeline/from_archive.hpp"
#include "artifact/pipeline/pipeline.hpp"
#include "artifact/pipeline/to_archive.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/inspection_holds.hpp"

namespace {

using assay::test::require;

assay::Sample rows_of(std::size_t width) {
    assay::Sample sample;
    sample.rows = 2;
    std::vector<double> values;
    for (std::size_t i = 0; i < 2 * width; ++i) values.push_back(static_cast<double>(i % 7) - 2.5);
    sample.input = assay::SampleMatrix{.array = {.shape = {2, width}, .values = std::move(values), .missing = {}}, .dtype = {}};
    return sample;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // The header is given, so that the bytes behind it are what is tried.
    const std::string bytes = std::string("ASSAYPIP\x01\0\0\0\x01", 13) + std::string(assay::test::text_of(data, size));
    const auto read = assay::pipeline::read_archive(bytes);
    const assay::Inspection inspection = assay::test::inspect_held(bytes, "model.assay");
    require(read.has_value() == inspection.complete);
    if (!read) {
        require(read.error().code == "invalid-archive" && !read.error().because.empty());
        return 0;
    }
    assay::MemoryBytes memory(bytes);
    const auto pipeline = assay::Pipeline::decode(memory);
    const auto archive = assay::pipeline::archive_of(memory);
    require(!archive || pipeline.has_value());
    if (!archive) return 0;
    assay::MemoryBytes archived(*archive);
    const auto again = assay::pipeline::archive_of(archived);
    require(again && *again == *archive);
    const auto copy = assay::Pipeline::decode(archived);
    require(copy && copy->methods() == pipeline->methods());
    for (const std::size_t width : {1U, 2U, 3U, 4U}) {
        for (const std::string& method : pipeline->methods()) {
            const auto answer = pipeline->predict(rows_of(width), method);
            const auto same = copy->predict(rows_of(width), method);
            require(answer.has_value() == same.has_value());
            if (answer) require(!assay::compare(method, *answer, *same, {}));
        }
    }
    return 0;
}
