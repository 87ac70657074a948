#pragma once

#include <string_view>

namespace assay {

/// The media type that a file's name implies: "model.joblib" is application/vnd.joblib, "sample.json"
/// application/vnd.assay.sample+json; application/octet-stream when the name says nothing. A hint for people and
/// clients, never a judgement of the bytes.
[[nodiscard]] std::string_view media_type_of_name(std::string_view path);

}  // namespace assay
