#include "registry/release_table.hpp"

#include "registry/name_tables.hpp"
#include "tests/support/result.hpp"

#include <string>

namespace assay::test {

namespace {

Release release(const char* text) { return must(Release::parse(text)); }

}  // namespace

TEST_CASE("a table says for which Pythons a release has wheels, and what it goes with") {
    const ReleaseTable table = must(ReleaseTable::parse("# a comment\nlib 1.4.2 3.9-3.12 numpy>=1.19.5,<2.3 joblib>=1.2\nlib 1.5.0 3.9\n"));
    const ReleaseFact* fact = table.find("lib", release("1.4.2"));
    REQUIRE(fact != nullptr);
    CHECK(fact->is_for(release("3.9.18")));
    CHECK(fact->is_for(release("3.12.1")));
    CHECK_FALSE(fact->is_for(release("3.13.0")));
    CHECK(fact->goes_with.at("numpy").contains_text("2.2.6"));
    CHECK_FALSE(fact->goes_with.at("numpy").contains_text("2.3.0"));
    CHECK(table.of("lib").size() == 2);
    CHECK(table.of("other").empty());
}

TEST_CASE("a release that has no line is like the next of its minor") {
    const ReleaseTable table = must(ReleaseTable::parse("lib 1.4.2 3.9-3.12\nlib 1.6.1 3.9-3.13\n"));
    CHECK(table.find("lib", release("1.4.0"))->number == "1.4.2");
    CHECK(table.find("lib", release("1.4.9"))->number == "1.4.2");
    CHECK(table.find("lib", release("1.5.0")) == nullptr);
    CHECK(table.find("lib", release("1.3.0")) == nullptr);
    CHECK(table.find("other", release("1.3.0")) == nullptr);
}

TEST_CASE("a table with a fault is refused with its line") {
    const auto problem = [](const char* text) { return error_of(ReleaseTable::parse(text)).message; };
    CHECK(problem("lib 1.4.2\n") == "line 1: a line has a package, a release and Pythons");
    CHECK(problem("lib 1.4.2 3.9-3.12\nlib 1.4.1 3.9-3.12\n") == "line 2: the releases do not ascend");
    CHECK(problem("lib 1.4.2 3.12-3.9\n") == "line 1: the Pythons do not ascend");
    CHECK(problem("lib one 3.9-3.12\n").starts_with("line 1: "));
    CHECK(problem("lib 1.4.2 3.9-3.12 numpy>=x\n").starts_with("line 1: "));
}

TEST_CASE("the table in the binary has a line for every release with a table of names") {
    for (const char* package : {"scikit-learn", "numpy", "scipy", "joblib"}) {
        for (const std::string& number : NameTables::builtin().releases(package)) {
            const ReleaseFact* fact = ReleaseTable::builtin().find(package, release(number.c_str()));
            CAPTURE(package + (" " + number));
            REQUIRE(fact != nullptr);
            CHECK(fact->number == number);
        }
    }
}

}  // namespace assay::test
