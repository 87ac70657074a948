#pragma once

#include <string_view>

namespace assay {

/// Whether a file of a version is one that Pipeline::decode may read, by its media type and its name.
[[nodiscard]] bool is_model_file(std::string_view path, std::string_view media_type);

}  // namespace assay
