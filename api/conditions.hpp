#pragma once

#include "api/http.hpp"

#include <optional>
#include <string>

namespace assay {

/// The answer that the conditions of a GET ask for instead of the representation with the (quoted) tag: 412 when If-Match does not
/// name it (code "precondition-failed"), 304 when If-None-Match does (RFC 9110 §13.2.2); absent when they let it pass.
[[nodiscard]] std::optional<Response> conditional_answer(const Request& request, const std::string& quoted_tag);
}  // namespace assay
