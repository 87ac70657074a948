#pragma once

#include "base/json.hpp"

#include <string>
#include <vector>

namespace assay {

/// True when a gate verdict (docs/api.md) refuses. What is no verdict refuses: fail closed.
[[nodiscard]] bool refuses(const Json& verdict);

/// The Error (`incompatible`) of a refusal: the first conflict as the message, every conflict as a problem, the verdict in `details`.
[[nodiscard]] Error refusal_of(const Json& verdict);

/// Each warning of a verdict as one line.
[[nodiscard]] std::vector<std::string> warnings_of(const Json& verdict);

}  // namespace assay
