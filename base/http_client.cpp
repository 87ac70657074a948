#include "base/http_client.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <csignal>

namespace assay {

namespace {

constexpr std::size_t max_body_bytes = std::size_t{64} << 20U;   // of a response held in memory
constexpr std::size_t upload_piece_bytes = std::size_t{512} << 10U;
constexpr std::size_t receive_piece_bytes = std::size_t{256} << 10U;
constexpr std::chrono::seconds connect_timeout{10};
constexpr std::chrono::seconds transfer_timeout{300};  // without a byte; the server may be syncing gigabytes before it answers

bool is_clean(std::string_view text) {
    return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

HttpResponse head_of(const httplib::Response& response) {
    HttpResponse head;
    head.status = response.status;
    for (const auto& [name, value] : response.headers) head.headers.emplace_back(name, value);
    return head;
}

/// Collects the small pieces that the library reads into large ones, so that hashing and writing them is cheap.
class Receiver {
public:
    explicit Receiver(const HttpRequest& request) : request_(request) {}

    bool accept(const httplib::Response& response) {
        streams_ = request_.receive && response.status >= 200 && response.status < 300;
        if (!streams_ || !request_.begin) return true;
        auto begun = request_.begin(head_of(response));
        if (begun) return true;
        failure = std::move(begun).error();
        return false;
    }

    bool take(std::string_view piece) {
        if (streams_) {
            if (pending_.size() + piece.size() > receive_piece_bytes && !flush()) return false;
            pending_ += piece;
            return true;
        }
        if (body.size() + piece.size() > max_body_bytes) {
            failure =
                Error(ErrorKind::too_large, "response-too-large",
                      fmt::format("the response to {} {} is larger than {}", request_.method, request_.target, human_size(max_body_bytes)));
            return false;
        }
        body += piece;
        return true;
    }

    bool flush() {
        if (pending_.empty()) return true;
        auto taken = request_.receive(pending_);
        pending_.clear();
        if (taken) return true;
        failure = std::move(taken).error();
        return false;
    }

    std::string body;
    std::optional<Error> failure;

private:
    const HttpRequest& request_;
    bool streams_ = false;
    std::string pending_;
};

class LibraryClient final : public HttpClient {
public:
    LibraryClient(const std::string& host, int port, std::string url) : url_(std::move(url)), client_(host, port) {
        client_.set_keep_alive(true);
        client_.set_tcp_nodelay(true);
        client_.set_url_encode(false);  // targets arrive encoded; encoding them again would change them
        client_.set_follow_location(false);
        client_.set_decompress(false);
        client_.set_connection_timeout(connect_timeout);
        client_.set_read_timeout(transfer_timeout);
        client_.set_write_timeout(transfer_timeout);
    }

    Result<HttpResponse> send(const HttpRequest& request) override {
        httplib::Request raw;
        raw.method = request.method;
        raw.path = request.target;
        raw.body = request.body;
        if (!is_clean(request.target) || !is_clean(request.method)) return fail(unsendable("the target holds a control character"));
        for (const auto& [name, value] : request.headers) {
            if (!is_clean(name) || !is_clean(value))
                return fail(unsendable("the header " + printable(name, 100) + " holds a control character"));
            raw.headers.emplace(name, value);
        }
        raw.headers.emplace("Accept-Encoding", "identity");

        std::optional<Error> source_failure;
        std::vector<std::byte> piece;
        if (request.upload != nullptr) {
            piece.resize(upload_piece_bytes);
            raw.content_length_ = request.upload_size;
            raw.content_provider_ = [&](std::size_t offset, std::size_t left, httplib::DataSink& sink) {
                const std::size_t wanted = std::min(left, piece.size());
                auto count = request.upload->read(std::span(piece).first(wanted));
                if (!count) {
                    source_failure = std::move(count).error();
                    return false;
                }
                if (*count == 0) {
                    source_failure = Error(ErrorKind::integrity, "source-too-short",
                                           fmt::format("the source of an upload ended after {} of {} bytes", offset, request.upload_size));
                    return false;
                }
                return sink.write(reinterpret_cast<const char*>(piece.data()), *count);
            };
        }
        Receiver receiver(request);
        raw.response_handler = [&](const httplib::Response& response) { return receiver.accept(response); };
        raw.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
            return receiver.take({data, size});
        };

        httplib::Response answer;
        httplib::Error error = httplib::Error::Success;
        const bool sent = client_.send(raw, answer, error);
        if (source_failure) return fail(*std::move(source_failure));
        if (receiver.failure) return fail(*std::move(receiver.failure));
        if (!sent) return fail(broken(error));
        if (!receiver.flush()) return fail(*std::move(receiver.failure));

        HttpResponse response = head_of(answer);
        response.body = std::move(receiver.body);
        return response;
    }

private:
    static Error unsendable(std::string message) { return Error(ErrorKind::invalid, "invalid-request", std::move(message)); }

    Error broken(httplib::Error error) const {
        switch (error) {
            case httplib::Error::Connection:
            case httplib::Error::ConnectionTimeout:
                return Error(ErrorKind::network, "connection-failed", "there is no answer at " + url_)
                    .with_because(error == httplib::Error::Connection ? "the connection was refused or the host is not known"
                                                                      : "connecting took too long")
                    .with_fix("start a server with 'assay serve', or name another one with --url or ASSAY_URL");
            default:
                return Error(ErrorKind::network, "connection-lost", "the connection to " + url_ + " broke")
                    .with_because(error == httplib::Error::Write ? "it closed while the request was being sent"
                                                                 : "it closed or fell silent before the answer was complete");
        }
    }

    std::string url_;
    httplib::Client client_;
};

Error not_a_url(std::string_view url, std::string because) {
    return Error(ErrorKind::invalid, "invalid-url", "'" + printable(url, 200) + "' is not the URL of a server")
        .with_because(std::move(because))
        .with_fix("write it as http://HOST:PORT, for example http://127.0.0.1:8080");
}

}  // namespace

std::optional<std::string> HttpResponse::header(std::string_view name) const {
    const auto it = std::ranges::find_if(headers, [&](const auto& field) { return equals_ignoring_case(field.first, name); });
    if (it == headers.end()) return std::nullopt;
    return it->second;
}

Result<std::unique_ptr<HttpClient>> make_http_client(std::string_view base_url) {
    constexpr std::string_view scheme = "http://";
    std::string_view rest = base_url;
    if (!rest.starts_with(scheme)) return fail(not_a_url(base_url, "it does not begin with http://"));
    rest.remove_prefix(scheme.size());
    if (rest.ends_with('/')) rest.remove_suffix(1);
    if (rest.find('@') != std::string_view::npos) return fail(not_a_url(base_url, "it holds '@': credentials do not belong into a URL"));
    if (rest.find_first_of("/?#") != std::string_view::npos) return fail(not_a_url(base_url, "something follows the host and port"));

    std::string_view host = rest;
    std::string_view port_text = "80";
    if (rest.starts_with('[')) {  // an IPv6 address
        const std::size_t close = rest.find(']');
        if (close == std::string_view::npos) return fail(not_a_url(base_url, "the '[' has no ']'"));
        host = rest.substr(1, close - 1);
        const std::string_view tail = rest.substr(close + 1);
        if (tail.starts_with(':'))
            port_text = tail.substr(1);
        else if (!tail.empty())
            return fail(not_a_url(base_url, "something follows the address"));
    } else if (const std::size_t colon = rest.find(':'); colon != std::string_view::npos) {
        host = rest.substr(0, colon);
        port_text = rest.substr(colon + 1);
    }
    const bool host_is_sane = !host.empty() && std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == ':';
    });
    if (!host_is_sane) return fail(not_a_url(base_url, "it names no host"));
    const auto port = parse_integer(port_text);
    if (!port || *port < 1 || *port > 65535) return fail(not_a_url(base_url, "the port is not a number from 1 to 65535"));

    // A connection that the server closes must be an error here, not the end of the process.
    (void)std::signal(SIGPIPE, SIG_IGN);
    std::string url(base_url.ends_with('/') ? base_url.substr(0, base_url.size() - 1) : base_url);
    return std::make_unique<LibraryClient>(std::string(host), static_cast<int>(*port), std::move(url));
}

}  // namespace assay
