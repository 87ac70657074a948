#include "api/header_gate.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace assay {

namespace {

constexpr std::array<std::string_view, 7> known_methods = {"GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS"};

/// Fields of which a second one would make the request mean two things.
constexpr std::array<std::string_view, 16> single_fields = {
    "host",         "content-length", "transfer-encoding", "content-type", "content-encoding", "content-range",     "authorization",
    "expect",       "range",          "if-range",          "origin",       "idempotency-key",  "assay-environment", "assay-consumer",
    "x-request-id", "user-agent"};

/// Fields that CGI-like environments use for facts of the connection; from a client they
/// could only be a forgery.
constexpr std::array<std::string_view, 3> forged_prefixes = {"remote_", "local_", "x-accel-"};

std::unexpected<Error> refuse(std::string code, std::string message) {
    return fail(ErrorKind::invalid, std::move(code), std::move(message));
}

bool is_token_character(char c) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
    return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// No control character but TAB; bytes from 0x80 are left to those who read the value.
bool is_field_value(std::string_view value) {
    return std::ranges::all_of(value, [](char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); });
}

/// CR, LF or NUL hidden behind percent signs: harmless here, a header injection for whoever decodes the value.
bool hides_line_end(std::string_view value) {
    for (std::size_t at = value.find('%'); at != std::string_view::npos; at = value.find('%', at + 1)) {
        const std::string_view digits = value.substr(at + 1, 2);
        if (digits == "00" || equals_ignoring_case(digits, "0a") || equals_ignoring_case(digits, "0d")) return true;
    }
    return false;
}

std::string_view trim_blanks(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool has_list_member(std::string_view list, std::string_view wanted) {
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        if (equals_ignoring_case(trim_blanks(list.substr(0, comma)), wanted)) return true;
        if (comma == std::string_view::npos) return false;
        list.remove_prefix(comma + 1);
    }
    return false;
}

Result<void> read_target(std::string_view target, RequestHead& head) {
    const bool visible = std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!visible || target.find('#') != std::string_view::npos) {
        return refuse("invalid-target", "the request target holds a character that must be percent-encoded");
    }
    if (target == "*" && head.method == "OPTIONS") {
        head.target = "*";
        return {};
    }
    const std::size_t scheme = target.find("://");
    if (!target.starts_with('/') && scheme != std::string_view::npos) {
        const std::string_view name = target.substr(0, scheme);
        if (!equals_ignoring_case(name, "http") && !equals_ignoring_case(name, "https")) {
            return refuse("invalid-target", "the request target is for another scheme than http");
        }
        target.remove_prefix(scheme + 3);
        const std::size_t path = std::min(target.find_first_of("/?"), target.size());
        head.authority = target.substr(0, path);
        if (head.authority.empty()) return refuse("invalid-target", "the request target names no host");
        head.target = target.substr(path);
        if (!head.target.starts_with('/')) head.target.insert(0, 1, '/');
        return {};
    }
    if (!target.starts_with('/')) return refuse("invalid-target", "the request target does not begin with '/'");
    head.target = target;
    return {};
}

Result<void> read_request_line(std::string_view line, const HeadLimits& limits, RequestHead& head) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last || !is_token(line.substr(0, first))) {
        return refuse("invalid-request-line", "the request line is not 'METHOD TARGET HTTP/1.1'");
    }
    head.method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view protocol = line.substr(last + 1);
    if (!protocol.starts_with("HTTP/")) return refuse("invalid-request-line", "the request line is not 'METHOD TARGET HTTP/1.1'");
    if (protocol != "HTTP/1.1" && protocol != "HTTP/1.0") {
        return refuse("http-version-not-supported", "this server speaks HTTP/1.1 and HTTP/1.0 only");
    }
    head.http_1_0 = protocol == "HTTP/1.0";
    if (std::ranges::find(known_methods, head.method) == known_methods.end()) {
        return refuse("method-not-implemented", "this server does not know the method " + printable(head.method, 20));
    }
    if (target.size() > limits.max_target_bytes) {
        return fail(ErrorKind::too_large, "target-too-long",
                    fmt::format("the request target is longer than {} bytes", limits.max_target_bytes));
    }
    return read_target(target, head);
}

Result<void> read_field(std::string_view line, RequestHead& head) {
    if (line.front() == ' ' || line.front() == '\t') return refuse("folded-header", "a header field is continued on a second line");
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return refuse("invalid-header", "a header line has no colon");
    const std::string_view name = line.substr(0, colon);
    if (!is_token(name)) return refuse("invalid-header", "the header name '" + printable(name, 60) + "' is not a token");
    const std::string_view value = trim_blanks(line.substr(colon + 1));
    if (!is_field_value(value) || hides_line_end(value)) {
        return refuse("invalid-header", "the value of the header " + std::string(name) + " holds a control character");
    }
    const std::string lower = to_lower_ascii(name);
    if (std::ranges::any_of(forged_prefixes, [&](std::string_view prefix) { return lower.starts_with(prefix); })) return {};
    if (std::ranges::find(single_fields, lower) != single_fields.end() && head.find(lower)) {
        return refuse("repeated-header", "the header " + std::string(name) + " is there more than once");
    }
    head.fields.emplace_back(name, value);
    return {};
}

