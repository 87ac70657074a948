// The text of LightGBM's models: what is one answers a row without a crash.
#include "artifact/pipeline/lightgbm_text.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <limits>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto model = assay::pipeline::parse_lightgbm(assay::test::text_of(data, size));
    if (!model) {
        assay::test::require(!model.error().message.empty());
        return 0;
    }
    if (model->features > 1000) return 0;
    for (const double value : {0.5, -3.0, 1e300, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        const std::vector<double> row(model->features, value);
        for (const auto& tree : model->trees) (void)tree(row.data());
    }
    return 0;
}
