#pragma once

#include "api/errors.hpp"
#include "api/http.hpp"
#include "base/clock.hpp"
#include "base/json_reader.hpp"
#include "base/json_text.hpp"
#include "registry/versions.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

// What every native handler does with a request and an answer.

namespace assay::v1 {

/// A handler that may fail; the failure becomes a problem.
using Answer = std::function<Result<Response>(Request&)>;
/// Whether a change judges If-Match and If-None-Match itself. One that does not is refused when it comes with a condition (`invalid`,
/// code "unsupported-precondition"): carried out anyway, it would overwrite what the client wanted to protect.
enum class Conditions { refused, judged };
[[nodiscard]] Handler answering(Answer answer, Conditions conditions = Conditions::refused);

/// The whole body, at most `max_bytes`; `integrity`, code "digest-mismatch", when the client said another digest (body_digest.hpp).
[[nodiscard]] Result<std::string> body_text(Request& request, std::size_t max_bytes);
/// The body as strict JSON, at most 16 MiB.
[[nodiscard]] Result<Json> json_body(Request& request);
/// For a verb that needs no words: no body, or an empty object. Everything else is refused, as unknown members are.
[[nodiscard]] Result<void> empty_body(Request& request);

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
/// What a cursor was made of; `invalid`, code "invalid-cursor".
[[nodiscard]] Result<std::string> cursor_text(const std::string& cursor);
[[nodiscard]] Result<std::int64_t> integer_cursor(const Page& page);
/// For rows of which one more than the limit was asked for: takes that one away, and is true when it was there, so that there is a next
/// page.
template <class T>
[[nodiscard]] bool take_next(std::vector<T>& rows, const Page& page) {
    if (static_cast<std::int64_t>(rows.size()) <= page.limit) return false;
    rows.pop_back();
    return true;
}
/// {"items","next_cursor"}, the members of `more` beside them, and a Link header when there may be more items. `next` is empty on the
/// last page.
[[nodiscard]] Response page_response(const Request& request, Json items, const std::string& next, Json more = Json::object());
/// The same of items that are texts.
[[nodiscard]] Response page_response(const Request& request, const std::vector<ObjectText>& items, const std::string& next,
                                     const Json& more = Json::object());
/// The body of such a page.
[[nodiscard]] ObjectText page_text(const std::vector<ObjectText>& items, const std::string& next);

/// What conditional_answer() says (api/conditions.hpp), else `response` with the tag. `tag` without quotes.
[[nodiscard]] Response with_etag(const Request& request, Response response, const std::string& tag);

/// The one strong tag of an If-Match or If-None-Match header without its quotes; "*" as it is; absent without the header.
/// `invalid`, code "invalid-precondition", for lists and weak tags.
[[nodiscard]] Result<std::optional<std::string>> tag_of(const Request& request, std::string_view header);

/// "true" or "false" of the query, false without the parameter; anything else is `invalid` and names it.
[[nodiscard]] Result<bool> flag_of(const Request& request, const std::string& name);

/// A time or date of the query ("2026-11-23"); absent without the parameter, `invalid` names it.
[[nodiscard]] Result<std::optional<Timestamp>> time_of(const Request& request, const std::string& name);

/// Refuses query parameters that the route does not know, so that a misspelt filter is no silent "everything".
[[nodiscard]] Result<void> allow_query(const Request& request, std::initializer_list<std::string_view> known);

}  // namespace assay::v1