Result<void> read_framing(RequestHead& head) {
    if (const auto length = head.find("Content-Length")) {
        const bool digits = !length->empty() && length->size() <= 18 && std::ranges::all_of(*length, is_digit);
        if (!digits) return refuse("invalid-content-length", "Content-Length is not a plain number of bytes");
        std::uint64_t value = 0;
        for (const char c : *length) value = value * 10 + static_cast<std::uint64_t>(c - '0');
        head.content_length = value;
    }
    if (const auto coding = head.find("Transfer-Encoding")) {
        if (head.content_length) return refuse("ambiguous-framing", "Content-Length and Transfer-Encoding exclude each other");
        if (head.http_1_0 || !equals_ignoring_case(*coding, "chunked")) {
            return refuse("invalid-transfer-encoding", "the only Transfer-Encoding this server takes is 'chunked', in HTTP/1.1");
        }
        head.chunked = true;
    }
    const auto coding = head.find("Content-Encoding");
    if (coding && !equals_ignoring_case(*coding, "identity")) {
        return refuse("unsupported-content-encoding", "request bodies must be sent without Content-Encoding");
    }
    // MLflow's clients send DELETE with a JSON body, so DELETE is left to the route; these never have one.
    const bool bodiless = head.method == "GET" || head.method == "HEAD" || head.method == "OPTIONS";
    if (bodiless && head.has_body()) return refuse("body-not-allowed", "a " + head.method + " request has no body");
    return {};
}

Result<void> read_connection(RequestHead& head) {
    bool close = false;
    bool keep = false;
    for (const auto& [name, value] : head.fields) {
        if (!equals_ignoring_case(name, "Connection")) continue;
        close = close || has_list_member(value, "close");
        keep = keep || has_list_member(value, "keep-alive");
    }
    head.keep_alive = !close && (keep || !head.http_1_0);
    const auto expectation = head.find("Expect");
    if (expectation && !head.http_1_0) {
        if (!equals_ignoring_case(*expectation, "100-continue")) {
            return refuse("expectation-failed", "the only expectation this server meets is '100-continue'");
        }
        head.expects_continue = true;
    }
    return {};
}

}  // namespace

bool is_token(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_token_character); }

HeadScan::State HeadScan::advance(std::string_view bytes) {
    while (position_ < bytes.size()) {
        const std::size_t end = bytes.find('\n', position_);
        if (end == std::string_view::npos) {
            position_ = bytes.size();
            break;
        }
        if (end == 0 || bytes[end - 1] != '\r') return State::malformed;
        const bool empty_line = end - 1 == line_start_;
        position_ = line_start_ = end + 1;
        if (empty_line) {
            length = end + 1;
            return State::complete;
        }
    }
    return State::incomplete;
}

std::optional<std::string_view> RequestHead::find(std::string_view name) const {
    const auto it = std::ranges::find_if(fields, [&](const auto& field) { return equals_ignoring_case(field.first, name); });
    if (it == fields.end()) return std::nullopt;
    return it->second;
}

Result<RequestHead> check_head(std::string_view bytes, const HeadLimits& limits) {
    if (bytes.size() > limits.max_bytes) {
        return fail(ErrorKind::too_large, "header-too-large",
                    fmt::format("the request's header is longer than {} bytes", limits.max_bytes));
    }
    RequestHead head;
    bool first = true;
    std::size_t count = 0;
    while (true) {
        const std::size_t end = bytes.find("\r\n");
        if (end == std::string_view::npos) return refuse("invalid-request-line", "the header does not end with an empty line");
        const std::string_view line = bytes.substr(0, end);
        bytes.remove_prefix(end + 2);
        if (first) {
            TRY(read_request_line(line, limits, head));
            first = false;
            continue;
        }
        if (line.empty()) break;
        if (++count > limits.max_fields) {
            return fail(ErrorKind::too_large, "too-many-headers",
                        fmt::format("the request has more than {} header fields", limits.max_fields));
        }
        TRY(read_field(line, head));
    }
    if (!bytes.empty()) return refuse("invalid-header", "there are bytes behind the empty line");
    const auto host = head.find("Host");
    if (!host || host->empty()) return refuse("missing-host", "the request has no Host header");
    head.host = *host;
    if (head.authority.empty()) head.authority = *host;
    TRY(read_framing(head));
    TRY(read_connection(head));
    return head;
}

}  // namespace assay
