#include "api/http_server_io.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

namespace assay::test {

namespace {

using namespace std::chrono_literals;

SteadyTime now() { return std::chrono::steady_clock::now(); }

/// Two ends of one connection.
struct Ends {
    std::array<int, 2> fd{-1, -1};
    Ends() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd.data()) == 0); }
    ~Ends() {
        for (const int one : fd) {
            if (one >= 0) ::close(one);
        }
    }
    Ends(const Ends&) = delete;
    Ends& operator=(const Ends&) = delete;
    void close_other() {
        ::close(fd[1]);
        fd[1] = -1;
    }
};

IoResult send_text(int fd, std::string text, bool more = false) {
    const iovec part{text.data(), text.size()};
    return send_now(fd, std::span(&part, 1), more);
}

std::string receive_all(int fd) {
    std::string text;
    std::array<char, 65536> buffer{};
    for (;;) {
        const IoResult result = receive_now(fd, buffer);
        if (result.state == IoState::would_block) {
            if (wait_for(fd, POLLIN, now() + 30s) != IoState::done) return text + " (timed out)";
            continue;
        }
        if (result.state != IoState::done) return text;
        text.append(buffer.data(), result.bytes);
    }
}

}  // namespace

TEST_CASE("receiving never waits, and tells nothing yet from the end") {
    Ends ends;
    std::array<char, 3> buffer{};
    CHECK(receive_now(ends.fd[0], buffer).state == IoState::would_block);
    CHECK(send_text(ends.fd[1], "abcd").bytes == 4);
    for (const std::size_t count : {3U, 1U}) {
        const IoResult result = receive_now(ends.fd[0], buffer);
        CHECK(result.state == IoState::done);
        CHECK(result.bytes == count);
    }
    ends.close_other();
    CHECK(receive_now(ends.fd[0], buffer).state == IoState::closed);
}

TEST_CASE("several parts are sent as one, and nobody's leaving raises a signal") {
    Ends ends;
    std::string head = "head ";
    std::string body = "body";
    const std::array<iovec, 2> parts{iovec{head.data(), head.size()}, iovec{body.data(), body.size()}};
    CHECK(send_now(ends.fd[0], parts, false).bytes == 9);
    std::array<char, 100> buffer{};
    const IoResult received = receive_now(ends.fd[1], buffer);
    CHECK(std::string(buffer.data(), received.bytes) == "head body");
    ends.close_other();
    CHECK(send_text(ends.fd[0], "x").state == IoState::broken);
    CHECK(receive_now(-1, buffer).state == IoState::broken);
}

TEST_CASE("a full socket says so instead of waiting") {
    Ends ends;
    IoResult result;
    for (int i = 0; i < 10'000 && result.state == IoState::done; ++i) result = send_text(ends.fd[0], std::string(65536, 'x'));
    CHECK(result.state == IoState::would_block);
}

TEST_CASE("waiting ends with what was waited for or with the deadline, also one that has passed") {
    Ends ends;
    CHECK(wait_for(ends.fd[0], POLLIN, now()) == IoState::timed_out);
    CHECK(wait_for(ends.fd[0], POLLIN, now() - 1h) == IoState::timed_out);
    CHECK(wait_for(ends.fd[0], POLLOUT, now() + 30s) == IoState::done);
    (void)send_text(ends.fd[1], "x");
    CHECK(wait_for(ends.fd[0], POLLIN, now() + 30s) == IoState::done);
}

TEST_CASE("a pace allows its grace and then so many bytes a second") {
    const SteadyTime began = now();
    const Pace pace{10s, 1024};
    CHECK(pace.deadline(began, 0) == began + 10s);
    CHECK(pace.deadline(began, 1024) == began + 11s);
    CHECK(pace.deadline(began, 100 * 1024) == began + 110s);
    CHECK(pace.deadline(began, std::uint64_t{1} << 40U) > began + 24h);
}

TEST_CASE("a sender waits for a client that reads late, and gives up on one that does not read") {
    const std::string bytes(4U << 20U, 'b');
    {
        Ends ends;
        std::string received;
        std::thread reader([&] { received = receive_all(ends.fd[1]); });
        Sender sender(ends.fd[0], {60s, 1}, 60s);
        CHECK(sender.send(std::as_bytes(std::span(bytes)), false) == IoState::done);
        ::shutdown(ends.fd[0], SHUT_WR);
        reader.join();
        CHECK(received == bytes);
    }
    Ends ends;
    CHECK(Sender(ends.fd[0], {60s, 1}, 0ms).send(std::as_bytes(std::span(bytes)), false) == IoState::timed_out);
    ends.close_other();
    CHECK(Sender(ends.fd[0], {60s, 1}, 60s).send(std::as_bytes(std::span(bytes)), false) == IoState::broken);
}

}  // namespace assay::test
