#pragma once

#include "base/result.hpp"
#include "base/stream.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay {

struct HttpResponse {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

/// A request to a server; header names and values must hold no control characters.
struct HttpRequest {
    std::string method = "GET";
    std::string target = "/";                                        ///< path and query, percent-encoded
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;                                                ///< sent when `upload` is empty
    Source* upload = nullptr;                                        ///< streamed instead of `body`
    std::uint64_t upload_size = 0;                                   ///< bytes `upload` holds
    /// Takes the body of a 2xx response piece by piece instead of HttpResponse::body; an error stops the transfer.
    std::function<Result<void>(std::string_view)> receive;
    /// Called before `receive` with status and headers of a 2xx response; an error stops the transfer. May be empty.
    std::function<Result<void>(const HttpResponse&)> begin;
};

/// Speaks HTTP/1.1 to one server over a kept-alive connection. Any status is a response; only a failure to get
/// one is an Error (`network`, code "connection-failed" or "connection-lost"). One thread at a time.
class HttpClient {
public:
    virtual ~HttpClient() = default;
    [[nodiscard]] virtual Result<HttpResponse> send(const HttpRequest& request) = 0;
};

/// A client for "http://HOST[:PORT]". `invalid` (code "invalid-url") when it is no such URL.
[[nodiscard]] Result<std::unique_ptr<HttpClient>> make_http_client(std::string_view base_url);

}  // namespace assay
