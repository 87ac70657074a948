#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

/// A point in time: microseconds since 1970-01-01T00:00:00Z. Written and read as RFC 3339 in UTC.
struct Timestamp {
    std::int64_t microseconds = 0;

    /// "2026-11-23T10:00:00Z", with a fraction only where there is one ("….123456Z").
    [[nodiscard]] std::string to_string() const;
    /// Reads RFC 3339 with any offset ("…Z", "…+02:00"), years 1970 to 9999, no leap seconds; also a bare date
    /// ("2026-11-23", midnight UTC). Everything else is `invalid`, code "invalid-time".
    [[nodiscard]] static Result<Timestamp> parse(std::string_view text);

    friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

/// Since 1970 UTC, rounded down.
[[nodiscard]] std::int64_t milliseconds_of(Timestamp time);
/// The nearest that RFC 3339 can write: of the years 1970 to 9999.
[[nodiscard]] Timestamp time_of_milliseconds(std::int64_t milliseconds);

/// Tells the time. Safe for concurrent use.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] Timestamp now() const override;
};

}  // namespace assay
