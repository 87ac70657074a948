#include "api/http_server_response.hpp"

#include "api/errors.hpp"
#include "api/header_gate.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace assay {

namespace {

/// The server's own: a handler's are not taken over.
constexpr std::array<std::string_view, 6> framing = {"content-length", "transfer-encoding", "connection", "keep-alive",
                                                     "date",           "x-request-id"};

/// RFC 9110 §5.6.7, made once a second.
const std::string& date() {
    thread_local std::time_t made_for = -1;
    thread_local std::string text;
    const std::time_t now = std::time(nullptr);
    if (now != made_for) {
        static constexpr std::array<const char*, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
        static constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        std::tm utc{};
        (void)::gmtime_r(&now, &utc);  // fails beyond the year 2^31 only
        text = fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", days[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                           months[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
        made_for = now;
    }
    return text;
}

bool is_safe_value(std::string_view value) {
    return std::ranges::none_of(value, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

}  // namespace

bool is_bodiless(int status) { return status == 204 || status == 304 || (status >= 100 && status < 200); }

std::uint64_t body_size(const Response& response) { return response.stream ? response.stream->size() : response.body.size(); }

Result<std::string> render_head(const Response& response, const ResponseFrame& frame) {
    if (response.status < 200 || response.status > 599) {
        return fail(ErrorKind::internal, "invalid-response", fmt::format("a handler answered with status {}", response.status));
    }
    std::string head = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\nX-Request-Id: {}\r\nX-Content-Type-Options: nosniff\r\n", response.status,
                                   reason_phrase(response.status), date(), frame.request_id);
    std::optional<std::string> own_length;
    for (const auto& [name, value] : response.headers.all()) {
        if (!is_token(name) || !is_safe_value(value)) {
            return fail(ErrorKind::internal, "invalid-response", "the response header '" + printable(name, 60) + "' is malformed");
        }
        const std::string lower = to_lower_ascii(name);
        if (lower == "content-length") own_length = value;
        if (std::ranges::find(framing, lower) != framing.end()) continue;
        head += name + ": " + value + "\r\n";
    }
    if (!is_bodiless(response.status)) {
        // A HEAD route of its own says how long the body would be without making one.
        const bool announced = frame.head_only && own_length && body_size(response) == 0;
        head += "Content-Length: " + (announced ? *own_length : std::to_string(body_size(response))) + "\r\n";
    }
    if (!frame.keep_alive)
        head += "Connection: close\r\n";
    else if (frame.http_1_0)
        head += "Connection: keep-alive\r\n";
    return head += "\r\n";
}

}  // namespace assay
