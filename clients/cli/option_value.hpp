#pragma once

#include "clients/cli/arguments.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the value of an option may be, said in words when it is not.

namespace assay {

/// A whole number from `least` to `most`, written in decimal digits.
[[nodiscard]] ValueCheck whole_number(std::int64_t least, std::int64_t most);

/// One of these words.
[[nodiscard]] ValueCheck one_of(std::vector<std::string> words);

/// The seconds in "30d", "12h", "1d12h30m5s": days, hours, minutes and seconds in this order, each at most once, also with a fraction
/// ("1.5h"). Absent for anything else, and beyond 300 years.
[[nodiscard]] std::optional<std::int64_t> seconds_in(std::string_view text);
[[nodiscard]] ValueCheck an_age();

}  // namespace assay
