#include "artifact/pipeline/model_file.hpp"

#include <doctest/doctest.h>

namespace assay::test {

TEST_CASE("model files are known by their media type or their name") {
    CHECK(is_model_file("model.joblib", ""));
    CHECK(is_model_file("deep/model.pkl", "application/octet-stream"));
    CHECK(is_model_file("model.skops", ""));
    CHECK(is_model_file("whatever", "application/vnd.joblib"));
    CHECK_FALSE(is_model_file("sample.json", "application/vnd.assay.sample+json"));
    CHECK_FALSE(is_model_file("model.onnx", "application/vnd.onnx"));
    CHECK_FALSE(is_model_file("joblib", ""));
}

}  // namespace assay::test
