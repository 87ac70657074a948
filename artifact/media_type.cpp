#include "artifact/media_type.hpp"

#include <array>
#include <utility>

namespace assay {

std::string_view media_type_of_name(std::string_view path) {
    using Entry = std::pair<std::string_view, std::string_view>;
    static constexpr std::array<Entry, 16> by_ending = {{
        {".joblib", "application/vnd.joblib"},
        {".assay", "application/vnd.assay.archive"},
        {".pkl", "application/vnd.python.pickle"},
        {".pickle", "application/vnd.python.pickle"},
        {".skops", "application/vnd.skops+zip"},
        {".onnx", "application/vnd.onnx"},
        {".pmml", "application/vnd.pmml+xml"},
        {".npy", "application/vnd.numpy.npy"},
        {".npz", "application/vnd.numpy.npz+zip"},
        {".safetensors", "application/vnd.safetensors"},
        {".json", "application/json"},
        {".yaml", "application/yaml"},
        {".yml", "application/yaml"},
        {"MLmodel", "application/yaml"},
        {".csv", "text/csv"},
        {".txt", "text/plain"},
    }};
    // The whole name: a downsample.json is somebody else's.
    if (path == "sample.json" || path.ends_with("/sample.json")) return "application/vnd.assay.sample+json";
    for (const auto& [ending, type] : by_ending) {
        if (path.ends_with(ending)) return type;
    }
    return "application/octet-stream";
}

}  // namespace assay
