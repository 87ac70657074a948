#include "clients/cli/progress.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <sstream>

namespace assay::test {

namespace {

/// What a transfer that goes on until something is drawn (or for 10,000 pieces) leaves on standard error.
std::string drawn(Output::Options options, std::uint64_t total, const std::string& what = "fetching model.joblib") {
    std::ostringstream out;
    std::ostringstream err;
    Output output(out, err, options);
    {
        Progress progress(output, what, total);
        if (options.err_is_terminal && !options.quiet) {
            while (err.str().empty()) progress.advance(1);
        } else {
            for (int i = 0; i < 10'000; ++i) progress.advance(1);
        }
    }
    CHECK(out.str().empty());
    return err.str();
}

}  // namespace

TEST_CASE("a bar is drawn on a terminal only, and never under --quiet") {
    CHECK(drawn({}, 100).empty());
    CHECK(drawn({.quiet = true, .err_is_terminal = true}, 100).empty());
    CHECK_FALSE(drawn({.err_is_terminal = true}, 100).empty());
}

TEST_CASE("a bar removes itself, whatever was announced") {
    for (const std::uint64_t total : {std::uint64_t{0}, std::uint64_t{1}, UINT64_MAX}) {
        const std::string text = drawn({.err_is_terminal = true}, total);
        CHECK(text.starts_with("\rfetching model.joblib ["));
        CHECK(text.ends_with("\r\033[K"));
        CHECK(text.find('\n') == std::string::npos);
    }
}

TEST_CASE("a transfer that goes on is drawn from there, and said in a line of its own") {
    std::ostringstream out;
    std::ostringstream err;
    Output output(out, err, {.err_is_terminal = true});
    Progress progress(output, "fetching model", std::uint64_t{1} << 40U);
    progress.continue_at(std::uint64_t{1} << 39U);
    while (err.str().empty()) progress.advance(1);
    CHECK(err.str().find(" 50 %") != std::string::npos);
    err.str("");
    say_continued(output, progress, "model\x1b", 1U << 19U, 1U << 20U);
    CHECK(err.str().starts_with("\r\033[K"));
    CHECK(err.str().find("model\\x1b: continuing at 512.0 KiB of 1.0 MiB\n") != std::string::npos);
}

TEST_CASE("the name of a file cannot move the cursor") {
    CHECK(drawn({.err_is_terminal = true}, 100, "fetching \x1b[2J").find("\x1b[2J") == std::string::npos);
}

}  // namespace assay::test
