// Load for an HTTP server: connections that are kept alive, each with one request under way, all from one thread, so that little of a core
// is taken from the server beside it. The requests are made beforehand: a file of "<length>\n<bytes>", one after the other.
//
//   build/release/http_load PORT REQUESTS CONNECTIONS [--seconds S] [--cycle] [--patience S] [--bodies FILE]
//
// Without --seconds until the file is at its end; with it no request begins later, and those under way are waited for (at most --patience,
// 200 s). --cycle begins the file again. --bodies keeps every answer as "<number of the request> <status> <length>\n<bytes>". Prints one
// line of JSON: `per_s` counts the answers of 2xx that came before the time was up, latencies those of 2xx whenever they came.
#include <fmt/format.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point from, Clock::time_point to) { return std::chrono::duration<double>(to - from).count(); }

struct Options {
    std::uint16_t port = 0;
    std::string requests;
    std::size_t connections = 1;
    double seconds = 0;  ///< 0: until the requests are at their end
    bool cycle = false;
    double patience = 200;
    std::string bodies;
};

template <class Number>
std::optional<Number> number_of(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<Options> options_of(const std::vector<std::string_view>& words) {
    Options options;
    std::vector<std::string_view> plain;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--cycle") {
            options.cycle = true;
        } else if (words[i].starts_with("--")) {
            if (i + 1 == words.size()) return std::nullopt;
            const std::string_view value = words[i + 1];
            if (words[i] == "--bodies") {
                options.bodies = value;
            } else if (words[i] == "--seconds" || words[i] == "--patience") {
                const auto number = number_of<double>(value);
                if (!number) return std::nullopt;
                (words[i] == "--seconds" ? options.seconds : options.patience) = *number;
            } else {
                return std::nullopt;
            }
            ++i;
        } else {
            plain.push_back(words[i]);
        }
    }
    if (plain.size() != 3) return std::nullopt;
    const auto port = number_of<std::uint16_t>(plain[0]);
    const auto connections = number_of<std::size_t>(plain[2]);
    if (!port || !connections || *connections == 0 || (options.cycle && options.seconds == 0)) return std::nullopt;
    options.port = *port;
    options.requests = plain[1];
    options.connections = *connections;
    return options;
}

/// The requests in a file's bytes; empty where these are something else.
std::vector<std::string_view> requests_in(std::string_view bytes) {
    std::vector<std::string_view> requests;
    while (!bytes.empty()) {
        const std::size_t line = bytes.find('\n');
        if (line == std::string_view::npos) return {};
        const auto length = number_of<std::size_t>(bytes.substr(0, line));
        if (!length || *length > bytes.size() - line - 1) return {};
        requests.push_back(bytes.substr(line + 1, *length));
        bytes.remove_prefix(line + 1 + *length);
    }
    return requests;
}

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
    return std::ranges::equal(text, lower, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

/// What an answer's head says.
struct Head {
    int status = 0;
    std::size_t size = 0;                ///< with the empty line
    std::optional<std::size_t> length;
    bool chunked = false;
    bool closes = false;
};

std::optional<Head> head_of(std::string_view received) {
    const std::size_t end = received.find("\r\n\r\n");
    if (end == std::string_view::npos || received.size() < 12) return std::nullopt;
    Head head{.status = number_of<int>(received.substr(9, 3)).value_or(0), .size = end + 4, .length = {}};
    std::string_view lines = received.substr(0, end + 2);
    lines.remove_prefix(lines.find("\r\n") + 2);
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find("\r\n"));
        lines.remove_prefix(line.size() + 2);
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const std::string_view name = line.substr(0, colon);
        const std::string_view value = line.substr(std::min(line.find_first_not_of(" \t", colon + 1), line.size()));
        if (equal_ignoring_case(name, "content-length")) head.length = number_of<std::size_t>(value);
        if (equal_ignoring_case(name, "transfer-encoding")) head.chunked = equal_ignoring_case(value, "chunked");
        if (equal_ignoring_case(name, "connection")) head.closes = equal_ignoring_case(value, "close");
    }
    return head;
}

