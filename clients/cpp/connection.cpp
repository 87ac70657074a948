#include "clients/cpp/connection.hpp"

#include "base/crypto.hpp"
#include "base/json_reader.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace assay {

namespace {

constexpr int attempts = 4;
constexpr std::chrono::milliseconds first_retry_pause{200};
constexpr std::chrono::seconds longest_retry_pause{10};  // asked for by Retry-After
constexpr std::string_view json_type = "application/json";

bool is_success(const HttpResponse& response) { return response.status >= 200 && response.status < 300; }

std::optional<ErrorKind> kind_of_title(std::string_view title) {
    for (const ErrorKind kind : {ErrorKind::invalid, ErrorKind::not_found, ErrorKind::incompatible, ErrorKind::integrity, ErrorKind::unsafe,
                                 ErrorKind::permission, ErrorKind::conflict, ErrorKind::precondition, ErrorKind::prediction_differs,
                                 ErrorKind::too_large, ErrorKind::no_space, ErrorKind::unavailable, ErrorKind::internal}) {
        if (to_string(kind) == title) return kind;
    }
    return std::nullopt;
}

ErrorKind kind_of_status(int status) {
    switch (status) {
        case 401:
        case 403: return ErrorKind::permission;
        case 404: return ErrorKind::not_found;
        case 409: return ErrorKind::conflict;
        case 412: return ErrorKind::precondition;
        case 413: return ErrorKind::too_large;
        case 422: return ErrorKind::integrity;
        case 502:
        case 503:
        case 504: return ErrorKind::unavailable;
        case 507: return ErrorKind::no_space;
        default: return status >= 500 ? ErrorKind::internal : ErrorKind::invalid;
    }
}

Result<Json> json_of(std::string_view target, const HttpResponse& response) {
    if (response.body.empty()) return Json(nullptr);
    auto json = parse_json(response.body, JsonLimits{.max_bytes = std::size_t{64} << 20U, .max_depth = 64});
    if (!json) {
        return fail(Error(ErrorKind::internal, "bad-answer", fmt::format("the answer to {} is not JSON", printable(target, 300)))
                        .with_because(json.error().because)
                        .with_fix("check that the URL is that of an Assay server"));
    }
    return json;
}

std::chrono::milliseconds pause_before(int repetition, const Result<HttpResponse>& last) {
    std::chrono::milliseconds pause = first_retry_pause * (1 << (repetition - 1));
    if (last) {
        if (const auto asked = last->header("Retry-After")) {
            if (const auto seconds = parse_integer(*asked); seconds && *seconds >= 0) {
                pause = std::max(
                    pause, std::chrono::milliseconds(std::chrono::seconds(std::min<std::int64_t>(*seconds, longest_retry_pause.count()))));
            }
        }
    }
    return pause;
}

/// A text that is not UTF-8 would arrive as another one.
void find_broken_text(const Json& value, const std::string& field, Problems& problems) {
    if (const auto* text = value.get_ptr<const std::string*>()) {
        if (!is_utf8(*text)) problems.push_back({field, fmt::format("'{}' is not UTF-8", printable(*text, 100)), ""});
    } else if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i) find_broken_text(value[i], fmt::format("{}[{}]", field, i), problems);
    } else if (value.is_object()) {
        for (const auto& [key, member] : value.items()) {
            const std::string name = (field.empty() ? "" : field + ".") + printable(key, 100);
            if (!is_utf8(key)) problems.push_back({name, "is not UTF-8", ""});
            find_broken_text(member, name, problems);
        }
    }
}

}  // namespace

Error error_of_response(std::string_view method, std::string_view target, const HttpResponse& response) {
    const auto parsed = parse_json(response.body);
    if (!parsed || !parsed->is_object() || !member(*parsed, "detail").is_string()) {
        Error error(kind_of_status(response.status), fmt::format("http-{}", response.status),
                    fmt::format("the server answered {} to {} {}", response.status, method, printable(target, 300)));
        error.status = response.status;
        error.request_id = printable(response.header("X-Request-Id").value_or(""), 128);
        const std::string_view body = trim(response.body);
        if (!body.empty())
            error.because = body.starts_with('<') ? "it answered with a web page: is that an Assay server?" : printable(body, 300);
        return error;
    }
    const Json& problem = *parsed;
    const std::string code = text_of(problem, "code");
    Error error(kind_of_title(text_of(problem, "title")).value_or(kind_of_status(response.status)),
                code.empty() ? fmt::format("http-{}", response.status) : code, text_of(problem, "detail"));
    error.status = response.status;
    error.request_id = text_of(problem, "request_id");
    error.because = text_of(problem, "because");
    const Json& fix = member(problem, "fix");
    error.fixes = fix.is_string() ? std::vector<std::string>{text_of(problem, "fix")} : strings_of(fix);
    for (const Json& entry : list_of(problem, "field_errors")) {
        error.problems.push_back({text_of(entry, "field"), text_of(entry, "message"), text_of(entry, "fix")});
    }
    if (const Json& verdict = member(problem, "verdict"); verdict.is_object() && !verdict.empty()) error.details = to_text(verdict);
    if (error.kind == ErrorKind::internal && !error.request_id.empty()) {
        error.fixes.push_back("look into the server's log for request " + error.request_id);
    }
    return error;
}

