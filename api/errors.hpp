#pragma once

#include "api/http.hpp"
#include "base/error.hpp"
#include "base/json.hpp"

#include <string_view>

namespace assay {

/// The HTTP status of an error: by its code where the protocol has a status of its own for it (405, 408, 415, 416,
/// 431 …), else by its kind. docs/api.md lists them.
[[nodiscard]] int status_of(const Error& error);

/// The error as RFC 9457 `application/problem+json`: type, title, status, code, detail, request_id and, when there is
/// something to say, because, fix, field_errors and verdict (Error::details). An internal error says nothing of its
/// cause to the client; the cause goes to the log under the request id. `unavailable` carries Retry-After.
[[nodiscard]] Response problem(const Error& error, std::string_view request_id);

/// Compact JSON as `application/json; charset=utf-8`.
[[nodiscard]] Response json_response(int status, const Json& value);
/// The same of a JSON text.
[[nodiscard]] Response json_text_response(int status, std::string json);

/// "Not Found" for 404; "Unknown" for a status without a registered phrase.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace assay
