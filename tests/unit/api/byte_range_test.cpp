#include "api/byte_range.hpp"

#include "tests/support/result.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>

using namespace assay;
using namespace assay::test;

namespace {

Request asking(std::string range) {
    Request request;
    request.method = Method::get;
    request.headers.add("Range", std::move(range));
    return request;
}

std::pair<std::uint64_t, std::uint64_t> part(const std::string& range, std::uint64_t size) {
    const auto found = must(range_of(asking(range), size, "\"e\""));
    REQUIRE(found.has_value());
    return {found->first, found->length};
}

bool honoured(const Request& request) { return must(range_of(request, 100, "\"e\"")).has_value(); }

}  // namespace

TEST_CASE("a range has a first byte and a length, and is cut to the file") {
    CHECK(part("bytes=0-0", 100) == std::pair<std::uint64_t, std::uint64_t>{0, 1});
    CHECK(part("bytes=10-19", 100) == std::pair<std::uint64_t, std::uint64_t>{10, 10});
    CHECK(part("bytes=90-200", 100) == std::pair<std::uint64_t, std::uint64_t>{90, 10});
    CHECK(part("bytes=99-9223372036854775807", 100) == std::pair<std::uint64_t, std::uint64_t>{99, 1});
    CHECK(part("bytes= 1-2 ", 100) == std::pair<std::uint64_t, std::uint64_t>{1, 2});
}

TEST_CASE("an open range goes to the end, and a suffix counts from it") {
    CHECK(part("bytes=40-", 100) == std::pair<std::uint64_t, std::uint64_t>{40, 60});
    CHECK(part("bytes=-1", 100) == std::pair<std::uint64_t, std::uint64_t>{99, 1});
    CHECK(part("bytes=-1000", 100) == std::pair<std::uint64_t, std::uint64_t>{0, 100});
}

TEST_CASE("a range outside the file, an empty one and more than one cannot be satisfied") {
    for (const auto& [range, size] : {std::pair{"bytes=100-", 100},
                                      {"bytes=100-200", 100},
                                      {"bytes=-0", 100},
                                      {"bytes=0-", 0},
                                      {"bytes=0-0", 0},
                                      {"bytes=-1", 0},
                                      {"bytes=0-1,4-5", 100}}) {
        CAPTURE(range);
        const Error error = error_of(range_of(asking(range), static_cast<std::uint64_t>(size), "\"e\""));
        CHECK(error.code == "range-not-satisfiable");
        CHECK(!error.because.empty());
    }
}

TEST_CASE("a range that is malformed or of another unit is ignored, as RFC 9110 asks") {
    for (const char* range : {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5", "bytes=5-4", "bytes=1-x", "bytes=--1", "bytes=+1-2",
                              "bytes=99999999999999999999-", "items=0-1"}) {
        CAPTURE(range);
        CHECK_FALSE(honoured(asking(range)));
    }
}

TEST_CASE("only a GET has ranges, and If-Range drops them once the file is another") {
    Request head = asking("bytes=0-1");
    head.method = Method::head;
    CHECK_FALSE(honoured(head));
    Request other = asking("bytes=0-1");
    other.headers.add("If-Range", "\"before\"");
    CHECK_FALSE(honoured(other));
    Request same = asking("bytes=0-1");
    same.headers.add("If-Range", "\"e\"");
    CHECK(honoured(same));
}
