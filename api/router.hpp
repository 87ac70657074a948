#pragma once

#include "api/http.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// Finds the Route for a path: a tree over segments, so the time depends on the path and not on how many routes
/// there are. Patterns ("/v1/models/{name}/versions/{ref}:check"), segment by segment:
///   - text             matches itself; it wins over
///   - "{ref}:check"    anything that ends with ":check"; the verb is what follows the last colon; it wins over
///   - "{ref}"          anything but the empty segment; it wins over
///   - "{path*}"        last only: all that is left, at least one segment.
/// Patterns are compared with the path as sent; what a parameter took is percent-decoded afterwards, once, so that
/// "%2F" in a name never ends its segment. Filled once, then safe for concurrent use.
class Router {
public:
    Router();
    ~Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;

    /// Throws std::logic_error for a malformed pattern or a second route of the same method and shape: a mistake
    /// in the program.
    void add(Route route);

    enum class Found { route, not_found, method_not_allowed };
    struct Match {
        Found found = Found::not_found;
        const Route* route = nullptr;                ///< lives as long as the Router; set when `found` is route
        std::map<std::string, std::string> params;   ///< decoded
        std::vector<Method> allowed;                 ///< for method_not_allowed: what the path answers instead
    };

    /// `path` is percent-encoded and begins with '/'; more than one there count as one. HEAD falls back to GET. `invalid` when a parameter
    /// is not validly encoded (code "invalid-encoding"), a segment is "." or "..", or a rest hides a '/' or ".." behind its encoding (code
    /// "invalid-path").
    [[nodiscard]] Result<Match> match(Method method, std::string_view path) const;

    /// How an error is told that comes before a handler (no such path, a body too long).
    using Teller = Response (*)(const Error& error, std::string_view request_id);
    /// Below this prefix by `teller`; elsewhere, by problem().
    void tell_below(std::string prefix, Teller teller) { tellers_.emplace_back(std::move(prefix), teller); }
    [[nodiscard]] Response tell(const Error& error, std::string_view path, std::string_view request_id) const;

    /// Every route in the order added.
    [[nodiscard]] const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

private:
    struct Node;
    struct Walk;

    std::vector<std::unique_ptr<Route>> routes_;
    std::unique_ptr<Node> root_;
    std::vector<std::pair<std::string, Teller>> tellers_;
};

/// "GET" … as Method; absent for every other word.
[[nodiscard]] std::optional<Method> parse_method(std::string_view text);

/// Decodes "a=1&b=x%20y+z" ('+' is a space, as forms and Python's requests write it), in order. `invalid` for broken encoding and for more
/// than 200 parameters.
[[nodiscard]] Result<QueryPairs> parse_query_pairs(std::string_view query);
/// `invalid`, code "repeated-parameter", for a key that is there twice.
[[nodiscard]] Result<std::map<std::string, std::string>> unique_parameters(QueryPairs pairs);

}  // namespace assay
