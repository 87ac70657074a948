#pragma once

#include "base/clock.hpp"
#include "tests/support/result.hpp"

#include <atomic>
#include <string_view>

namespace assay::test {

/// A Clock that stands still until it is set. Safe for concurrent use.
class FakeClock final : public Clock {
public:
    explicit FakeClock(std::string_view now = "2026-11-23T10:00:00Z") { set(now); }

    [[nodiscard]] Timestamp now() const override { return Timestamp{microseconds_}; }
    void set(std::string_view now) { microseconds_ = must(Timestamp::parse(now)).microseconds; }
    void advance_seconds(std::int64_t seconds) { microseconds_ += seconds * 1'000'000; }

private:
    std::atomic<std::int64_t> microseconds_ = 0;
};

}  // namespace assay::test
