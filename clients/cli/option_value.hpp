#pragma once

#include "clients/cli/arguments.hpp"

#include <cstdint>
#include <string>
#include <vector>

// What the value of an option may be, said in words when it is not.

namespace assay {

/// A whole number from `least` to `most`, written in decimal digits.
[[nodiscard]] ValueCheck whole_number(std::int64_t least, std::int64_t most);

/// One of these words.
[[nodiscard]] ValueCheck one_of(std::vector<std::string> words);

}  // namespace assay
