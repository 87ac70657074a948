#include "artifact/sample_comparison.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <type_traits>

namespace assay {

namespace {

constexpr std::size_t rows_named = 5;
constexpr double rounding = 1e-9;  // what differs by less is another build of a library, not another model

std::vector<std::size_t> all_rows(std::size_t count) {
    std::vector<std::size_t> rows(count);
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    return rows;
}

template <class Float>
auto bits_of(Float value) {
    if constexpr (sizeof(Float) == sizeof(std::uint64_t)) {
        return std::bit_cast<std::uint64_t>(value);
    } else {
        return std::bit_cast<std::uint32_t>(value);
    }
}

/// Distance on the line of all floats, where neighbours are 1 apart and -0.0 is 0.0. A NaN has no place on it.
template <class Float>
std::uint64_t ulps_between(Float a, Float b) {
    if (std::isnan(a) || std::isnan(b)) return 0;
    const auto from_zero = [](Float value) { return static_cast<std::uint64_t>(bits_of(std::abs(value))); };
    if (std::signbit(a) != std::signbit(b)) return from_zero(a) + from_zero(b);
    return from_zero(a) > from_zero(b) ? from_zero(a) - from_zero(b) : from_zero(b) - from_zero(a);
}

template <class Value>
bool equal(const Value& expected, const Value& actual, const SampleTolerance& tolerance) {
    if constexpr (std::is_floating_point_v<Value>) {
        if (bits_of(expected) == bits_of(actual) || (std::isnan(expected) && std::isnan(actual))) return true;
        if (tolerance.exact) return false;
        if (!std::isfinite(expected)) return expected == actual;
        const auto e = static_cast<double>(expected);
        return std::abs(static_cast<double>(actual) - e) <= tolerance.abs + tolerance.rel * std::abs(e);
    } else {
        return expected == actual;
    }
}

/// Adds what two values differ by.
template <class Value>
void measure(const Value& expected, const Value& actual, SampleDifference& difference) {
    double gap = std::numeric_limits<double>::infinity();
    if constexpr (std::is_arithmetic_v<Value>) gap = std::abs(static_cast<double>(actual) - static_cast<double>(expected));
    if (std::isnan(gap)) gap = std::numeric_limits<double>::infinity();
    difference.max_abs = std::max(difference.max_abs, gap);
    if constexpr (std::is_floating_point_v<Value>) difference.max_ulp = std::max(difference.max_ulp, ulps_between(expected, actual));
}

std::string in_words(const SampleArray& array) {
    return fmt::format("{} values in the shape ({})", to_string(array.type()), fmt::join(array.shape, ", "));
}

std::size_t size_of(const SampleArray& array) {
    return std::visit([](const auto& values) { return values.size(); }, array.values);
}

/// One flag for each value.
std::vector<std::uint8_t> missing_of(const SampleArray& array) {
    return array.missing.empty() ? std::vector<std::uint8_t>(size_of(array), 0) : array.missing;
}

SampleDifference different_in_every_row(std::string_view method, std::size_t rows, std::string because) {
    return {std::string(method), all_rows(rows), std::numeric_limits<double>::infinity(), 0, std::move(because)};
}

}  // namespace

std::optional<SampleDifference> compare(std::string_view method, const SampleArray& expected, const SampleArray& actual,
                                        const SampleTolerance& tolerance) {
    if (expected.shape != actual.shape || expected.type() != actual.type()) {
        return different_in_every_row(method, expected.rows(),
                                      fmt::format("it gives {}, the sample has {}", in_words(actual), in_words(expected)));
    }
    // A program's own arrays may have other values than their shape says.
    if (size_of(actual) != size_of(expected)) {
        return different_in_every_row(method, expected.rows(),
                                      fmt::format("it gives {} values in the shape ({})", size_of(actual), fmt::join(actual.shape, ", ")));
    }
    if (missing_of(actual) != missing_of(expected)) return different_in_every_row(method, expected.rows(), "other values are missing");
    SampleDifference difference;
    difference.method = method;
    std::visit(
        [&](const auto& wanted) {
            const auto& given = std::get<std::decay_t<decltype(wanted)>>(actual.values);
            const std::size_t per_row = std::max<std::size_t>(1, wanted.size() / std::max<std::size_t>(1, expected.rows()));
            for (std::size_t i = 0; i < wanted.size(); ++i) {
                if (equal(wanted[i], given[i], tolerance)) continue;
                const std::size_t row = i / per_row;
                if (difference.rows.empty() || difference.rows.back() != row) difference.rows.push_back(row);
                measure(wanted[i], given[i], difference);
            }
        },
        expected.values);
    if (difference.rows.empty()) return std::nullopt;
    return difference;
}

Replay replay(const Sample& sample, const SampleOutputArrays& answers) {
    Replay found{.rows = sample.rows};
    bool exact = true;
    for (const auto& [method, expected] : sample.outputs) {
        found.methods.push_back(method);
        const auto answer = answers.find(method);
        if (answer == answers.end()) {
            found.differences.push_back(different_in_every_row(method, sample.rows, "it was not answered"));
            continue;
        }
        if (auto difference = compare(method, expected, answer->second, sample.tolerance)) {
            found.differences.push_back(*std::move(difference));
        } else if (!sample.tolerance.exact) {
            const auto rounding_error = compare(method, expected, answer->second, SampleTolerance{});
            if (!rounding_error) continue;
            exact = false;
            found.max_abs = std::max(found.max_abs, rounding_error->max_abs);
            found.max_ulp = std::max(found.max_ulp, rounding_error->max_ulp);
        }
    }
    found.outcome = !found.differences.empty() ? Replay::Outcome::different : exact ? Replay::Outcome::equal : Replay::Outcome::close;
    return found;
}

SampleDifference altogether(const std::vector<SampleDifference>& differences) {
    SampleDifference all;
    std::set<std::size_t> rows;
    for (const SampleDifference& difference : differences) {
        rows.insert(difference.rows.begin(), difference.rows.end());
        all.max_abs = std::max(all.max_abs, difference.max_abs);
        all.max_ulp = std::max(all.max_ulp, difference.max_ulp);
    }
    all.rows.assign(rows.begin(), rows.end());
    return all;
}

Result<void> check(const Replay& found) {
    if (found.outcome == Replay::Outcome::equal || found.outcome == Replay::Outcome::close) return {};
    if (found.outcome != Replay::Outcome::different) {
        return fail(Error(ErrorKind::invalid, "model-failed",
                          found.outcome == Replay::Outcome::load_error ? "the model cannot be loaded" : "the model cannot predict")
                        .with_because(found.message));
    }
    std::vector<std::string> methods;
    for (const SampleDifference& difference : found.differences) methods.push_back(difference.method);
    const SampleDifference worst = altogether(found.differences);
    const SampleDifference& first = found.differences.front();
    const std::string size = std::isinf(worst.max_abs) ? "" : fmt::format(", by at most {:.3g} ({} ulp)", worst.max_abs, worst.max_ulp);
    Error error(ErrorKind::prediction_differs, "prediction-differs",
                fmt::format("the model predicts otherwise than when it was pushed: {} in {} of {} rows{}", join(methods, ", "),
                            worst.rows.size(), found.rows, size));
    if (!first.because.empty()) {
        error.because = first.method + ": " + first.because;
    } else {
        const auto last = first.rows.begin() + static_cast<std::ptrdiff_t>(std::min(rows_named, first.rows.size()));
        error.because = fmt::format("{} differs first in row{} {}{} of the sample", first.method, first.rows.size() == 1 ? "" : "s",
                                    fmt::join(first.rows.begin(), last, ", "), last == first.rows.end() ? "" : ", …");
    }
    error.fixes.emplace_back("run it where it was trained: same libraries, same compiler options");
    if (worst.max_abs <= rounding)
        error.fixes.emplace_back("accept rounding: push the sample with the tolerance close, abs 1e-12, rel 1e-9");
    return fail(std::move(error));
}

Result<void> check_predictions(const Sample& sample, const SampleOutputArrays& answers) { return check(replay(sample, answers)); }

}  // namespace assay
