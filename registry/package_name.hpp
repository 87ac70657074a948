#pragma once

#include <string>
#include <string_view>

namespace assay {

/// The one spelling of a package's name (PEP 503): lower case, runs of '-', '_' and '.' become one '-'.
[[nodiscard]] std::string normalise_package(std::string_view name);

}  // namespace assay
