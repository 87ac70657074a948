#pragma once

#include <span>
#include <string_view>

namespace assay::v1 {

/// The media type among `offered` that an Accept field prefers (RFC 9110 §12.5.1): the greatest quality, and the first of those
/// that have it. The first of all when there is no field, or when it accepts none of them: a representation that was not asked
/// for says more than a refusal.
[[nodiscard]] std::string_view preferred(std::string_view accept, std::span<const std::string_view> offered);

}  // namespace assay::v1
