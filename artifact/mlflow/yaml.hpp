#pragma once

#include "base/json.hpp"

#include <cstddef>
#include <string_view>

namespace assay {

/// Reads one YAML document as JSON: maps with text keys, lists, and scalars, of which plain null, true and false become such and all others
/// (numbers too, for 3.10 is a release) stay text. `invalid` (code "invalid-yaml") says where for what is no YAML, and for what the files
/// of models never have: anchors, aliases, tags, keys twice, more than `max_depth` levels, a second document.
[[nodiscard]] Result<Json> parse_yaml(std::string_view text, std::size_t max_depth = 32);

}  // namespace assay