/// Where a body in chunks ends; absent while it has not come whole.
std::optional<std::size_t> end_of_chunks(std::string_view body) {
    for (std::size_t at = 0;;) {
        const std::size_t line = body.find("\r\n", at);
        if (line == std::string_view::npos) return std::nullopt;
        std::size_t size = 0;
        std::from_chars(body.data() + at, body.data() + line, size, 16);
        at = line + 2 + size + 2;
        if (at > body.size()) return std::nullopt;
        if (size == 0) return at;
    }
}

struct Connection {
    int socket = -1;
    std::size_t number = 0;    ///< of the request under way
    std::string_view unsent;
    bool busy = false;
    bool waits_to_send = false;
    std::string received;
    std::optional<Head> head;
    Clock::time_point began;
};

class Load {
public:
    Load(const Options& options, const std::vector<std::string_view>& requests) : options_(options), requests_(requests) {
        if (!options.bodies.empty()) bodies_.open(options.bodies, std::ios::binary);
    }

    bool run() {
        epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
        connections_.resize(options_.connections);
        for (std::size_t i = 0; i < connections_.size(); ++i) {
            if (!open(i)) return false;
        }
        began_ = Clock::now();
        for (std::size_t i = 0; i < connections_.size(); ++i) begin(i);
        std::vector<epoll_event> events(connections_.size());
        while (busy_ > 0) {
            const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
            for (int i = 0; i < count; ++i) {
                const std::size_t index = events[static_cast<std::size_t>(i)].data.u64;
                if (connections_[index].waits_to_send) send_more(index);
                if ((events[static_cast<std::size_t>(i)].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0U) receive_more(index);
            }
            give_up_on_the_late();
        }
        return true;
    }

    void print() {
        std::ranges::sort(latencies_);
        const double window = over() ? options_.seconds : seconds_between(began_, last_);
        std::string outcomes;
        for (const auto& [outcome, count] : outcomes_)
            outcomes += fmt::format("{}\"{}\": {}", outcomes.empty() ? "" : ", ", outcome, count);
        fmt::print(
            "{{\"connections\": {}, \"requests\": {}, \"ok\": {}, \"failed\": {}, \"outcomes\": {{{}}}, \"seconds\": {:.4f}, \"per_s\": "
            "{:.2f}, "
            "\"p50_ms\": {:.4f}, \"p99_ms\": {:.4f}, \"max_ms\": {:.4f}, \"bytes\": {}}}\n",
            options_.connections, answered_, latencies_.size(), answered_ - latencies_.size(), outcomes, seconds_between(began_, last_),
            window > 0 ? static_cast<double>(in_time_) / window : 0.0, share(0.5), share(0.99), share(1.0), bytes_);
    }

private:
    bool open(std::size_t index) {
        Connection& connection = connections_[index];
        connection.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(options_.port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(connection.socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            fmt::print(stderr, "error: cannot connect to port {}: {}\n", options_.port, std::strerror(errno));
            return false;
        }
        const int on = 1;
        ::setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        connection.waits_to_send = false;
        watch(index, EPOLL_CTL_ADD);
        return true;
    }

    void watch(std::size_t index, int operation) {
        epoll_event event{};
        event.events = EPOLLIN | (connections_[index].waits_to_send ? EPOLLOUT : 0U);
        event.data.u64 = index;
        ::epoll_ctl(epoll_, operation, connections_[index].socket, &event);
    }

    bool over() const { return options_.seconds > 0 && seconds_between(began_, Clock::now()) >= options_.seconds; }

    void begin(std::size_t index) {
        Connection& connection = connections_[index];
        if (over()) return;
        if (next_ == requests_.size()) {
            if (!options_.cycle) return;
            next_ = 0;
        }
        connection.number = next_++;
        connection.unsent = requests_[connection.number];
        connection.received.clear();
        connection.head.reset();
        connection.busy = true;
        ++busy_;
        connection.began = Clock::now();
        send_more(index);
    }

    void send_more(std::size_t index) {
        Connection& connection = connections_[index];
        while (!connection.unsent.empty()) {
            const ssize_t sent = ::send(connection.socket, connection.unsent.data(), connection.unsent.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent < 0) break;  // a connection that is broken says so when it is read from
            connection.unsent.remove_prefix(static_cast<std::size_t>(sent));
        }
        if (connection.waits_to_send == !connection.unsent.empty()) return;
        connection.waits_to_send = !connection.unsent.empty();
        watch(index, EPOLL_CTL_MOD);
    }

    void receive_more(std::size_t index) {
        Connection& connection = connections_[index];
        const ssize_t count = ::recv(connection.socket, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (count <= 0) {
            if (connection.busy) end(index, "closed", false);
            reopen(index);
            return;
        }
        if (!connection.busy) return;
        connection.received.append(buffer_.data(), static_cast<std::size_t>(count));
        if (!connection.head) connection.head = head_of(connection.received);
        if (!connection.head) return;
        const Head& head = *connection.head;
        const std::string_view body = std::string_view(connection.received).substr(head.size);
        const auto length = head.chunked ? end_of_chunks(body) : head.length.value_or(0);
        if (!length || body.size() < *length) return;
        bytes_ += *length;
        if (bodies_.is_open()) bodies_ << connection.number << ' ' << head.status << ' ' << *length << '\n' << body.substr(0, *length);
        const bool closes = head.closes;
        end(index, std::to_string(head.status), head.status / 100 == 2);
        if (closes) {
            reopen(index);
        } else {
            begin(index);
        }
    }

    void end(std::size_t index, const std::string& outcome, bool good) {
        Connection& connection = connections_[index];
        last_ = Clock::now();
        connection.busy = false;
        --busy_;
        ++answered_;
        ++outcomes_[outcome];
        if (!good) return;
        latencies_.push_back(seconds_between(connection.began, last_) * 1000);
        if (options_.seconds == 0 || seconds_between(began_, last_) < options_.seconds) ++in_time_;
    }

    void reopen(std::size_t index) {
        ::close(connections_[index].socket);
        if (!over() && open(index)) {
            begin(index);
        } else {
            connections_[index].socket = -1;
        }
    }

    void give_up_on_the_late() {
        const Clock::time_point now = Clock::now();
        for (std::size_t i = 0; i < connections_.size(); ++i) {
            if (!connections_[i].busy || seconds_between(connections_[i].began, now) < options_.patience) continue;
            end(i, "no answer", false);
            reopen(i);
        }
    }

    double share(double part) const {
        if (latencies_.empty()) return 0;
        return latencies_[std::min(latencies_.size() - 1, static_cast<std::size_t>(part * static_cast<double>(latencies_.size())))];
    }

    Options options_;
    const std::vector<std::string_view>& requests_;
    std::vector<Connection> connections_;
    std::vector<char> buffer_ = std::vector<char>(std::size_t{1} << 18U);
    std::ofstream bodies_;
    int epoll_ = -1;
    std::size_t next_ = 0;
    std::size_t busy_ = 0;
    std::size_t answered_ = 0;
    std::size_t in_time_ = 0;
    std::size_t bytes_ = 0;
    std::map<std::string, std::size_t> outcomes_;
    std::vector<double> latencies_;  ///< milliseconds
    Clock::time_point began_, last_;
};

}  // namespace

int main(int argc, char** argv) {
    const auto options = options_of({argv + 1, argv + argc});
    if (!options) {
        fmt::print(stderr, "usage: http_load PORT REQUESTS CONNECTIONS [--seconds S] [--cycle] [--patience S] [--bodies FILE]\n");
        return 2;
    }
    std::ifstream file(options->requests, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const auto requests = requests_in(bytes);
    if (requests.empty()) {
        fmt::print(stderr, "error: {} holds no requests\n", options->requests);
        return 1;
    }
    Load load(*options, requests);
    if (!load.run()) return 1;
    load.print();
    return 0;
}
