#pragma once

#include "api/http.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace assay {

/// A part of a file: not empty, and inside it.
struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t length = 0;
};

/// The one range of a Range header, cut to the `size` bytes of the file; absent when there is none to honour (RFC 9110 §14.2: of
/// an unknown unit, malformed, in a request that is no GET, or with an If-Range that is not `etag`). `invalid`, code
/// "range-not-satisfiable", for a range outside the file or more than one.
[[nodiscard]] Result<std::optional<ByteRange>> range_of(const Request& request, std::uint64_t size, const std::string& etag);

}  // namespace assay
