#include "api/v1/content_range.hpp"

#include "tests/support/result.hpp"

namespace assay::test {

namespace {

Result<UploadPart> read(const std::string& text, std::optional<std::uint64_t> length = std::nullopt) {
    Request request;
    request.headers.set("Content-Range", text);
    request.content_length = length;
    return v1::content_range_of(request);
}

}  // namespace

TEST_CASE("a content range says where a part begins, how long it is and, if it knows, of how much") {
    const UploadPart part = must(read("bytes 0-4/10", 5));
    CHECK(part.first == 0);
    CHECK(part.length == 5);
    CHECK(part.total == 10);
    const UploadPart open = must(read("bytes 9223372036854775806-9223372036854775806/*"));
    CHECK(open.first == 9223372036854775806U);
    CHECK(open.length == 1);
    CHECK_FALSE(open.total);
}

TEST_CASE("a content range that is none, or does not fit its body, is refused") {
    for (const char* text : {"",
                             "bytes",
                             "bytes ",
                             "bytes 0-4",
                             "bytes 0/10",
                             "bytes */10",
                             "bytes 4-0/10",
                             "bytes 0-10/10",
                             "bytes -1-4/10",
                             "bytes 0--4/10",
                             "bytes +0-4/10",
                             "bytes 0-4/",
                             "bytes 0-4/x",
                             "bytes 0 - 4/10",
                             "bytes 0x0-4/10",
                             "items 0-4/10",
                             "bytes=0-4/10",
                             "Bytes 0-4/10",
                             "bytes 0-4/10, 5-6/10",
                             "bytes 0-18446744073709551615/*",
                             "bytes 99999999999999999999-99999999999999999999/*",
                             "bytes 0/4-10"}) {
        CAPTURE(text);
        const Error error = error_of(read(text));
        CHECK(error.kind == ErrorKind::invalid);
        CHECK(error.code == "invalid-content-range");
    }
    CHECK(error_of(read("bytes 0-4/10", 4)).because == "it is 5 bytes long, the body has 4");
    CHECK(error_of(v1::content_range_of(Request())).because == "there is no Content-Range header");
}

}  // namespace assay::test
