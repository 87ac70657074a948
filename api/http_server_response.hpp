#pragma once

#include "api/http.hpp"

#include <string>
#include <string_view>

namespace assay {

struct ResponseFrame {
    bool head_only = false;   ///< answers HEAD
    bool keep_alive = true;
    bool http_1_0 = false;
    std::string_view request_id;
};

/// No body belongs to the status (204, 304).
[[nodiscard]] bool is_bodiless(int status);

/// Bytes of the body that the response announces.
[[nodiscard]] std::uint64_t body_size(const Response& response);

/// Status line and fields, up to and including the empty line. `internal` (code "invalid-response") when a name or value could
/// end its line: nothing that a handler was given may become a header of its own.
[[nodiscard]] Result<std::string> render_head(const Response& response, const ResponseFrame& frame);

}  // namespace assay
