#include "base/clock.hpp"

#include "tests/support/result.hpp"

#include <string>

namespace assay::test {

namespace {

std::string read(std::string_view text) { return must(Timestamp::parse(text)).to_string(); }

}  // namespace

TEST_CASE("RFC 3339 times are read with any offset and written in UTC") {
    CHECK(read("2026-11-23T10:00:00Z") == "2026-11-23T10:00:00Z");
    CHECK(read("2026-11-23t10:00:00z") == "2026-11-23T10:00:00Z");
    CHECK(read("2026-11-23 10:00:00Z") == "2026-11-23T10:00:00Z");
    CHECK(read("2026-11-23T10:00:00+02:00") == "2026-11-23T08:00:00Z");
    CHECK(read("2026-11-23T00:30:00+01:00") == "2026-11-22T23:30:00Z");
    CHECK(read("2026-12-31T23:30:00-05:30") == "2027-01-01T05:00:00Z");
    CHECK(read("2026-11-23T10:00:00-00:00") == "2026-11-23T10:00:00Z");
    CHECK(read("2026-11-23") == "2026-11-23T00:00:00Z");
    CHECK(read("1970-01-01T00:00:00Z") == "1970-01-01T00:00:00Z");
    CHECK(read("9999-12-31T23:59:59Z") == "9999-12-31T23:59:59Z");
    CHECK(read("2024-02-29") == "2024-02-29T00:00:00Z");
    CHECK(read("2000-02-29") == "2000-02-29T00:00:00Z");
}

TEST_CASE("fractions of a second keep microseconds") {
    CHECK(read("2026-11-23T10:00:00.5Z") == "2026-11-23T10:00:00.500000Z");
    CHECK(read("2026-11-23T10:00:00.123456Z") == "2026-11-23T10:00:00.123456Z");
    CHECK(read("2026-11-23T10:00:00.123456789Z") == "2026-11-23T10:00:00.123456Z");
    CHECK(read("2026-11-23T10:00:00.000Z") == "2026-11-23T10:00:00Z");
    CHECK(must(Timestamp::parse("1970-01-01T00:00:01.000001Z")).microseconds == 1'000'001);
}

TEST_CASE("what is no time from 1970 to 9999 is refused") {
    for (const char* bad : {"", "2026", "2026-11", "26-11-23", "2026-11-23T", "2026-11-23T10:00", "2026-11-23T10:00:00", "2026-11-23T10:00:00ZZ", "2026-11-23T10:00:00 Z",
                            "2026-13-01", "2026-00-01", "2026-11-31", "2026-02-29", "1900-02-29", "2026-11-23T24:00:00Z", "2026-11-23T23:60:00Z", "2026-11-23T23:59:60Z",
                            "2026-11-23T10:00:00.Z", "2026-11-23T10:00:00.1234567890Z", "2026-11-23T10:00:00+2:00", "2026-11-23T10:00:00+0200", "2026-11-23T10:00:00+24:00",
                            "2026-11-23T10:00:00+02:60", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+00:01", "0000-01-01", "+2026-11-23", "2026-11-23X10:00:00Z", " 2026-11-23",
                            "9999-12-31T23:59:59-00:01", "1764000000", "\xff"}) {
        CAPTURE(bad);
        CHECK(error_of(Timestamp::parse(bad)).code == "invalid-time");
    }
}

TEST_CASE("the system's clock runs after this test was written") {
    CHECK(SystemClock().now() > must(Timestamp::parse("2025-01-01")));
    CHECK(SystemClock().now() < must(Timestamp::parse("9999-01-01")));
}

}  // namespace assay::test
