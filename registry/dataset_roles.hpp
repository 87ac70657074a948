#pragma once

#include <array>
#include <string_view>

namespace assay {

/// What a data set was to a version (docs/api.md, "Register").
inline constexpr std::array<std::string_view, 5> dataset_roles = {"training", "evaluation", "validation", "test", "other"};

}  // namespace assay
