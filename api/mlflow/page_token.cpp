#include "api/mlflow/page_token.hpp"

#include "api/mlflow/errors.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

namespace assay::mlflow {

std::string page_token(const Json& place) { return to_base64(to_text(place)); }

Result<Json> read_page_token(const std::string& token) {
    const auto decoded = from_base64(token);
    if (!decoded) return refuse(invalid_parameter, "Invalid page token, decoded value=b''");
    auto place = parse_json(*decoded, {.max_bytes = 100'000, .max_depth = 8});
    if (!place || !place->is_object())
        return refuse(invalid_parameter, fmt::format("Invalid page token, decoded value=b{}", python_repr(printable(*decoded, 200))));
    return *std::move(place);
}

std::unexpected<Error> bad_page_token(const Json& decoded) {
    return refuse(invalid_parameter, fmt::format("Invalid page token, parsed value={}", printable(to_text(decoded), 200)));
}

}  // namespace assay::mlflow
