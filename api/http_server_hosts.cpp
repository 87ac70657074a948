#include "api/http_server_hosts.hpp"

#include "base/text.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>

namespace assay {

namespace {

struct Authority {
    std::string host;  ///< lower case, an IPv6 address without its brackets
    std::string port;  ///< empty if none
};

std::optional<Authority> read_authority(std::string_view text) {
    std::string_view host = text;
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        host = text.substr(1, end - 1);
        port = text.substr(end + 1);
        if (!port.empty() && !port.starts_with(':')) return std::nullopt;
        if (!port.empty()) port.remove_prefix(1);
    } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
    }
    const bool digits = std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
    const bool plain = std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == ':';
    });
    if (host.empty() || !plain || !digits || port.size() > 5) return std::nullopt;
    return Authority{to_lower_ascii(host), std::string(port)};
}

/// The address in its one canonical spelling; absent for what is no address (and for "127.1" or "0x7f.1", which browsers
/// turn into addresses before they ask).
std::optional<std::string> canonical_address(const std::string& text) {
    in_addr v4{};
    in6_addr v6{};
    char out[INET6_ADDRSTRLEN];
    if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) return text;
    if (::inet_pton(AF_INET6, text.c_str(), &v6) != 1) return std::nullopt;
    return std::string(::inet_ntop(AF_INET6, &v6, out, sizeof out));
}

bool is_loopback(const std::string& host) {
    if (host == "localhost") return true;
    const auto address = canonical_address(host);
    return address && (address->starts_with("127.") || *address == "::1");
}

/// "http://a:80" and "http://a" are the same origin.
std::string without_default_port(const Authority& authority, std::string_view scheme) {
    const bool is_default =
        authority.port.empty() || (scheme == "http" && authority.port == "80") || (scheme == "https" && authority.port == "443");
    return is_default ? authority.host : authority.host + ":" + authority.port;
}

}  // namespace

HostGuard::HostGuard(std::string_view listening, std::vector<std::string> allowed_hosts, std::vector<std::string> allowed_origins)
    : listening_(to_lower_ascii(listening)), allowed_hosts_(std::move(allowed_hosts)), allowed_origins_(std::move(allowed_origins)) {}

bool HostGuard::is_allowed_host(std::string_view text, std::string_view local) const {
    const auto authority = read_authority(text);
    if (!authority) return false;
    if (is_loopback(authority->host) || authority->host == listening_) return true;
    // Rebinding needs a name: an address that the client really used to come here is none.
    if (const auto address = canonical_address(authority->host); address && *address == local) return true;
    return std::ranges::any_of(allowed_hosts_, [&](const std::string& allowed) {
        return allowed == "*" || equals_ignoring_case(allowed, authority->host) || equals_ignoring_case(allowed, text);
    });
}

Result<void> HostGuard::check(const RequestHead& head, std::string_view local) const {
    if (head.target == "/health") return {};  // tells nothing, and monitors ask for it by whatever name they know
    for (const std::string* host : {&head.host, &head.authority}) {
        if (is_allowed_host(*host, local)) continue;
        return fail(
            Error(ErrorKind::permission, "host-not-allowed", "this server does not answer for the host '" + printable(*host, 100) + "'")
                .with_fix("assay serve --allowed-host NAME, or use the address that it listens on"));
    }
    const auto origin = head.find("Origin");
    if (!origin) return {};
    if (std::ranges::any_of(allowed_origins_, [&](const std::string& allowed) { return equals_ignoring_case(allowed, *origin); }))
        return {};
    for (const std::string_view scheme : {"http", "https"}) {
        const std::string prefix = std::string(scheme) + "://";
        if (!origin->starts_with(prefix)) continue;
        const auto from = read_authority(origin->substr(prefix.size()));
        const auto here = read_authority(head.authority);
        if (from && here && without_default_port(*from, scheme) == without_default_port(*here, scheme)) return {};
    }
    return fail(Error(ErrorKind::permission, "origin-not-allowed", "pages of '" + printable(*origin, 100) + "' may not use this server")
                    .with_fix("pages of other origins are not let in: ask from a script, or from a page of this server"));
}

}  // namespace assay
