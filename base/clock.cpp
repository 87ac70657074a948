#include "base/clock.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace assay {

namespace {

Error not_a_time(std::string_view text, std::string because) {
    return Error(ErrorKind::invalid, "invalid-time", "'" + printable(text, 60) + "' is not a time")
        .with_because(std::move(because))
        .with_fix("write it as RFC 3339, for example 2026-11-23T10:00:00Z");
}

/// Reads exactly `digits` decimal digits at `position`; -1 if they are not there.
int read_number(std::string_view text, std::size_t& position, std::size_t digits) {
    if (position + digits > text.size()) return -1;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const char c = text[position + i];
        if (c < '0' || c > '9') return -1;
        value = value * 10 + (c - '0');
    }
    position += digits;
    return value;
}

bool skip(std::string_view text, std::size_t& position, std::string_view any_of) {
    if (position >= text.size() || any_of.find(text[position]) == std::string_view::npos) return false;
    ++position;
    return true;
}

}  // namespace

std::string Timestamp::to_string() const {
    const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(microseconds)};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::string text =
        fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                    static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count());
    if (clock.subseconds().count() != 0) text += fmt::format(".{:06}", clock.subseconds().count());
    return text + "Z";
}

std::int64_t milliseconds_of(Timestamp time) {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::microseconds(time.microseconds)).count();
}

Timestamp time_of_milliseconds(std::int64_t milliseconds) {
    constexpr std::int64_t last = 253'402'300'799'999;  // of 9999
    return {std::clamp(milliseconds, std::int64_t{0}, last) * 1'000};
}

Result<Timestamp> Timestamp::parse(std::string_view text) {
    std::size_t at = 0;
    const int year = read_number(text, at, 4);
    const bool first_dash = skip(text, at, "-");
    const int month = read_number(text, at, 2);
    const bool second_dash = skip(text, at, "-");
    const int day = read_number(text, at, 2);
    if (year < 0 || month < 0 || day < 0 || !first_dash || !second_dash)
        return fail(not_a_time(text, "it does not begin with a date YYYY-MM-DD"));
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return fail(not_a_time(text, "there is no such day"));
    if (year < 1970) return fail(not_a_time(text, "times before 1970 are not accepted: is the clock of that machine right?"));

    std::int64_t total = std::chrono::sys_days(date).time_since_epoch().count() * 86'400'000'000LL;
    if (at == text.size()) return Timestamp{total};

    if (!skip(text, at, "Tt ")) return fail(not_a_time(text, "the date is not followed by 'T' and a time"));
    const int hour = read_number(text, at, 2);
    const bool first_colon = skip(text, at, ":");
    const int minute = read_number(text, at, 2);
    const bool second_colon = skip(text, at, ":");
    const int second = read_number(text, at, 2);
    if (hour < 0 || minute < 0 || second < 0 || !first_colon || !second_colon) return fail(not_a_time(text, "the time is not HH:MM:SS"));
    if (hour > 23 || minute > 59 || second > 59) return fail(not_a_time(text, "there is no such time of day"));
    total += ((hour * 60LL + minute) * 60LL + second) * 1'000'000LL;

    if (skip(text, at, ".")) {
        std::int64_t scale = 100'000;
        const std::size_t start = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
            total += (text[at] - '0') * scale;
            scale /= 10;
            ++at;
        }
        if (at == start || at - start > 9) return fail(not_a_time(text, "the fraction of a second must have 1 to 9 digits"));
    }
    if (skip(text, at, "Zz")) {
        if (at != text.size()) return fail(not_a_time(text, "something follows the time"));
        return Timestamp{total};
    }
    const bool west = at < text.size() && text[at] == '-';
    if (!skip(text, at, "+-")) return fail(not_a_time(text, "it names no time zone (Z or an offset such as +02:00)"));
    const int offset_hours = read_number(text, at, 2);
    const bool offset_colon = skip(text, at, ":");
    const int offset_minutes = read_number(text, at, 2);
    if (offset_hours < 0 || offset_minutes < 0 || !offset_colon || offset_hours > 23 || offset_minutes > 59 || at != text.size()) {
        return fail(not_a_time(text, "the offset is not ±HH:MM"));
    }
    const std::int64_t offset = (offset_hours * 60LL + offset_minutes) * 60'000'000LL;
    total += west ? offset : -offset;
    if (total < 0) return fail(not_a_time(text, "times before 1970 are not accepted: is the clock of that machine right?"));
    constexpr std::int64_t end_of_9999 = 253'402'300'800LL * 1'000'000LL;
    if (total >= end_of_9999) return fail(not_a_time(text, "in UTC it is beyond the year 9999"));
    return Timestamp{total};
}

Timestamp SystemClock::now() const {
    return Timestamp{std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

}  // namespace assay
