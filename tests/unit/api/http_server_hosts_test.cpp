#include "api/http_server_hosts.hpp"

#include "tests/support/result.hpp"

namespace assay::test {

namespace {

RequestHead head_of(const std::string& host, const std::optional<std::string>& origin = std::nullopt) {
    RequestHead head;
    head.host = host;
    head.authority = host;
    if (origin) head.fields.emplace_back("Origin", *origin);
    return head;
}

/// "" when the request may pass, else the code.
std::string verdict(const HostGuard& guard, const RequestHead& head, const std::string& local = "192.168.1.5") {
    const auto checked = guard.check(head, local);
    if (!checked) CHECK(checked.error().kind == ErrorKind::permission);
    return checked ? "" : checked.error().code;
}

}  // namespace

TEST_CASE("a server answers for loopback, what it listens on, the address that was used and the hosts allowed, and for no other") {
    const HostGuard guard("Registry.Lan", {"models.example.org", "only.example.org:8080"}, {});
    for (const char* host :
         {"localhost", "LOCALHOST:8080", "127.0.0.1", "127.8.9.1:1", "[::1]", "[::1]:8080", "[0:0:0:0:0:0:0:1]", "registry.lan",
          "registry.lan:8080", "192.168.1.5", "192.168.1.5:80", "models.example.org", "MODELS.example.org:8080", "only.example.org:8080"}) {
        CAPTURE(host);
        CHECK(verdict(guard, head_of(host)) == "");
    }
    for (const char* host : {"", "evil.example.org", "127.0.0.1.evil.org", "localhost.evil.org", "192.168.1.6",
                             "models.example.org.evil.org", "only.example.org", "only.example.org:8081", "127.1", "0x7f.0.0.1",
                             "2130706433", "[::1", "[::1]x", "localhost:80a", "localhost:123456", "a b", "localhost@evil.org", ":8080"}) {
        CAPTURE(host);
        CHECK(verdict(guard, head_of(host)) == "host-not-allowed");
    }
}

TEST_CASE("the Host field and the authority of an absolute target must both be allowed") {
    const HostGuard guard("127.0.0.1", {}, {});
    RequestHead head = head_of("localhost");
    head.authority = "evil.example.org";
    CHECK(verdict(guard, head) == "host-not-allowed");
    head = head_of("localhost");
    head.host = "evil.example.org";
    CHECK(verdict(guard, head) == "host-not-allowed");
}

TEST_CASE("an asterisk answers for any host, and still for no foreign page") {
    const HostGuard guard("127.0.0.1", {"*"}, {});
    CHECK(verdict(guard, head_of("anything.example.org")) == "");
    CHECK(verdict(guard, head_of("anything.example.org", "https://evil.example.org")) == "origin-not-allowed");
}

TEST_CASE("pages of the server's own origin and of those allowed may ask, no others") {
    const HostGuard guard("127.0.0.1", {"models.example.org"}, {"https://ui.example.org"});
    struct Case {
        const char* host;
        const char* origin;
        bool allowed;
    };
    for (const Case& one : {Case{"localhost:8080", "http://localhost:8080", true},
                            {"localhost:8080", "HTTP://localhost:8080", false},
                            {"localhost:8080", "http://localhost:3000", false},
                            {"localhost:8080", "http://127.0.0.1:8080", false},
                            {"localhost", "http://localhost:80", true},
                            {"models.example.org", "https://models.example.org", true},
                            {"models.example.org:443", "https://models.example.org", true},
                            {"models.example.org", "https://models.example.org.evil.org", false},
                            {"localhost:8080", "https://ui.example.org", true},
                            {"localhost:8080", "https://ui.example.org:8443", false},
                            {"localhost:8080", "http://ui.example.org", false},
                            {"localhost:8080", "null", false},
                            {"localhost:8080", "", false},
                            {"localhost:8080", "file://", false}}) {
        CAPTURE(one.host);
        CAPTURE(one.origin);
        CHECK(verdict(guard, head_of(one.host, one.origin)) == (one.allowed ? "" : "origin-not-allowed"));
    }
}

}  // namespace assay::test