std::string consumer_header(std::string_view consumer) {
    std::string value;
    for (const char c : consumer) {
        const auto byte = static_cast<unsigned char>(c);
        const std::string piece = byte > 0x20 && byte < 0x7f && c != '%' ? std::string(1, c) : fmt::format("%{:02X}", byte);
        if (value.size() + piece.size() > 256) break;
        value += piece;
    }
    return value;
}

Connection::Connection(std::unique_ptr<HttpClient> client, std::string_view consumer, Wait wait)
    : client_(std::move(client)), consumer_(consumer_header(consumer)), wait_(std::move(wait)), request_prefix_(random_hex(6)) {
    if (!wait_) wait_ = [](std::chrono::milliseconds pause) { std::this_thread::sleep_for(pause); };
}

std::string Connection::path_of(std::string_view model) { return "/v1/models/" + encode_component(model); }
std::string Connection::path_of(std::string_view model, std::int64_t version) {
    return fmt::format("{}/versions/{}", path_of(model), version);
}

void Connection::add_common_headers(HttpRequest& request) {
    request.headers.emplace_back("User-Agent", "assay-cli");
    request.headers.emplace_back("X-Request-Id", fmt::format("{}-{}", request_prefix_, ++requests_));
    if (!consumer_.empty()) request.headers.emplace_back("Assay-Consumer", consumer_);
    for (const auto& [name, value] : always_) request.headers.emplace_back(name, value);
}

Error Connection::refusal(std::string_view method, std::string_view target, const HttpResponse& response) {
    refused_by_server_ = true;
    return error_of_response(method, target, response);
}

Result<HttpResponse> Connection::repeat(bool repeatable, const std::function<Result<HttpResponse>(bool)>& attempt) {
    for (int count = 1;; ++count) {
        Result<HttpResponse> response = attempt(count == 1);
        const bool worth_repeating = response ? response->status == 503 : response.error().code == "connection-lost";
        if (!repeatable || !worth_repeating || count == attempts) return response;
        wait_(pause_before(count, response));
    }
}

Result<HttpResponse> Connection::send(HttpRequest request, bool repeatable) {
    add_common_headers(request);
    TRY_ASSIGN(HttpResponse response, repeat(repeatable, [&](bool) { return client_->send(request); }));
    if (response.status >= 300) return fail(refusal(request.method, request.target, response));
    return response;
}

Result<HttpResponse> Connection::get_raw(const std::string& target, std::string_view accept) {
    HttpRequest request;
    request.target = target;
    if (!accept.empty()) request.headers.emplace_back("Accept", accept);
    return send(std::move(request), true);
}

Result<Json> Connection::get(const std::string& target) {
    TRY_ASSIGN(const HttpResponse response, get_raw(target));
    return json_of(target, response);
}

Result<std::optional<Json>> Connection::find(const std::string& target) {
    auto json = get(target);
    if (json) return std::optional(*std::move(json));
    if (json.error().kind == ErrorKind::not_found) return std::nullopt;
    return fail(std::move(json).error());
}

Result<Json> Connection::get_all(const std::string& target, std::size_t max_items) {
    Json items = Json::array();
    const std::string separator = target.find('?') == std::string::npos ? "?" : "&";
    std::string cursor;
    for (;;) {
        TRY_ASSIGN(const Json page, get(target + separator + "limit=1000" + (cursor.empty() ? "" : "&cursor=" + encode_component(cursor))));
        for (const Json& item : list_of(page, "items")) items.push_back(item);
        if (items.size() > max_items)
            return fail(ErrorKind::too_large, "too-many-items", fmt::format("{} lists more than {} items", target, max_items));
        const Json& next = member(page, "next_cursor");
        if (!next.is_string() || next.get_ref<const std::string&>().empty()) return items;
        if (next.get_ref<const std::string&>() == cursor)
            return fail(ErrorKind::internal, "bad-answer", "the server's list does not end: it repeats a cursor");
        cursor = next.get<std::string>();
    }
}

