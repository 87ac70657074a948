#pragma once

#include "registry/reference.hpp"

#include <string>

namespace assay {

/// Where the API has the version that a reference names: "/v1/models/churn/versions/@production".
[[nodiscard]] std::string path_of(const Reference& reference);

/// Whether an argument REF|FILE is a file: it exists on disk, or has a '/' and is no models:/… reference.
[[nodiscard]] bool means_a_file(const std::string& text);

/// A name that ends as files do, and no version of anything: it was meant as a file, and is none that is here.
[[nodiscard]] bool looks_like_file(const std::string& what);

}  // namespace assay
