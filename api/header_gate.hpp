#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What must hold before anything acts on a request: framing that two readers could understand differently
// (RFC 9112 §11.2, request smuggling) is refused, never repaired. Pure functions over bytes, without input or output.

namespace assay {

struct HeadLimits {
    std::size_t max_bytes = std::size_t{16} << 10U;  ///< request line and fields, line ends included
    std::size_t max_fields = 100;
    /// A file path of 1,024 bytes and a name of 256 code points, all percent-encoded, fit.
    std::size_t max_target_bytes = 8000;
};

/// Looks for the end of a head in bytes that arrive piece by piece, without looking at any byte twice.
struct HeadScan {
    enum class State { incomplete, complete, malformed /* a line end that is not CR LF */ };

    /// `bytes` is everything since the head's first byte. When complete, `length` covers the empty line too.
    State advance(std::string_view bytes);

    std::size_t length = 0;

private:
    std::size_t position_ = 0;
    std::size_t line_start_ = 0;
};

/// A head that passed. Names and values are as sent, values without surrounding blanks.
struct RequestHead {
    std::string method;                                         ///< GET HEAD PUT POST PATCH DELETE OPTIONS
    std::string target;                                         ///< origin form ("/path?query"), or "*"
    std::string authority;  ///< HOST[:PORT] the request is for; from an absolute target if there is one
    std::string host;  ///< the Host field
    std::vector<std::pair<std::string, std::string>> fields;  ///< without REMOTE_*, LOCAL_* and X-Accel-*
    std::optional<std::uint64_t> content_length;  ///< bytes of the body
    bool chunked = false;
    bool keep_alive = true;  ///< the client allows another request on the connection
    bool expects_continue = false;
    bool http_1_0 = false;

    [[nodiscard]] bool has_body() const { return chunked || content_length.value_or(0) > 0; }
    /// The first field of that name, without regard to case.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
};

/// Checks a complete head (up to and including the empty line). The Error's code says which rule is broken;
/// api/errors.hpp has the status of each. After an error the connection must be closed: where its next request
/// begins is unknown.
[[nodiscard]] Result<RequestHead> check_head(std::string_view bytes, const HeadLimits& limits = {});

/// RFC 9110 §5.6.2.
[[nodiscard]] bool is_token(std::string_view text);

}  // namespace assay
