#include "artifact/zip/zip_writer.hpp"

#include "artifact/zip/zip_reader.hpp"
#include "tests/support/inspected.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

std::string zip_of(const std::vector<std::pair<std::string, std::string>>& members) {
    ZipWriter writer;
    for (const auto& [name, content] : members) REQUIRE(writer.add(name, content));
    return std::move(writer).finish();
}

}  // namespace

TEST_CASE("a zip that is written is read again without an oddity, member by member") {
    const std::string bytes = zip_of({{"first.txt", "one"}, {"empty.txt", ""}, {"folder/third.txt", std::string(70'000, 'x')}});
    const Inspection inspection = inspected(bytes, "model.zip");
    CHECK(inspection.format == "zip");
    CHECK(inspection.oddities.empty());
    REQUIRE(inspection.parts.size() == 3);
    CHECK(inspection.parts[0].name == "first.txt");
    CHECK(inspection.parts[0].bytes == 3);
    CHECK(inspection.parts[2].bytes == 70'000);
}

TEST_CASE("the same members make the same zip, and a zip of none is one") {
    CHECK(zip_of({{"a", "1"}}) == zip_of({{"a", "1"}}));
    CHECK(zip_of({}).size() == 22);
}

TEST_CASE("a zip takes as many members as its directory can count") {
    ZipWriter writer;
    for (std::size_t i = 0; i < ZipWriter::max_members; ++i) REQUIRE(writer.add(std::to_string(i), ""));
    CHECK_FALSE(writer.add("one more", ""));
}

}  // namespace assay::test
