#pragma once

#include "base/result.hpp"

#include <string>

struct sockaddr_storage;

namespace assay {

struct Listener {
    int fd = -1;  ///< non-blocking; the caller closes it
    int port = 0;
};

/// Says whether `host` and `port` can be an address to listen on at all, before anything is done for a server that could not:
/// `invalid`, code "invalid-listen-address".
[[nodiscard]] Result<void> check_listen_address(const std::string& host, int port);

/// Binds the first address of `host` that can be bound and listens, with room for 1,024 clients to wait.
[[nodiscard]] Result<Listener> listen_on(const std::string& host, int port);

/// "127.0.0.1", "::1"; an IPv4 client of an IPv6 socket has its IPv4 address.
[[nodiscard]] std::string address_text(const sockaddr_storage& address);

}  // namespace assay
