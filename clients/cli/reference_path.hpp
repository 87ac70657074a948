#pragma once

#include "registry/reference.hpp"

#include <string>

namespace assay {

/// Where the API has the version that a reference names: "/v1/models/churn/versions/@production".
[[nodiscard]] std::string path_of(const Reference& reference);

/// Whether an argument REF|FILE is a file: it exists on disk, or has a '/' and is no models:/… reference.
[[nodiscard]] bool means_a_file(const std::string& text);

}  // namespace assay
