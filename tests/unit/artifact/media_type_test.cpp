#include "artifact/media_type.hpp"

#include <doctest/doctest.h>

namespace assay::test {

TEST_CASE("the ending of a name implies its media type") {
    for (const auto& [name, type] : {std::pair{"model.joblib", "application/vnd.joblib"},
                                     {"deep/er/model.pkl", "application/vnd.python.pickle"},
                                     {"model.pickle", "application/vnd.python.pickle"},
                                     {"model.skops", "application/vnd.skops+zip"},
                                     {"model.onnx", "application/vnd.onnx"},
                                     {"model.pmml", "application/vnd.pmml+xml"},
                                     {"model.assay", "application/vnd.assay.archive"},
                                     {"x.npy", "application/vnd.numpy.npy"},
                                     {"x.npz", "application/vnd.numpy.npz+zip"},
                                     {"m.safetensors", "application/vnd.safetensors"},
                                     {"conda.yaml", "application/yaml"},
                                     {"conda.yml", "application/yaml"},
                                     {"MLmodel", "application/yaml"},
                                     {"data.csv", "text/csv"},
                                     {"notes.txt", "text/plain"},
                                     {"config.json", "application/json"},
                                     {"sample.json", "application/vnd.assay.sample+json"},
                                     {"model/sample.json", "application/vnd.assay.sample+json"}}) {
        CAPTURE(name);
        CHECK(media_type_of_name(name) == type);
    }
}

TEST_CASE("a name that says nothing is only bytes") {
    for (const char* name : {"", "model", "joblib", "model.JOBLIB", "model.joblib.bak", "model.joblib/", "README.md"}) {
        CAPTURE(name);
        CHECK(media_type_of_name(name) == "application/octet-stream");
    }
}

}  // namespace assay::test
