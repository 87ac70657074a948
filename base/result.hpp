#pragma once

#include "base/error.hpp"

#include <expected>
#include <utility>

namespace assay {

/// A value or the Error that prevented it. Every function that returns one is [[nodiscard]].
template <class T>
using Result = std::expected<T, Error>;

/// `return fail(ErrorKind::not_found, "model-not-found", "there is no model called 'x'");`
[[nodiscard]] inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }
[[nodiscard]] inline std::unexpected<Error> fail(ErrorKind kind, std::string code, std::string message) {
    return std::unexpected<Error>(Error(kind, std::move(code), std::move(message)));
}

}  // namespace assay

#define ASSAY_CONCAT_INNER(a, b) a##b
#define ASSAY_CONCAT(a, b) ASSAY_CONCAT_INNER(a, b)

/// Evaluates a Result<void> (or any Result whose value is not needed) and returns its error to the caller.
#define TRY(...) TRY_AS(ASSAY_CONCAT(assay_result_, __COUNTER__), __VA_ARGS__)
#define TRY_AS(name, ...)                                         \
    do {                                                          \
        auto name = (__VA_ARGS__);                                \
        if (!name) return ::assay::fail(std::move(name).error()); \
    } while (false)

/// `TRY_ASSIGN(const auto digest, Digest::parse(text));` assigns the value or returns the error.
#define TRY_ASSIGN(target, ...) TRY_ASSIGN_AS(ASSAY_CONCAT(assay_result_, __COUNTER__), target, __VA_ARGS__)
#define TRY_ASSIGN_AS(name, target, ...)                      \
    auto name = (__VA_ARGS__);                                \
    if (!name) return ::assay::fail(std::move(name).error()); \
    target = *std::move(name)

/// As TRY, adding what was being done to the error: TRY_WHILE(read(path), "reading " + path).
#define TRY_WHILE(expression, doing) TRY_WHILE_AS(ASSAY_CONCAT(assay_result_, __COUNTER__), expression, doing)
// NOLINTBEGIN(bugprone-macro-parentheses): a name that is declared stands in none
#define TRY_WHILE_AS(name, expression, doing)                                         \
    do {                                                                              \
        auto name = (expression);                                                     \
        if (!name) return ::assay::fail(std::move(name).error().with_context(doing)); \
    } while (false)
// NOLINTEND(bugprone-macro-parentheses)
