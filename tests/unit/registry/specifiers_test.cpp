#include "registry/specifiers.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "tests/support/result.hpp"
#include "tests/support/source_dir.hpp"

#include <fstream>
#include <string>
#include <vector>

namespace assay::test {

TEST_CASE("every specifier holds the releases that the packaging library says it holds") {
    std::ifstream in(source_dir() + "/tests/data/pep440/specifiers.tsv");
    REQUIRE(in.good());
    std::size_t answers = 0;
    std::size_t refusals = 0;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with('#')) continue;
        std::vector<std::string> row;
        for (const std::string& cell : split(line, '\t')) row.push_back(must(parse_json("\"" + cell + "\"")).get<std::string>());
        REQUIRE(row.size() == 4);
        const auto set = SpecifierSet::parse(row[0]);
        if (row[3] == "invalid") {
            ++refusals;
            CHECK_MESSAGE(!set, "should be refused: ", line);
            continue;
        }
        ++answers;
        REQUIRE_MESSAGE(set, "should be accepted: ", line);
        const bool any = row[2] == "any";
        const std::string expected = row[3];
        CHECK_MESSAGE((set->contains_text(row[1], any) ? "in" : "out") == expected, line);
        const auto release = Release::parse(row[1]);
        if (release && row[0].find("===") == std::string::npos) {
            CHECK_MESSAGE((set->contains(*release, any) ? "in" : "out") == expected, "as a release: ", line);
        }
        CHECK_MESSAGE((must(SpecifierSet::parse(set->to_string())).contains_text(row[1], any) ? "in" : "out") == expected,
                      "written and read again: ", line);
    }
    CHECK(answers >= 5000);
    CHECK(refusals >= 300);
}

TEST_CASE("a refused clause is named with the reason") {
    const Error error = error_of(SpecifierSet::parse(">=1.0, ~=2"));
    CHECK(error.code == "invalid-specifier");
    CHECK(error.message == "'~=2' is not a range of releases");
    CHECK(error.because == "~= needs at least two release numbers");
    CHECK(error_of(SpecifierSet::parse(">=18446744073709551616")).because == "a number in it does not fit 64 bits");
    CHECK(error_of(SpecifierSet::parse(">=1." + std::string(300, '1'))).because.find("256") != std::string::npos);
}

TEST_CASE("a set of specifiers is written without spaces in the order given") {
    CHECK(must(SpecifierSet::parse(" >= 1.0 ,, < 2 ")).to_string() == ">=1.0,<2");
    CHECK(must(SpecifierSet::parse("")).empty());
}

}  // namespace assay::test
