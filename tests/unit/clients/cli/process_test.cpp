#include "clients/cli/process.hpp"

#include "tests/support/result.hpp"

namespace assay::test {

TEST_CASE("a program is given its input and gives back its output, however long both are") {
    CHECK(must(run_program({"cat"}, "hello")) == "hello");
    CHECK(must(run_program({"cat"}, "")).empty());
    const std::string long_text(2'000'000, 'x');
    CHECK(must(run_program({"cat"}, long_text)) == long_text);
}

TEST_CASE("a program that does not read its input is no error") {
    CHECK(must(run_program({"true"}, std::string(1'000'000, 'x'))).empty());
    CHECK(must(run_program({"sh", "-c", "exec <&-; echo done"}, std::string(1'000'000, 'x'))) == "done\n");
}

TEST_CASE("a program that is not there, fails or is ended says so by name") {
    CHECK(error_of(run_program({"no-such-program-anywhere"}, "")).code == "program-not-found");
    const Error failed = error_of(run_program({"sh", "-c", "exit 7"}, ""));
    CHECK(failed.code == "program-failed");
    CHECK(failed.message == "sh ended with status 7");
    CHECK(error_of(run_program({"sh", "-c", "kill -TERM $$"}, "")).message == "sh was ended by signal 15");
}

TEST_CASE("a program that writes without end is ended") {
    CHECK(error_of(run_program({"yes"}, "")).message == "yes wrote more than 16.0 MiB");
}

}  // namespace assay::test
