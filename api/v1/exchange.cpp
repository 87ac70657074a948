#include "api/v1/exchange.hpp"

#include "api/conditions.hpp"
#include "api/v1/body_digest.hpp"
#include "base/crypto.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "registry/names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay::v1 {

namespace {

const std::string& param(const Request& request, const std::string& name) { return request.params.at(name); }

std::unexpected<Error> refuse_parameter(const std::string& name, std::string message) {
    return fail(Error(ErrorKind::invalid, "invalid-" + name, "the parameter " + name + " " + message)
                    .with_problems({{"?" + name, std::move(message), ""}}));
}

std::unexpected<Error> refuse_cursor() {
    return fail(Error(ErrorKind::invalid, "invalid-cursor", "the cursor is none of ours")
                    .with_fix("start again without a cursor")
                    .with_problems({{"?cursor", "is none of ours", ""}}));
}

Result<void> refuse_conditions(const Request& request) {
    if (request.method == Method::get || request.method == Method::head) return {};
    for (const char* name : {"If-Match", "If-None-Match", "If-Unmodified-Since"}) {
        if (!request.headers.find(name)) continue;
        return fail(
            Error(ErrorKind::invalid, "unsupported-precondition", fmt::format("this request cannot be made conditional by {}", name))
                .with_because("only aliases are changed under a condition")
                .with_fix("leave the header out")
                .with_problems({{name, "is not judged by this route", ""}}));
    }
    return {};
}

/// A page's headers.
Response as_page(const Request& request, Response response, const std::string& cursor) {
    if (!cursor.empty()) {
        std::string link = request.target.substr(0, request.target.find('?')) + "?";
        for (const auto& [key, value] : request.query) {
            if (key != "cursor") link += encode_component(key) + "=" + encode_component(value) + "&";
        }
        response.headers.add("Link", fmt::format("<{}cursor={}>; rel=\"next\"", link, encode_component(cursor)));
    }
    response.headers.set("Cache-Control", "no-cache");
    return response;
}

}  // namespace

Handler answering(Answer answer, Conditions conditions) {
    return [answer = std::move(answer), conditions](Request& request) -> Response {
        if (conditions == Conditions::refused) {
            if (const auto unconditional = refuse_conditions(request); !unconditional) return problem(unconditional.error(), request.id);
        }
        auto response = answer(request);
        if (!response) return problem(response.error(), request.id);
        return *std::move(response);
    };
}

Result<std::string> body_text(Request& request, std::size_t max_bytes) {
    TRY_ASSIGN(const auto claimed, claimed_digest(request));
    TRY_ASSIGN(std::string text, read_all(*request.body, max_bytes));
    if (claimed) TRY(check_claimed_digest(request, sha256(text)));
    return text;
}

Result<Json> json_body(Request& request) {
    const JsonLimits limits;
    TRY_ASSIGN(const std::string text, body_text(request, limits.max_bytes));
    return parse_json(text, limits);
}

Result<void> empty_body(Request& request) {
    TRY_ASSIGN(const std::string text, body_text(request, JsonLimits{}.max_bytes));
    if (text.empty()) return {};
    TRY_ASSIGN(const Json body, parse_json(text));
    Problems problems;
    JsonReader reader(body, "", problems);
    reader.refuse_unknown();
    return refuse_if_any(problems, "invalid-request", "this request takes no members");
}

Result<std::string> model_of(const Request& request) { return model_name(param(request, "name")); }
Result<VersionRef> ref_of(const Request& request) { return VersionRef::parse(param(request, "ref")); }
Result<std::string> alias_of(const Request& request) { return alias_name(param(request, "alias")); }
Result<Digest> digest_of(const Request& request) { return Digest::parse(param(request, "digest")); }

Result<std::string> consumer_of(const Request& request) {
    const auto header = request.headers.find("Assay-Consumer");
    if (!header || header->empty()) return "unknown@" + request.remote_address;
    auto decoded = decode_component(*header);
    if (!decoded || header->size() > 256 || has_control_characters(*decoded)) {
        return fail(Error(ErrorKind::invalid, "invalid-consumer", "the Assay-Consumer header cannot be used")
                        .with_because("it must be printable text of at most 256 bytes, percent-encoded UTF-8")
                        .with_fix("send NAME@HOST"));
    }
    return decoded;
}

Result<std::string> idempotency_key_of(const Request& request) {
    const auto key = request.headers.find("Idempotency-Key");
    if (!key) return std::string();
    const bool printable_ascii = std::ranges::all_of(*key, [](char c) { return c > ' ' && c < 0x7f; });
    if (key->empty() || key->size() > 128 || !printable_ascii) {
        return fail(ErrorKind::invalid, "invalid-idempotency-key", "Idempotency-Key must be 1 to 128 printable ASCII characters");
    }
    return *key;
}

