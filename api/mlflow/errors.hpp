#pragma once

#include "api/http.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

#include <string>
#include <string_view>

// Errors as MLflow's clients know them: {"error_code":"RESOURCE_DOES_NOT_EXIST","message":"…"}. Source: MLflow 3.17, mlflow/exceptions.py
// and mlflow/protos/databricks.proto. A client shows the message to its user, unless the status is one that it tries again (408, 429, 500,
// 502, 503, 504): what is refused for good never has one of those.

namespace assay::mlflow {

inline constexpr std::string_view invalid_parameter = "INVALID_PARAMETER_VALUE";
inline constexpr std::string_view does_not_exist = "RESOURCE_DOES_NOT_EXIST";
inline constexpr std::string_view already_exists = "RESOURCE_ALREADY_EXISTS";
inline constexpr std::string_view resource_conflict = "RESOURCE_CONFLICT";
inline constexpr std::string_view invalid_state = "INVALID_STATE";
inline constexpr std::string_view not_implemented = "NOT_IMPLEMENTED";
inline constexpr std::string_view endpoint_not_found = "ENDPOINT_NOT_FOUND";

/// A refusal in their words.
[[nodiscard]] std::unexpected<Error> refuse(std::string_view error_code, std::string message);
/// What is not there, in their words, and our cause: who deleted it for good.
[[nodiscard]] std::unexpected<Error> refuse_missing(const Error& error, std::string message);

/// An error of theirs (by its code) or of ours as they take it: the nearest of their codes, and the message with cause and fix in it.
/// What a gate has said is in the member "assay".
[[nodiscard]] Response problem(const Error& error, std::string_view request_id);

/// A value as Python's json.dumps writes it into messages: compact, keys sorted, ASCII only, 1.0 for 1.
[[nodiscard]] std::string python_json(const Json& value);
/// A text as Python's repr shows it: 'it''s' with the quotes that fit.
[[nodiscard]] std::string python_repr(std::string_view text);

}  // namespace assay::mlflow
