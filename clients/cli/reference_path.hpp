#pragma once

#include "registry/reference.hpp"

#include <string>

namespace assay {

/// Where the API has the version that a reference names: "/v1/models/churn/versions/@production".
[[nodiscard]] std::string path_of(const Reference& reference);

}  // namespace assay
