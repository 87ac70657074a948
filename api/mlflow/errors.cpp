#include "api/mlflow/errors.hpp"

#include "api/errors.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace assay::mlflow {

namespace {

struct CodeStatus {
    std::string_view code;
    int status;
};

constexpr auto statuses = std::to_array<CodeStatus>({
    {"BAD_REQUEST", 400},
    {invalid_parameter, 400},
    {already_exists, 400},
    {"UNAUTHENTICATED", 401},
    {"PERMISSION_DENIED", 403},
    {does_not_exist, 404},
    {"NOT_FOUND", 404},
    {endpoint_not_found, 404},
    {resource_conflict, 409},
    {invalid_state, 400},  // 500 there, which clients try again for minutes
    {not_implemented, 501},
});

/// Their code for an error of ours.
std::string_view code_of(const Error& error) {
    if (error.code == "route-not-found" || error.code == "method-not-allowed") return endpoint_not_found;
    switch (error.kind) {
        case ErrorKind::invalid:
        case ErrorKind::too_large: return invalid_parameter;
        case ErrorKind::not_found: return does_not_exist;
        case ErrorKind::unsafe:
        case ErrorKind::permission: return "PERMISSION_DENIED";
        case ErrorKind::incompatible:
        case ErrorKind::conflict:
        case ErrorKind::precondition:
        case ErrorKind::prediction_differs: return resource_conflict;
        case ErrorKind::integrity: return "DATA_LOSS";
        case ErrorKind::no_space: return "RESOURCE_EXHAUSTED";
        case ErrorKind::unavailable:
        case ErrorKind::network: return "TEMPORARILY_UNAVAILABLE";
        case ErrorKind::internal: return "INTERNAL_ERROR";
    }
    return "INTERNAL_ERROR";
}

/// An error of ours with all that it says, line by line. A path that the router refuses is one that they refuse in two words.
std::string message_of(const Error& error) {
    if (error.code == "invalid-path") return "Invalid path";
    std::string text = error.message;
    if (!error.because.empty()) text += "\n  because: " + error.because;
    constexpr std::size_t shown = 5;  // in an exception the fixes behind them are to be seen, too
    for (std::size_t i = 0; i < std::min(shown, error.problems.size()); ++i) {
        const FieldProblem& problem = error.problems[i];
        text += fmt::format("\n  {}: {}{}", problem.field, problem.message, problem.fix.empty() ? "" : " (" + problem.fix + ")");
    }
    if (error.problems.size() > shown) text += fmt::format("\n  and {} more", error.problems.size() - shown);
    for (const std::string& fix : error.fixes) text += "\n  fix: " + fix;
    return text;
}

/// A message repeats what was sent, and that may be long.
std::string cut_message(std::string message) {
    constexpr std::size_t most = 16'000;
    if (message.size() <= most) return message;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0U) == 0x80) --end;
    return message.substr(0, end) + "…";
}

}  // namespace

std::unexpected<Error> refuse(std::string_view error_code, std::string message) {
    return fail(Error(ErrorKind::invalid, std::string(error_code), std::move(message)));
}

std::unexpected<Error> refuse_missing(const Error& error, std::string message) {
    if (!error.because.empty()) message += "\n  because: " + error.because;
    return refuse(does_not_exist, std::move(message));
}

Response problem(const Error& error, std::string_view request_id) {
    const auto theirs = std::ranges::find(statuses, std::string_view(error.code), &CodeStatus::code);
    Json body;
    std::string verdict;  // behind the sentence: of a file, clients show the body as it is
    Response response;
    if (theirs != statuses.end()) {
        response.status = theirs->status;
        body = {{"error_code", error.code}, {"message", cut_message(error.message)}};
    } else {
        response = assay::problem(error, request_id);  // its status, its headers, and its note in the log
        const bool internal = error.kind == ErrorKind::internal;
        body = {{"error_code", code_of(error)},
                {"message", internal ? "the server failed to answer; its log has the cause under request id " + std::string(request_id)
                                     : cut_message(message_of(error))}};
        if (!error.details.empty() && error.kind != ErrorKind::unsafe) {  // of those, the sentence is enough, and what was found is long
            if (const auto details = parse_json(error.details)) verdict = R"(,"assay":)" + to_text(*details);
        }
    }
    response.error_code = body["error_code"].get<std::string>();
    response.headers.set("Content-Type", "application/json");
    response.body = to_text(body);
    response.body.insert(response.body.size() - 1, verdict);
    return response;
}

std::string python_json(const Json& value) {
    if (value.is_object()) {
        std::string text = "{";
        for (auto it = value.begin(); it != value.end(); ++it)
            text += fmt::format("{}{}:{}", text.size() == 1 ? "" : ",", python_json(it.key()), python_json(*it));
        return text + "}";
    }
    if (value.is_array()) {
        std::string text = "[";
        for (const Json& item : value) text += (text.size() == 1 ? "" : ",") + python_json(item);
        return text + "]";
    }
    if (value.is_number_float()) {
        const auto number = value.get<double>();
        if (std::isnan(number)) return "NaN";
        if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
        const std::string text = shortest_number(number);
        return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
    }
    return value.dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::string python_repr(std::string_view text) {
    const char quote = text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos ? '"' : '\'';
    std::string shown(1, quote);
    for (const char c : text) {
        switch (c) {
            case '\\': shown += "\\\\"; break;
            case '\n': shown += "\\n"; break;
            case '\r': shown += "\\r"; break;
            case '\t': shown += "\\t"; break;
            default:
                if (c == quote) shown += '\\';
                if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
                    shown += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
                } else {
                    shown += c;
                }
        }
    }
    return shown + quote;
}

}  // namespace assay::mlflow
