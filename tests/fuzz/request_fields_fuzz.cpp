// The header fields and query parameters that handlers read: Range, If-Range, If-Match, If-None-Match, Idempotency-Key,
// Assay-Consumer, Repr-Digest, Content-Digest, limit and cursor. The input is one field a line, in this order.
#include "api/byte_range.hpp"
#include "api/v1/body_digest.hpp"
#include "api/v1/exchange.hpp"
#include "base/text.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using assay::test::require;
using namespace assay;

void range(const Request& request) {
    for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1000}, std::uint64_t{1} << 62U}) {
        const auto found = range_of(request, size, "\"e\"");
        if (!found) {
            require(found.error().code == "range-not-satisfiable");
        } else if (*found) {
            require((*found)->length > 0 && (*found)->first < size && (*found)->length <= size - (*found)->first);
        }
    }
}

void tags(const Request& request) {
    if (const auto tag = v1::tag_of(request, "If-Match"); tag && *tag) require((*tag)->find('"') == std::string::npos);
    const Response response = v1::with_etag(request, Response(), "e");
    if (response.status == 412) {
        require(request.headers.find("If-Match").has_value());
        return;
    }
    require(response.status == 200 || (response.status == 304 && request.headers.find("If-None-Match").has_value()));
    require(response.headers.find("ETag") == "\"e\"");
}

void pages(const Request& request) {
    const auto page = v1::page_of(request);
    if (!page) return;
    require(page->limit >= 1 && page->limit <= 1000 && is_utf8(page->cursor));
    if (const auto number = v1::integer_cursor(*page)) require(*number >= 0);
    const Response response = v1::page_response(request, Json::array(), page->cursor);
    const auto body = parse_json(response.body);
    require(body.has_value());
    if (page->cursor.empty()) return;
    Request next;
    next.query["cursor"] = body->at("next_cursor").get<std::string>();
    const auto followed = v1::page_of(next);
    require(followed && followed->cursor == page->cursor);
    const auto link = response.headers.find("Link");
    require(link && !has_control_characters(*link));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::vector<std::string> lines = split(assay::test::text_of(data, size), '\n');
    Request request;
    request.target = "/v1/models?limit=2";
    request.remote_address = "127.0.0.1";
    std::size_t line = 0;
    for (const char* name :
         {"Range", "If-Range", "If-Match", "If-None-Match", "Idempotency-Key", "Assay-Consumer", "Repr-Digest", "Content-Digest"}) {
        if (line < lines.size() && !lines[line].empty()) request.headers.set(name, lines[line]);
        ++line;
    }
    for (const char* name : {"limit", "cursor"}) {
        if (line < lines.size() && !lines[line].empty() && is_utf8(lines[line])) request.query[name] = lines[line];
        ++line;
    }
    range(request);
    tags(request);
    pages(request);
    if (const auto digest = v1::claimed_digest(request); digest && *digest) {
        require(v1::check_claimed_digest(request, **digest).has_value());
    }
    if (const auto key = v1::idempotency_key_of(request)) require(key->size() <= 128 && !has_control_characters(*key));
    if (const auto consumer = v1::consumer_of(request)) {
        require(!consumer->empty() && consumer->size() <= 256 && is_utf8(*consumer) && !has_control_characters(*consumer));
    }
    return 0;
}
