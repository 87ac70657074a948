#include "registry/release.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "tests/support/result.hpp"
#include "tests/support/source_dir.hpp"

#include <fmt/format.h>

#include <fstream>
#include <string>
#include <vector>

namespace assay::test {

namespace {

/// The rows of a table in tests/data/pep440, cells unescaped.
std::vector<std::vector<std::string>> table(const std::string& name) {
    std::ifstream in(source_dir() + "/tests/data/pep440/" + name);
    REQUIRE(in.good());
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with('#')) continue;
        auto& row = rows.emplace_back();
        for (const std::string& cell : split(line, '\t')) row.push_back(must(parse_json("\"" + cell + "\"")).get<std::string>());
    }
    return rows;
}

Release release(std::string_view text) { return must(Release::parse(text)); }

}  // namespace

TEST_CASE("every text is read as the packaging library reads it, or refused where it refuses") {
    const auto rows = table("releases.tsv");
    REQUIRE(rows.size() >= 3000);
    for (const auto& row : rows) {
        const auto read = Release::parse(row[0]);
        CHECK_MESSAGE((read ? read->to_string() : "invalid") == row[1], to_text(Json(row[0])));
        if (read) CHECK_MESSAGE(release(read->to_string()).to_string() == row[1], "canonical text is a fixed point: ", row[1]);
    }
}

TEST_CASE("every pair of releases is ordered as the packaging library orders it") {
    const auto rows = table("orderings.tsv");
    REQUIRE(rows.size() >= 3000);
    for (const auto& row : rows) {
        const auto order = release(row[0]) <=> release(row[2]);
        CHECK_MESSAGE((order < 0 ? "<" : order > 0 ? ">" : "=") == row[1], row[0], " ", row[1], " ", row[2]);
        CHECK_MESSAGE((0 <=> (release(row[2]) <=> release(row[0]))) == order, "the other way round: ", row[0], " ", row[2]);
    }
}

TEST_CASE("the releases of PEP 440's own summary stand in its order") {
    const std::vector<std::string> ordered = {"1.dev0",
                                              "1.0.dev456",
                                              "1.0a1",
                                              "1.0a2.dev456",
                                              "1.0a12.dev456",
                                              "1.0a12",
                                              "1.0b1.dev456",
                                              "1.0b2",
                                              "1.0b2.post345.dev456",
                                              "1.0b2.post345",
                                              "1.0rc1.dev456",
                                              "1.0rc1",
                                              "1.0",
                                              "1.0+abc.5",
                                              "1.0+abc.7",
                                              "1.0+5",
                                              "1.0.post456.dev34",
                                              "1.0.post456",
                                              "1.0.15",
                                              "1.1.dev1",
                                              "1!0.1"};
    for (std::size_t i = 0; i + 1 < ordered.size(); ++i)
        CHECK_MESSAGE(release(ordered[i]) < release(ordered[i + 1]), ordered[i], " < ", ordered[i + 1]);
}

TEST_CASE("a number beyond 64 bits is refused with that reason instead of being wrapped") {
    for (const char* text : {"18446744073709551616", "1.99999999999999999999", "1!1.0a18446744073709551616", "1.0+18446744073709551616"}) {
        const Error error = error_of(Release::parse(text));
        CHECK(error.code == "invalid-release");
        CHECK(error.because == "a number in it does not fit 64 bits");
    }
    CHECK(release("1.18446744073709551615").number(1) == 18446744073709551615U);
}

TEST_CASE("a release longer than 256 bytes is refused") {
    std::string longest = "1";
    while (longest.size() + 2 <= max_release_bytes) longest += ".1";
    CHECK(release(longest).numbers().size() == 128);
    CHECK(error_of(Release::parse(longest + ".1")).because.find("256") != std::string::npos);
}

TEST_CASE("the same patch line is the same code packaged again") {
    const auto same = [](const char* a, const char* b) {
        return same_patch_line(release(a), release(b)) && same_patch_line(release(b), release(a));
    };
    CHECK(same("1.2.3", "1.2.3"));
    CHECK(same("1.2", "1.2.0"));
    CHECK(same("1.2.3", "1.2.3.post1"));
    CHECK(same("1.2.3", "1.2.3+cu118"));
    CHECK(same("1.2.3rc1", "1.2.3rc1+local"));
    CHECK_FALSE(same("1.2.3", "1.2.4"));
    CHECK_FALSE(same("1.2.3", "1.2.3.1"));
    CHECK_FALSE(same("1.2.3", "1.2.3rc1"));
    CHECK_FALSE(same("1.2.3rc1", "1.2.3rc2"));
    CHECK_FALSE(same("1.2.3", "1.2.3.dev0"));
    CHECK_FALSE(same("1!1.2.3", "1.2.3"));
}

TEST_CASE("the same minor is the same epoch, first and second number") {
    const auto same = [](const char* a, const char* b) { return same_minor(release(a), release(b)); };
    CHECK(same("1.5.0", "1.5.2"));
    CHECK(same("1", "1.0.9"));
    CHECK(same("1.5.0rc1", "1.5"));
    CHECK_FALSE(same("1.5.0", "1.6.0"));
    CHECK_FALSE(same("1!1.5.0", "1.5.0"));
    CHECK_FALSE(same("2024", "2025"));
}

TEST_CASE("sort keys order by their bytes as releases order") {
    std::vector<Release> releases;
    for (const char* text : {"0",         "1.dev0",  "1a1.dev2", "1a1",
                             "1a1.post1", "1b2",     "1rc1",     "1rc10",
                             "1",         "1.0",     "1+a",      "1+a.1",
                             "1+b",       "1+1",     "1+10",     "1.post0.dev1",
                             "1.post0",   "1.post1", "1.0.1",    "1.1",
                             "1.1.dev3",  "1.9",     "1.10",     "2",
                             "10",        "1!0.1",   "2026.11",  "18446744073709551615"})
        releases.push_back(must(Release::parse(text)));
    for (const Release& a : releases) {
        for (const Release& b : releases) {
            CAPTURE(a.to_string());
            CAPTURE(b.to_string());
            CHECK((a.sort_key() <=> b.sort_key()) == (a <=> b));
        }
    }
}

}  // namespace assay::test
