#include "clients/cpp/verified_download.hpp"

#include "base/crypto.hpp"
#include "tests/support/cli_session.hpp"
#include "tests/support/result.hpp"

namespace assay::test {

namespace {

struct Arrival {
    HeartServer server;
    Connection connection{server.client(), "ada@lab"};
    std::string bytes;

    Result<void> of(const std::string& sent, const std::string& registered) {
        server.answer("GET /v1/models/churn/versions/3/files/a%20b/model.assay", sent);
        const RemoteVersion version{"churn", 3, sha256(""), {}, {}};
        return download_verified(connection, version, {"a b/model.assay", registered.size(), sha256(registered)}, "none",
                                 into(bytes, registered.size()));
    }
};

}  // namespace

TEST_CASE("the bytes that the manifest says arrive, whole") {
    for (const char* bytes : {"", "short", "a text that comes in several pieces"}) {
        Arrival arrival;
        must(arrival.of(bytes, bytes));
        CHECK(arrival.bytes == bytes);
    }
}

TEST_CASE("other bytes, fewer and more are refused, and what is too much is not even taken") {
    Arrival other;
    const Error error = error_of(other.of("other bytes!", "these bytes!"));
    CHECK(error.code == "digest-mismatch");
    CHECK(error.kind == ErrorKind::integrity);
    CHECK(error.message.starts_with("a b/model.assay of churn@3"));
    Arrival fewer;
    CHECK(error_of(fewer.of("these", "these bytes")).code == "size-mismatch");
    Arrival more;
    CHECK(error_of(more.of("these bytes and many more of them", "these bytes")).code == "size-mismatch");
    CHECK(more.bytes.size() <= std::string_view("these bytes").size());
}

TEST_CASE("a target that cannot take a byte ends the transfer with its own error") {
    HeartServer server;
    Connection connection{server.client(), "ada@lab"};
    server.answer("GET /v1/models/churn/versions/3/files/a", "abc");
    const RemoteVersion version{"churn", 3, sha256(""), {}, {}};
    const ByteTarget full{[](std::string_view) -> Result<void> { return fail(ErrorKind::no_space, "no-space", "the disk is full"); },
                          []() -> Result<void> { return {}; }};
    CHECK(error_of(download_verified(connection, version, {"a", 3, sha256("abc")}, "none", full)).kind == ErrorKind::no_space);
}

}  // namespace assay::test
