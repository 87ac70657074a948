#pragma once

#include "api/http.hpp"
#include "registry/uploads.hpp"

namespace assay::v1 {

/// The part of an upload that a request brings: its Content-Range, `bytes FIRST-LAST/TOTAL` or `bytes FIRST-LAST/*` (RFC 9110 §14.4).
/// `invalid`, code "invalid-content-range", when the header is missing, malformed, of another unit, or has another length than the body
/// says.
[[nodiscard]] Result<UploadPart> content_range_of(const Request& request);

}  // namespace assay::v1