Result<Json> Connection::send_json(std::string method, const std::string& target, const Json& body, const Headers& headers) {
    Problems problems;
    find_broken_text(body, "", problems);
    TRY(refuse_if_any(problems, "invalid-text", "what is to be sent is not text"));
    HttpRequest request;
    request.method = std::move(method);
    request.target = target;
    request.headers = headers;
    request.headers.emplace_back("Content-Type", json_type);
    request.body = to_text(body);
    // A change under a condition is not repeated: had the first attempt arrived, the second would fail for that very reason.
    const bool conditional = std::ranges::any_of(headers, [](const auto& header) { return header.first.starts_with("If-"); });
    TRY_ASSIGN(const HttpResponse response, send(std::move(request), !conditional));
    return json_of(target, response);
}

Result<Json> Connection::ask(const std::string& target, const Json& body) { return send_json("POST", target, body, {}); }

Result<Json> Connection::create(const std::string& target, const Json& body) {
    return send_json("POST", target, body, {{"Idempotency-Key", random_hex(16)}});
}

Result<Json> Connection::put(const std::string& target, const Json& body, const Headers& conditions) {
    return send_json("PUT", target, body, conditions);
}

Result<Json> Connection::patch(const std::string& target, const Json& body) { return send_json("PATCH", target, body, {}); }

Result<void> Connection::remove(const std::string& target, const Headers& conditions) {
    HttpRequest request;
    request.method = "DELETE";
    request.target = target;
    request.headers = conditions;
    TRY(send(std::move(request), conditions.empty()));
    return {};
}

Result<bool> Connection::has_blob(const Digest& digest) {
    HttpRequest request;
    request.method = "HEAD";
    request.target = "/v1/blobs/" + digest.to_string();
    const auto response = send(std::move(request), true);
    if (response) return true;
    if (response.error().kind == ErrorKind::not_found) return false;
    return fail(response.error());
}

Result<void> Connection::put_blob(const LocalFile& file, const OnBytes& on_bytes, const std::function<void()>& restart) {
    const std::string target = "/v1/blobs/" + file.digest.to_string();
    TRY_ASSIGN(const HttpResponse response, repeat(true, [&](bool first) -> Result<HttpResponse> {
                   if (!first && restart) restart();
                   TRY_ASSIGN(const auto source, open_file(file.path, on_bytes));
                   HttpRequest request;
                   request.method = "PUT";
                   request.target = target;
                   request.headers.emplace_back("Content-Type", "application/octet-stream");
                   request.upload = source.get();
                   request.upload_size = file.size;
                   add_common_headers(request);
                   return client_->send(request);
               }));
    if (is_success(response)) return {};
    Error error = refusal("PUT", target, response);
    if (error.code == "digest-mismatch") error.fixes.push_back("push again: " + printable(file.path, 300) + " may have changed meanwhile");
    return fail(std::move(error));
}

Result<std::set<Digest>> Connection::missing_blobs(const std::vector<Digest>& digests) {
    Json asked = Json::array();
    for (const Digest& digest : digests) asked.push_back(digest.to_string());
    TRY_ASSIGN(const Json answer, ask("/v1/blobs:missing", {{"digests", std::move(asked)}}));
    std::set<Digest> missing;
    for (const std::string& text : strings_of(list_of(answer, "missing"))) {
        TRY_ASSIGN(const Digest digest, Digest::parse(text));
        missing.insert(digest);
    }
    return missing;
}

Result<void> Connection::get_file(const std::string& target, std::string_view environment, const Digest& digest,
                                  const FileTransfer& transfer) {
    TRY_ASSIGN(const HttpResponse response, repeat(true, [&](bool) -> Result<HttpResponse> {
                   const std::uint64_t position = transfer.position();
                   HttpRequest request;
                   request.target = target;
                   request.headers.emplace_back("Assay-Environment", environment);
                   if (position > 0) {
                       request.headers.emplace_back("Range", fmt::format("bytes={}-", position));
                       request.headers.emplace_back("If-Range", '"' + digest.to_string() + '"');
                   }
                   request.receive = transfer.receive;
                   request.begin = [&](const HttpResponse& head) -> Result<void> {
                       if (head.status != 206) return transfer.begin_at(0);
                       const std::string range = head.header("Content-Range").value_or("");
                       if (range.starts_with(fmt::format("bytes {}-", position))) return transfer.begin_at(position);
                       return fail(Error(ErrorKind::internal, "bad-answer", "the server sends another part of a file than was asked for"));
                   };
                   add_common_headers(request);
                   return client_->send(request);
               }));
    if (is_success(response)) return {};
    return fail(refusal("GET", target, response));
}

}  // namespace assay
