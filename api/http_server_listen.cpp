#include "api/http_server_listen.hpp"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace assay {

namespace {

constexpr int backlog = 1024;

int bound_port(int fd) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
    return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                               : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

/// A listening socket, or -1 with errno.
int try_address(const addrinfo& address) {
    const int fd = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    const int on = 1;
    const int off = 0;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);  // a restart need not wait for old connections to time out
    if (address.ai_family == AF_INET6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (::bind(fd, address.ai_addr, address.ai_addrlen) == 0 && ::listen(fd, backlog) == 0) return fd;
    const int error = errno;
    ::close(fd);
    errno = error;
    return -1;
}

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Result<Addresses> addresses_of(const std::string& host, int port) {
    const std::string where = fmt::format("{}:{}", host, port);
    if (port < 0 || port > 65535) return fail(ErrorKind::invalid, "invalid-listen-address", "cannot listen on " + where + ": no such port");
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int failure = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (failure != 0) {
        return fail(Error(ErrorKind::invalid, "invalid-listen-address", "cannot listen on " + where).with_because(::gai_strerror(failure)));
    }
    return Addresses(found, &::freeaddrinfo);
}

}  // namespace

Result<void> check_listen_address(const std::string& host, int port) {
    TRY(addresses_of(host, port));
    return {};
}

Result<Listener> listen_on(const std::string& host, int port) {
    TRY_ASSIGN(const Addresses addresses, addresses_of(host, port));
    const std::string where = fmt::format("{}:{}", host, port);
    int error = 0;
    for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
        const int fd = try_address(*address);
        if (fd >= 0) return Listener{fd, bound_port(fd)};
        error = errno;
    }
    if (error == EADDRINUSE) {
        return fail(Error(ErrorKind::conflict, "address-in-use", "cannot listen on " + where + ": another program does")
                        .with_fix("stop it, or choose another port"));
    }
    return fail(posix_error("cannot listen on " + where, error));
}

std::string address_text(const sockaddr_storage& address) {
    char text[INET6_ADDRSTRLEN] = "";
    if (address.ss_family == AF_INET) {
        ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text, sizeof text);
    } else if (address.ss_family == AF_INET6) {
        const in6_addr& v6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(&v6))
            ::inet_ntop(AF_INET, v6.s6_addr + 12, text, sizeof text);
        else
            ::inet_ntop(AF_INET6, &v6, text, sizeof text);
    }
    return text;
}

}  // namespace assay
