#include "api/http_server_head.hpp"

#include "base/text.hpp"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <cstring>

// The library reads heads and nothing else. Its I/O (a thread per connection, reads of 4 KiB, two sends per answer), its body
// readers and its response writer (compression behind our back, Content-Length in 204 and 304, "Keep-Alive: max=5") are replaced
// by http_server_*.cpp; its router of regular expressions by Router.

namespace assay {

namespace {

/// Not for the library: it would answer Expect by itself, run a recursive regular expression over Range, and
/// compress for Accept-Encoding.
constexpr std::array<std::string_view, 3> withheld = {"range", "expect", "accept-encoding"};

bool is_withheld(std::string_view name) {
    return std::ranges::any_of(withheld, [&](std::string_view other) { return equals_ignoring_case(name, other); });
}

/// The head as the library gets it. It percent-decodes header values, so that a "%" is escaped and comes back as it was sent.
std::string rendered(const RequestHead& head) {
    std::string text = head.method + " " + head.target + (head.http_1_0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
    for (const auto& [name, value] : head.fields) {
        if (is_withheld(name)) continue;
        text += name + ": ";
        for (const char c : value) {
            if (c == '%')
                text += "%25";
            else
                text += c;
        }
        text += "\r\n";
    }
    return text += "\r\n";
}

/// Gives the library the head and lets what it would answer vanish.
class HeadStream final : public httplib::Stream {
public:
    explicit HeadStream(std::string_view rest) : rest_(rest) {}

    bool is_readable() const override { return !rest_.empty(); }
    bool is_writable() const override { return true; }
    ssize_t read(char* buffer, size_t size) override {
        const std::size_t count = std::min(size, rest_.size());
        std::memcpy(buffer, rest_.data(), count);
        rest_.remove_prefix(count);
        return static_cast<ssize_t>(count);
    }
    ssize_t write(const char*, size_t size) override { return static_cast<ssize_t>(size); }
    void get_remote_ip_and_port(std::string&, int&) const override {}
    void get_local_ip_and_port(std::string&, int&) const override {}
    socket_t socket() const override { return 0; }

private:
    std::string_view rest_;
};

}  // namespace

class HeadParser::Library final : public httplib::Server {
public:
    std::optional<httplib::Request> parse(const std::string& text) {
        HeadStream stream(text);
        bool closed = false;
        std::optional<httplib::Request> parsed;
        // The only moment between parsing and routing: take the request and leave an empty one, for which the library has no route.
        process_request(stream, true, closed, [&parsed](httplib::Request& request) { parsed = std::move(request); });
        return parsed;
    }
};

HeadParser::HeadParser() : library_(std::make_unique<Library>()) {}
HeadParser::~HeadParser() = default;

Result<Request> HeadParser::parse(const RequestHead& head) const {
    auto parsed = library_->parse(rendered(head));
    if (!parsed) return fail(ErrorKind::too_large, "header-too-large", "a header field of the request is too long");
    Request request;
    request.target = parsed->target;
    request.method = parse_method(parsed->method).value_or(Method::get);
    // The fields are the gate's: the library drops those without a value and adds REMOTE_ADDR and its kin.
    for (const auto& [name, value] : head.fields) request.headers.add(name, value);
    request.content_length = head.content_length;
    return request;
}

}  // namespace assay
