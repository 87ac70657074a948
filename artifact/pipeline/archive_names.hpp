#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// The classes and functions that an archive of a pipeline can name, by number: archive_names.txt, one to a line. A number never changes its
// meaning, so lines are only added, at the end.

namespace assay::pipeline {

/// From 0; absent for a name that no archive holds.
[[nodiscard]] std::optional<std::uint16_t> archive_number(std::string_view name);
/// Empty for a number that stands for nothing.
[[nodiscard]] std::string_view archive_name(std::uint16_t number);

}  // namespace assay::pipeline
