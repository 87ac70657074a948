#include "clients/cpp/reference_target.hpp"

#include "tests/support/result.hpp"

#include <string>

namespace assay::test {

TEST_CASE("each form of a reference has its place in the API") {
    const std::string digest = "sha256:" + std::string(64, 'a');
    CHECK(must(reference_target("churn")).target == "/v1/models/churn/versions/@latest");
    CHECK(must(reference_target("churn@latest")).target == "/v1/models/churn/versions/@latest");
    CHECK(must(reference_target("churn@production")).target == "/v1/models/churn/versions/@production");
    CHECK(must(reference_target("a b@caf\xc3\xa9")).target == "/v1/models/a%20b/versions/@caf%C3%A9");
    const ReferenceTarget number = must(reference_target("churn@3"));
    CHECK(number.target == "/v1/models/churn/versions/3");
    CHECK(number.number);
    const ReferenceTarget pinned = must(reference_target("churn@" + digest));
    CHECK(pinned.target == "/v1/models/churn/versions/" + digest);
    CHECK(pinned.pinned->to_string() == digest);
    CHECK_FALSE(pinned.number);
}

TEST_CASE("a name is asked for in the normal form that its manifest has") {
    CHECK(must(reference_target("cafe\xcc\x81@1")).model == "caf\xc3\xa9");
}

TEST_CASE("what is no reference is refused with what to write") {
    for (const char* text : {"", "@3", "churn@", "churn@sha256:abc", "\xff@1"}) {
        CAPTURE(text);
        const Error error = error_of(reference_target(text));
        CHECK(error.code == "invalid-reference");
        CHECK_FALSE(error.because.empty());
        CHECK(error.fixes.size() == 1);
    }
}

}  // namespace assay::test
