#include "api/v1/body_digest.hpp"

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace assay;
using namespace assay::test;

namespace {

std::string field_of(std::string_view body) {
    const Digest digest = sha256(body);
    return "sha-256=:" + to_base64({reinterpret_cast<const char*>(digest.bytes().data()), Digest::size_bytes}) + ":";
}

Request with(std::string name, std::string value) {
    Request request;
    request.headers.add(std::move(name), std::move(value));
    return request;
}

}  // namespace

TEST_CASE("a body may be named by Repr-Digest or Content-Digest, beside algorithms that are not known") {
    for (const std::string value : {field_of("body"), "sha-512=:AAAA:, " + field_of("body"), field_of("body") + " ,unixsum=:AQI=:"}) {
        CHECK(must(v1::claimed_digest(with("Repr-Digest", value))) == sha256("body"));
        CHECK(must(v1::claimed_digest(with("content-digest", value))) == sha256("body"));
    }
    CHECK(must(v1::claimed_digest(with("Repr-Digest", "sha-512=:AAAA:"))) == std::nullopt);
    CHECK(must(v1::claimed_digest(with("Digest", "sha-256=whatever"))) == std::nullopt);
}

TEST_CASE("a digest header that is malformed is refused, with the header named") {
    for (const std::string value : {"", "sha-256", "sha-256=", "sha-256=:", "sha-256=::", "sha-256=:AAAA:", "sha-256=AAAA",
                                    "=:AAAA:", "SHA-256=:AAAA:", "sha-512=:%:", "sha-512=:AAAA:,", ","}) {
        CAPTURE(value);
        const Error error = error_of(v1::claimed_digest(with("Repr-Digest", value)));
        CHECK(error.code == "invalid-repr-digest");
        CHECK(error.kind == ErrorKind::invalid);
        CHECK(error.problems.at(0).field == "Repr-Digest");
    }
}

TEST_CASE("two digests of one body that differ are refused, two that agree are not") {
    Request request = with("Repr-Digest", field_of("body"));
    request.headers.add("Content-Digest", field_of("body"));
    CHECK(must(v1::claimed_digest(request)) == sha256("body"));
    request.headers.add("Content-Digest", field_of("another"));
    CHECK(error_of(v1::claimed_digest(request)).code == "invalid-repr-digest");
}

TEST_CASE("a body other than its header says is an integrity error, and one without a header is taken") {
    CHECK(v1::check_claimed_digest(with("Repr-Digest", field_of("body")), sha256("body")).has_value());
    CHECK(v1::check_claimed_digest(Request(), sha256("body")).has_value());
    const Error error = error_of(v1::check_claimed_digest(with("Repr-Digest", field_of("body")), sha256("other")));
    CHECK(error.kind == ErrorKind::integrity);
    CHECK(error.code == "digest-mismatch");
    CHECK(error.because.find(sha256("other").to_string()) != std::string::npos);
}