Result<std::string> cursor_text(const std::string& cursor) {
    auto text = from_base64(cursor);
    if (!text || text->empty() || text->size() > 4096 || !is_utf8(*text)) return refuse_cursor();
    return *std::move(text);
}

Result<Page> page_of(const Request& request) {
    Page page;
    if (const auto it = request.query.find("limit"); it != request.query.end()) {
        const auto limit = parse_integer(it->second);
        if (!limit || *limit < 1 || *limit > 1000) return refuse_parameter("limit", "must be a number from 1 to 1000");
        page.limit = *limit;
    }
    if (const auto it = request.query.find("cursor"); it != request.query.end()) {
        TRY_ASSIGN(page.cursor, cursor_text(it->second));
    }
    return page;
}

Result<std::int64_t> integer_cursor(const Page& page) {
    if (page.cursor.empty()) return 0;
    const auto number = parse_integer(page.cursor);
    if (!number || *number < 1) return refuse_cursor();
    return *number;
}

Response page_response(const Request& request, Json items, const std::string& next, Json more) {
    const std::string cursor = next.empty() ? "" : to_base64(next);
    more["items"] = std::move(items);
    more["next_cursor"] = cursor.empty() ? Json(nullptr) : Json(cursor);
    return as_page(request, json_response(200, more), cursor);
}

ObjectText page_text(const std::vector<ObjectText>& items, const std::string& next) {
    std::string list;
    for (const ObjectText& item : items) list += (list.empty() ? '[' : ',') + item.text();
    ObjectText page;
    page.add_text("items", list.empty() ? "[]" : list + ']').add("next_cursor", next.empty() ? Json(nullptr) : Json(to_base64(next)));
    return page;
}

Response page_response(const Request& request, const std::vector<ObjectText>& items, const std::string& next, const Json& more) {
    ObjectText page = page_text(items, next);
    for (const auto& [key, value] : more.items()) page.add(key, value);
    return as_page(request, json_text_response(200, page.text()), next.empty() ? "" : to_base64(next));
}

Response with_etag(const Request& request, Response response, const std::string& tag) {
    const std::string quoted = '"' + tag + '"';
    if (auto instead = conditional_answer(request, quoted)) return *std::move(instead);
    response.headers.set("ETag", quoted);
    return response;
}

Result<std::optional<std::string>> tag_of(const Request& request, std::string_view header) {
    const auto value = request.headers.find(header);
    if (!value) return std::nullopt;
    const std::string_view tag = trim(*value);
    if (tag == "*") return std::string(tag);
    if (tag.size() < 2 || tag.front() != '"' || tag.back() != '"' || std::ranges::count(tag, '"') != 2) {
        return fail(Error(ErrorKind::invalid, "invalid-precondition", fmt::format("{} must hold one strong entity tag in quotes", header)));
    }
    return std::string(tag.substr(1, tag.size() - 2));
}

Result<bool> flag_of(const Request& request, const std::string& name) {
    const auto it = request.query.find(name);
    if (it == request.query.end() || it->second == "false") return false;
    if (it->second == "true") return true;
    return refuse_parameter(name, "must be true or false, not '" + printable(it->second, 100) + "'");
}

Result<std::optional<Timestamp>> time_of(const Request& request, const std::string& name) {
    const auto it = request.query.find(name);
    if (it == request.query.end()) return std::nullopt;
    const auto time = Timestamp::parse(it->second);
    if (time) return *time;
    return fail(Error(ErrorKind::invalid, "invalid-" + name, fmt::format("the parameter {} cannot be used", name))
                    .with_problems({{"?" + name, fmt::format("'{}' is no time: {}", printable(it->second, 100), time.error().because),
                                     "a date such as 2026-11-23, or a time such as 2026-11-23T18:00:00Z"}}));
}

Result<void> allow_query(const Request& request, std::initializer_list<std::string_view> known) {
    Problems problems;
    for (const auto& [key, value] : request.query) {
        if (std::ranges::find(known, key) != known.end()) continue;
        const std::vector<std::string> names(known.begin(), known.end());
        problems.push_back({"?" + printable(key, 100), "is not a known parameter",
                            names.empty() ? "this route takes none" : "known here: " + join(names, ", ")});
    }
    return refuse_if_any(problems, "unknown-parameter", "the query has a parameter that is not known");
}

}  // namespace assay::v1
