// UBJSON and the models of XGBoost in it: what is read is written as JSON, and what is a model answers a row without a crash.
#include "artifact/pipeline/ubjson.hpp"
#include "artifact/pipeline/xgboost_model.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <limits>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = assay::test::text_of(data, size);
    const auto value = assay::pipeline::parse_ubjson(bytes);
    assay::test::require(value.has_value() || !value.error().message.empty());
    const auto model = assay::pipeline::parse_xgboost(bytes);
    if (!model) {
        assay::test::require(!model.error().message.empty());
        return 0;
    }
    if (model->features > 1000 || model->groups > 1000) return 0;
    std::vector<float> row(model->features, 0.5F);
    row.front() = std::numeric_limits<float>::quiet_NaN();
    std::vector<float> found(model->groups);
    model->margins(row.data(), 0, model->trees.size(), found.data());
    return 0;
}
