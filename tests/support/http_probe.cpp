#include "tests/support/http_probe.hpp"

#include "base/text.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace assay::test {

namespace {
constexpr int patience_ms = 30'000;
}

std::optional<std::string> HttpProbe::Answer::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (equals_ignoring_case(key, name)) return value;
    }
    return std::nullopt;
}

HttpProbe::HttpProbe(int port, const std::string& address) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    ::inet_pton(AF_INET, address.c_str(), &to.sin_addr);
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) FAIL("cannot connect: " << std::strerror(errno));
}

HttpProbe::~HttpProbe() {
    if (fd_ >= 0) ::close(fd_);
}

HttpProbe::HttpProbe(HttpProbe&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), input_(std::move(other.input_)), reset_(other.reset_) {}

bool HttpProbe::send(std::string_view bytes) {
    while (!bytes.empty()) {
        pollfd entry{fd_, POLLOUT, 0};
        if (::poll(&entry, 1, patience_ms) == 0) FAIL("the server takes no more bytes");
        const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (count < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

bool HttpProbe::request(std::string_view method, std::string_view target, std::string_view headers, std::string_view body) {
    std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers);
    if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return send(text + "\r\n" + std::string(body));
}

bool HttpProbe::fill() {
    std::array<char, 65536> buffer;
    while (true) {
        pollfd entry{fd_, POLLIN, 0};
        if (::poll(&entry, 1, patience_ms) == 0) FAIL("the server does not answer");
        const ssize_t count = ::recv(fd_, buffer.data(), buffer.size(), 0);
        if (count > 0) {
            input_.append(buffer.data(), static_cast<std::size_t>(count));
            return true;
        }
        if (count < 0 && errno == EINTR) continue;
        reset_ = count < 0;
        return false;
    }
}

HttpProbe::Answer HttpProbe::answer(bool head_only) {
    while (input_.find("\r\n\r\n") == std::string::npos) {
        if (!fill()) FAIL("the server closed the connection without an answer; received: " << printable(input_, 200));
    }
    const std::string head = input_.substr(0, input_.find("\r\n\r\n") + 2);
    input_.erase(0, head.size() + 2);
    Answer answer;
    for (const std::string& line : split(head, '\n')) {
        const std::string_view text = trim(line);
        if (text.empty()) continue;
        if (text.starts_with("HTTP/1.1 ")) {
            answer.status = static_cast<int>(parse_integer(text.substr(9, 3)).value_or(0));
            continue;
        }
        const std::size_t colon = text.find(": ");
        if (colon == std::string_view::npos) FAIL("not a header line: " << text);
        answer.headers.emplace_back(text.substr(0, colon), text.substr(colon + 2));
    }
    const bool bodiless = head_only || answer.status < 200 || answer.status == 204 || answer.status == 304;
    if (bodiless) return answer;
    const auto length = parse_integer(answer.header("Content-Length").value_or("none"));
    if (!length) FAIL("the answer has no Content-Length: " << head);
    while (input_.size() < static_cast<std::size_t>(*length)) {
        if (!fill()) FAIL("the answer is cut short");
    }
    answer.body = input_.substr(0, static_cast<std::size_t>(*length));
    input_.erase(0, answer.body.size());
    return answer;
}

HttpProbe::Answer HttpProbe::ask(std::string_view method, std::string_view target, std::string_view headers, std::string_view body) {
    request(method, target, headers, body);
    return answer(method == "HEAD");
}

HttpProbe::Answer HttpProbe::ask_raw(std::string_view bytes) {
    send(bytes);
    return answer();
}

std::pair<std::string, bool> HttpProbe::rest() {
    while (fill()) {
    }
    return {std::exchange(input_, {}), !reset_};
}

bool HttpProbe::is_closed() { return rest().first.empty(); }

bool HttpProbe::has_input() const {
    pollfd entry{fd_, POLLIN, 0};
    return ::poll(&entry, 1, 0) > 0;
}

bool HttpProbe::wait_for_input(const HttpProbe& other) const {
    std::array<pollfd, 2> entries = {pollfd{fd_, POLLIN, 0}, pollfd{other.fd_, POLLIN, 0}};
    if (::poll(entries.data(), entries.size(), patience_ms) <= 0) FAIL("the server answers neither");
    return (entries[0].revents & POLLIN) != 0;
}

void HttpProbe::finish_sending() { ::shutdown(fd_, SHUT_WR); }

}  // namespace assay::test
