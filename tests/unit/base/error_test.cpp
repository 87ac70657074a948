#include "base/error.hpp"

#include "base/result.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <set>
#include <string>

namespace assay::test {

namespace {

Result<int> failing() { return fail(ErrorKind::conflict, "inner", "it is taken"); }

Result<int> passing_on() {
    TRY_ASSIGN(const int value, failing());
    return value + 1;
}

Result<void> saying_what_for() {
    TRY_WHILE(failing(), "reading the list");
    return {};
}

}  // namespace

TEST_CASE("every kind of error has a spelling of its own") {
    std::set<std::string_view> spellings;
    for (const auto& [kind, text] : {std::pair{ErrorKind::invalid, "invalid"},
                                     {ErrorKind::not_found, "not-found"},
                                     {ErrorKind::incompatible, "incompatible"},
                                     {ErrorKind::integrity, "integrity"},
                                     {ErrorKind::unsafe, "unsafe"},
                                     {ErrorKind::permission, "permission"},
                                     {ErrorKind::conflict, "conflict"},
                                     {ErrorKind::precondition, "precondition"},
                                     {ErrorKind::prediction_differs, "prediction-differs"},
                                     {ErrorKind::too_large, "too-large"},
                                     {ErrorKind::no_space, "no-space"},
                                     {ErrorKind::unavailable, "unavailable"},
                                     {ErrorKind::network, "network"},
                                     {ErrorKind::internal, "internal"}}) {
        CHECK(to_string(kind) == text);
        spellings.insert(to_string(kind));
    }
    CHECK(spellings.size() == 14);
}

TEST_CASE("an error is described with cause, problems, context and fixes, in that order, and without what is empty") {
    CHECK(describe(Error(ErrorKind::invalid, "x", "it is wrong")) == "error: it is wrong\n");
    const Error error = Error(ErrorKind::invalid, "x", "it is wrong")
                            .with_because("of the moon")
                            .with_problems({{"facts.metrics", "is missing", "give one"}, {"files", "is empty", ""}})
                            .with_context("reading the request")
                            .with_context("pushing churn")
                            .with_fix("wait")
                            .with_fix("do not");
    CHECK(describe(error) ==
          "error: it is wrong\n"
          "  because: of the moon\n"
          "  facts.metrics: is missing\n"
          "    fix: give one\n"
          "  files: is empty\n"
          "  while: reading the request\n"
          "  while: pushing churn\n"
          "fix: wait\n"
          "  or: do not\n");
}

TEST_CASE("an error of the system is named by its subject and has the kind of its number") {
    struct Case {
        int number;
        ErrorKind kind;
        const char* code;
        const char* words;
    };
    for (const Case& one : {Case{ENOENT, ErrorKind::not_found, "file-not-found", "No such file"},
                            {ENOSPC, ErrorKind::no_space, "no-space", "No space left"},
                            {EDQUOT, ErrorKind::no_space, "no-space", "quota"},
                            {EACCES, ErrorKind::permission, "permission-denied", "Permission denied"},
                            {EPERM, ErrorKind::permission, "permission-denied", "not permitted"},
                            {EIO, ErrorKind::internal, "io-error", "Input/output"}}) {
        const Error error = posix_error("/data/FORMAT", one.number);
        CAPTURE(one.code);
        CHECK(error.kind == one.kind);
        CHECK(error.code == one.code);
        CHECK(error.message.starts_with("/data/FORMAT: "));
        CHECK(error.message.find(one.words) != std::string::npos);
    }
}

TEST_CASE("an error that is passed on stays whole, and learns what was being done where that is said") {
    const auto passed = passing_on();
    REQUIRE(!passed);
    CHECK(passed.error().code == "inner");
    CHECK(passed.error().kind == ErrorKind::conflict);
    CHECK(passed.error().context.empty());
    const auto said = saying_what_for();
    REQUIRE(!said);
    CHECK(said.error().message == "it is taken");
    CHECK(said.error().context == std::vector<std::string>{"reading the list"});
}

}  // namespace assay::test
