#pragma once

#include "base/result.hpp"
#include "base/stream.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// HTTP in our words: handlers see these types and no library.

namespace assay {

enum class Method { get, head, put, post, patch, del };

[[nodiscard]] std::string_view to_string(Method method);

/// Header fields in order; names compare without regard to case.
class Headers {
public:
    /// Replaces every field of that name.
    void set(std::string name, std::string value);
    void add(std::string name, std::string value);
    void remove(std::string_view name);
    /// The first field of that name; absent when there is none.
    [[nodiscard]] std::optional<std::string> find(std::string_view name) const;
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

/// Keys and values of a query in order.
using QueryPairs = std::vector<std::pair<std::string, std::string>>;

/// A request as a handler sees it. Path and query are percent-decoded exactly once, and valid UTF-8.
struct Request {
    Method method = Method::get;
    std::string target;                          ///< as sent, for logs
    std::map<std::string, std::string> params;   ///< "{name}" of the route's pattern, decoded
    std::map<std::string, std::string> query;    ///< a repeated key is refused before the handler, but see Route::repeats_query
    QueryPairs query_pairs;                      ///< of a route that repeats_query, instead of `query`
    Headers headers;
    std::string remote_address;
    std::string id;                              ///< X-Request-Id: the client's if well formed, else ours
    std::optional<std::uint64_t> content_length; ///< bytes; absent for chunked bodies and without a body
    Source* body = nullptr;                      ///< never null in a handler; empty without a body
};

/// A body too large to hold: handed out window by window.
class BodyStream {
public:
    virtual ~BodyStream() = default;
    [[nodiscard]] virtual std::uint64_t size() const = 0;
    /// The next window, valid until the next call; empty at the end. After an error the server cuts the connection
    /// without completing the response, so that no client takes the part for the whole.
    [[nodiscard]] virtual Result<std::span<const std::byte>> next() = 0;
};

struct Response {
    int status = 200;
    Headers headers;
    std::string body;
    std::unique_ptr<BodyStream> stream;  ///< instead of `body`
    std::string error_code;              ///< of the problem that the body tells, for the log; empty if it tells none
};

/// Which pool answers. A slow transfer never delays a quick read, and a request that waits for the disk's commit
/// never occupies a thread of those that do not.
enum class Lane {
    quick,     ///< reads of metadata
    commit,    ///< waits for a durable write
    transfer,  ///< moves large bodies
    search,    ///< a question that a stranger makes up, and that may take long
};

using Handler = std::function<Response(Request&)>;

struct Route {
    Method method = Method::get;  ///< a GET route answers HEAD too, without the body, unless HEAD has its own
    std::string pattern;          ///< "/v1/models/{name}/versions/{ref}:check"; a last segment "{path*}" takes the rest
    Lane lane = Lane::quick;
    Handler handle;
    std::uint64_t max_body_bytes = 0;  ///< longer bodies are refused with 413 before they are read
    /// The body is JSON: one that does not say `Content-Type: application/json` is refused with 415, so that no
    /// form on a foreign web page reaches the handler.
    bool json_body = false;
    bool repeats_query = false;  ///< a key may be there more than once: lists are written so
    /// Answers from the head alone when it can (the blob is here already): asked before "100 Continue" is sent and
    /// before a byte of the body is read. May be empty.
    std::function<std::optional<Response>(const Request&)> before_body = {};
};

}  // namespace assay
