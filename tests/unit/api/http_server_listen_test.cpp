#include "api/http_server_listen.hpp"

#include "tests/support/result.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <string>

namespace assay::test {

TEST_CASE("port 0 is a free port, and the socket does not block") {
    const Listener listener = must(listen_on("127.0.0.1", 0));
    CHECK(listener.port > 0);
    CHECK((::fcntl(listener.fd, F_GETFL) & O_NONBLOCK) != 0);
    const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(listener.port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(client);
    ::close(listener.fd);
}

TEST_CASE("a port that another socket has, and an address that is none, are refused in words") {
    const Listener listener = must(listen_on("127.0.0.1", 0));
    const Error taken = error_of(listen_on("127.0.0.1", listener.port));
    CHECK(taken.kind == ErrorKind::conflict);
    CHECK(taken.code == "address-in-use");
    CHECK(taken.message.find(std::to_string(listener.port)) != std::string::npos);
    ::close(listener.fd);
    for (const auto& [host, port] : {std::pair{"not an address", 0}, {"127.0.0.1", 65536}, {"127.0.0.1", -1}}) {
        CAPTURE(host);
        const Error error = error_of(listen_on(host, port));
        CHECK(error.kind == ErrorKind::invalid);
        CHECK(error.code == "invalid-listen-address");
        CHECK(error.message.find(std::string(host) + ":" + std::to_string(port)) != std::string::npos);
        CHECK(error_of(check_listen_address(host, port)).code == error.code);
    }
}

TEST_CASE("an address is written without its port, IPv4 as IPv4 on either kind of socket") {
    const auto text = [](int family, const char* written) {
        sockaddr_storage storage{};
        if (family == AF_INET) {
            auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
            v4.sin_family = AF_INET;
            REQUIRE(::inet_pton(AF_INET, written, &v4.sin_addr) == 1);
        } else {
            auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
            v6.sin6_family = AF_INET6;
            REQUIRE(::inet_pton(AF_INET6, written, &v6.sin6_addr) == 1);
        }
        return address_text(storage);
    };
    CHECK(text(AF_INET, "127.0.0.1") == "127.0.0.1");
    CHECK(text(AF_INET6, "::1") == "::1");
    CHECK(text(AF_INET6, "2001:db8::5") == "2001:db8::5");
    CHECK(text(AF_INET6, "::ffff:192.0.2.7") == "192.0.2.7");
}

}  // namespace assay::test
