#pragma once

#include "base/result.hpp"

#include <doctest/doctest.h>

namespace assay::test {

/// The value of a Result that must have succeeded; otherwise the test ends with the error's text.
template <class T>
[[nodiscard]] T must(Result<T> result) {
    if (!result) FAIL(describe(result.error()));
    return *std::move(result);
}
inline void must(const Result<void>& result) {
    if (!result) FAIL(describe(result.error()));
}

/// The error of a Result that must have failed.
template <class T>
[[nodiscard]] Error error_of(const Result<T>& result) {
    if (result) FAIL("it succeeded, and should not have");
    return result.error();
}

}  // namespace assay::test
