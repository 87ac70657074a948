#include "api/http_server_exchange.hpp"

#include "api/errors.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <random>

namespace assay {

namespace {

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view query_of(std::string_view target) {
    const std::size_t mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

std::string allow_list(const std::vector<Method>& methods) {
    std::string list;
    for (const Method method : methods) list += std::string(to_string(method)) + ", ";
    return list + "OPTIONS";
}

/// "application/json", with no charset or UTF-8.
bool is_json(std::string_view content_type) {
    const std::vector<std::string> parts = split(content_type, ';');
    if (parts.empty() || !equals_ignoring_case(trim(parts.front()), "application/json")) return false;
    return std::all_of(parts.begin() + 1, parts.end(), [](const std::string& part) {
        const std::string parameter = to_lower_ascii(trim(part));
        return !parameter.starts_with("charset=") || parameter == "charset=utf-8" || parameter == "charset=\"utf-8\"";
    });
}

/// What the head alone says against a body.
Result<void> check_body(const Route& route, const RequestHead& head) {
    if (head.has_body() && route.max_body_bytes == 0) return fail(ErrorKind::invalid, "body-not-allowed", "this request has no body");
    if (head.content_length.value_or(0) > route.max_body_bytes) {
        return fail(ErrorKind::too_large, "body-too-large", fmt::format("the body is longer than {} bytes", route.max_body_bytes));
    }
    const auto type = head.find("Content-Type");
    if (route.json_body && (type || head.has_body()) && !is_json(type.value_or(""))) {
        return fail(
            Error(ErrorKind::invalid, "unsupported-media-type", "the body must be JSON").with_fix("send Content-Type: application/json"));
    }
    return {};
}

}  // namespace

std::string new_request_id() {
    thread_local std::mt19937_64 numbers([] {
        std::random_device device;
        return std::uint64_t{device()} << 32U | device();
    }());
    return fmt::format("{:016x}", numbers());
}

std::string request_id(const RequestHead& head) {
    const auto given = head.find("X-Request-Id");
    const bool good =
        given && !given->empty() && given->size() <= 128 && std::ranges::all_of(*given, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
        });
    return good ? std::string(*given) : new_request_id();
}

Exchange::Exchange(const Router& router, const ServerOptions& options)
    : router_(router), guard_(options.host, options.allowed_hosts, options.allowed_origins) {}

std::unique_ptr<PendingRequest> Exchange::begin(RequestHead head, const ClientConnection& connection) const {
    auto pending = std::make_unique<PendingRequest>();
    pending->id = request_id(head);
    pending->method = parse_method(head.method);
    if (pending->method) pending->match = router_.match(*pending->method, path_of(head.target));
    pending->record.id = pending->id;
    pending->record.method = head.method;
    if (pending->match && pending->match->route != nullptr) pending->record.route = pending->match->route->pattern;
    pending->record.remote = connection.remote;
    pending->record.began = std::chrono::steady_clock::now();
    pending->head = std::move(head);
    return pending;
}

Response Exchange::tell(const Error& error, const PendingRequest& pending) const {
    return router_.tell(error, path_of(pending.head.target), pending.id);
}

Response Exchange::answer(const ClientConnection& connection, const PendingRequest& pending, RequestBody& body,
                          RequestRecord& record) const {
    const auto failed = [&](std::string because) {
        record.code = "internal-error";
        return router_.tell(Error(ErrorKind::internal, "internal-error", "a handler threw").with_because(std::move(because)),
                            path_of(pending.head.target), pending.id);
    };
    try {
        auto response = try_answer(connection, pending, body);
        if (response) return *std::move(response);
        record.code = response.error().code;
        Response refusal = router_.tell(response.error(), path_of(pending.head.target), pending.id);
        if (record.code == "method-not-allowed") refusal.headers.set("Allow", allow_list(pending.match->allowed));
        return refusal;
    } catch (const std::exception& error) {
        return failed(error.what());
    } catch (...) {
        return failed("an exception of no known type");
    }
}

Result<Response> Exchange::try_answer(const ClientConnection& connection, const PendingRequest& pending, RequestBody& body) const {
    TRY(guard_.check(pending.head, connection.local));
    if (!pending.method) return describe_options(pending);
    if (!pending.match) return fail(pending.match.error());
    const Router::Match& match = *pending.match;
    if (match.found == Router::Found::not_found) {
        return fail(ErrorKind::not_found, "route-not-found", "there is nothing at " + printable(path_of(pending.head.target), 200));
    }
    if (match.found == Router::Found::method_not_allowed) {
        return fail(ErrorKind::invalid, "method-not-allowed",
                    printable(path_of(pending.head.target), 200) + " does not answer " + pending.head.method);
    }
    TRY(check_body(*match.route, pending.head));
    TRY_ASSIGN(Request request, make_request(connection, pending, body));
    if (match.route->before_body) {
        if (auto early = match.route->before_body(request)) return *std::move(early);
    }
    return match.route->handle(request);
}

Result<Response> Exchange::describe_options(const PendingRequest& pending) const {
    Response response;
    response.status = 204;
    std::vector<Method> allowed;
    for (const Method method : {Method::get, Method::head, Method::put, Method::post, Method::patch, Method::del}) {
        if (pending.head.target == "*") break;
        TRY_ASSIGN(const Router::Match match, router_.match(method, path_of(pending.head.target)));
        if (match.found == Router::Found::route) allowed.push_back(method);
        if (match.found == Router::Found::not_found) return fail(ErrorKind::not_found, "route-not-found", "there is nothing at this path");
    }
    response.headers.set("Allow", allow_list(allowed));
    return response;
}

Result<Request> Exchange::make_request(const ClientConnection& connection, const PendingRequest& pending, RequestBody& body) const {
    Request request = request_of(pending.head);
    TRY_ASSIGN(QueryPairs pairs, parse_query_pairs(query_of(request.target)));
    if (pending.match->route->repeats_query) {
        request.query_pairs = std::move(pairs);
    } else {
        TRY_ASSIGN(request.query, unique_parameters(std::move(pairs)));
    }
    request.params = pending.match->params;
    request.remote_address = connection.remote;
    request.id = pending.id;
    request.body = &body;
    return request;
}

}  // namespace assay
