#pragma once

#include "api/errors.hpp"
#include "api/http.hpp"
#include "base/json_reader.hpp"
#include "registry/versions.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

// What every native handler does with a request and an answer.

namespace assay::v1 {

/// A handler that may fail; the failure becomes a problem.
using Answer = std::function<Result<Response>(Request&)>;
[[nodiscard]] Handler answering(Answer answer);

/// The body as strict JSON, at most 16 MiB.
[[nodiscard]] Result<Json> json_body(Request& request);

/// "{name}" of the path, checked and normalised.
[[nodiscard]] Result<std::string> model_of(const Request& request);
[[nodiscard]] Result<VersionRef> ref_of(const Request& request);
[[nodiscard]] Result<std::string> alias_of(const Request& request);
[[nodiscard]] Result<Digest> digest_of(const Request& request);

/// Who asks: the Assay-Consumer header ("ann@lab"), else "unknown@" and the address. `invalid`, code
/// "invalid-consumer", for one that is too long or not printable.
[[nodiscard]] Result<std::string> consumer_of(const Request& request);

/// The Idempotency-Key header; empty without one. `invalid`, code "invalid-idempotency-key", unless it is 1 to 128 printable ASCII
/// characters.
[[nodiscard]] Result<std::string> idempotency_key_of(const Request& request);

/// `limit` (1 to 1000, default 100) and `cursor` of the query; `cursor` is what the last page's `next_cursor` was made of.
struct Page {
    std::int64_t limit = 100;
    std::string cursor;
};
[[nodiscard]] Result<Page> page_of(const Request& request);
[[nodiscard]] Result<std::int64_t> integer_cursor(const Page& page);
/// {"items","next_cursor"} and a Link header when there may be more. `next` is empty on the last page.
[[nodiscard]] Response page_response(const Request& request, Json items, const std::string& next);

/// 304 when If-None-Match names the tag, else `response` with the tag. `tag` without quotes.
[[nodiscard]] Response with_etag(const Request& request, Response response, const std::string& tag);

/// The one strong tag of an If-Match or If-None-Match header without its quotes; "*" as it is; absent without the header.
/// `invalid`, code "invalid-precondition", for lists and weak tags.
[[nodiscard]] Result<std::optional<std::string>> tag_of(const Request& request, std::string_view header);

/// Refuses query parameters that the route does not know, so that a misspelt filter is no silent "everything".
[[nodiscard]] Result<void> allow_query(const Request& request, std::initializer_list<std::string_view> known);

}  // namespace assay::v1
