#pragma once

#include "base/json.hpp"
#include "base/result.hpp"

#include <string>

// Where the next page begins, as a text that means nothing to clients: a place in the order, so that what is added meanwhile shifts no
// page.

namespace assay::mlflow {

[[nodiscard]] std::string page_token(const Json& place);
/// What page_token() was made of; refused as MLflow refuses a wrong one.
[[nodiscard]] Result<Json> read_page_token(const std::string& token);
[[nodiscard]] std::unexpected<Error> bad_page_token(const Json& decoded);

}  // namespace assay::mlflow
