#include "api/errors.hpp"

#include "base/log.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace assay {

namespace {

struct CodeStatus {
    std::string_view code;
    int status;
};

constexpr std::array<CodeStatus, 14> statuses_by_code = {{
    {"unauthenticated", 401},
    {"method-not-allowed", 405},
    {"request-timeout", 408},
    {"length-required", 411},
    {"target-too-long", 414},
    {"unsupported-media-type", 415},
    {"unsupported-content-encoding", 415},
    {"range-not-satisfiable", 416},
    {"expectation-failed", 417},
    {"header-too-large", 431},
    {"too-many-headers", 431},
    {"blob-corrupt", 500},
    {"method-not-implemented", 501},
    {"http-version-not-supported", 505},
}};

struct Phrase {
    int status;
    std::string_view text;
};

constexpr std::array<Phrase, 34> phrases = {{
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
}};

int status_of_kind(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::invalid: return 400;
        case ErrorKind::unsafe:
        case ErrorKind::permission: return 403;
        case ErrorKind::not_found: return 404;
        case ErrorKind::incompatible:
        case ErrorKind::conflict: return 409;
        case ErrorKind::precondition: return 412;
        case ErrorKind::too_large: return 413;
        case ErrorKind::integrity:
        case ErrorKind::prediction_differs: return 422;
        case ErrorKind::unavailable:
        case ErrorKind::network: return 503;  // a store or database behind us that cannot be reached
        case ErrorKind::no_space: return 507;
        case ErrorKind::internal: return 500;
    }
    return 500;
}

void log_cause(const Error& error, std::string_view request_id) {
    std::string doing;
    for (const std::string& step : error.context) doing += (doing.empty() ? "" : "; ") + step;
    log(LogLevel::error, "request failed",
        {{"request_id", std::string(request_id)},
         {"code", error.code},
         {"message", error.message},
         {"because", error.because},
         {"while", doing}});
}

}  // namespace

int status_of(const Error& error) {
    const auto it = std::ranges::find(statuses_by_code, std::string_view(error.code), &CodeStatus::code);
    return it == statuses_by_code.end() ? status_of_kind(error.kind) : it->status;
}

Response problem(const Error& error, std::string_view request_id) {
    const int status = status_of(error);
    const bool internal = error.kind == ErrorKind::internal;
    if (status >= 500 && status != 503) log_cause(error, request_id);

    const std::string code = error.code.empty() ? std::string(to_string(error.kind)) : error.code;
    Json json = {{"type", "https://assay.dev/problems/" + code},
                 {"title", to_string(error.kind)},
                 {"status", status},
                 {"code", code},
                 {"request_id", request_id}};
    if (internal) {
        json["detail"] = "the server failed to answer; its log has the cause under this request id";
    } else {
        json["detail"] = error.message;
        if (!error.because.empty()) json["because"] = error.because;
        if (!error.fixes.empty()) json["fix"] = error.fixes;
        for (const FieldProblem& reason : error.problems) {
            Json entry = {{"field", reason.field}, {"message", reason.message}};
            if (!reason.fix.empty()) entry["fix"] = reason.fix;
            json["field_errors"].push_back(std::move(entry));
        }
        if (!error.details.empty()) {
            auto verdict = parse_json(error.details);
            if (verdict)
                json["verdict"] = *std::move(verdict);
            else
                log_cause(verdict.error(), request_id);
        }
    }
    Response response;
    response.status = status;
    response.error_code = code;
    response.headers.set("Content-Type", "application/problem+json");
    if (status == 503) response.headers.set("Retry-After", "1");
    response.body = to_text(json);
    return response;
}

Response json_response(int status, const Json& value) { return json_text_response(status, to_text(value)); }

Response json_text_response(int status, std::string json) {
    Response response;
    response.status = status;
    // With the charset, no library between here and the client takes it for something to compress on the fly.
    response.headers.set("Content-Type", "application/json; charset=utf-8");
    response.body = std::move(json);
    return response;
}

std::string_view reason_phrase(int status) {
    const auto it = std::ranges::find(phrases, status, &Phrase::status);
    return it == phrases.end() ? "Unknown" : it->text;
}

}  // namespace assay
