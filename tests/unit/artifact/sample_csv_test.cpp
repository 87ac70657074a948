#include "artifact/sample_csv.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace assay::test {

namespace {

SampleTable table_of(std::string_view text) { return std::get<SampleTable>(must(sample_of_csv(text, {})).input); }

}  // namespace

TEST_CASE("columns of a CSV file have the types that pandas gives them") {
    const SampleTable table =
        table_of("whole,gaps,real,flag,word,mixed,gappy flag\n1,2,0.5,True,red,1,True\n-3,,1e3,False,,x,\n7,4,NaN,TRUE,blue,2,False\n");
    REQUIRE(table.columns.size() == 7);
    CHECK(std::get<std::vector<std::int64_t>>(table.columns[0].array.values) == std::vector<std::int64_t>{1, -3, 7});
    const auto& gaps = std::get<std::vector<double>>(table.columns[1].array.values);
    CHECK(gaps[0] == 2);
    CHECK(std::isnan(gaps[1]));
    CHECK(std::get<std::vector<double>>(table.columns[2].array.values)[1] == 1000);
    CHECK(std::get<std::vector<std::uint8_t>>(table.columns[3].array.values) == std::vector<std::uint8_t>{1, 0, 1});
    CHECK(std::get<std::vector<std::string>>(table.columns[4].array.values) == std::vector<std::string>{"red", "", "blue"});
    CHECK(table.columns[4].array.missing == std::vector<std::uint8_t>{0, 1, 0});
    CHECK(table.columns[4].dtype == "object");
    CHECK(table.columns[5].array.type() == SampleType::string);
    CHECK(table.columns[5].array.missing.empty());
    CHECK(table.columns[6].array.type() == SampleType::boolean);  // pandas has objects there
    CHECK(table.columns[6].dtype == "object");
    CHECK(table.columns[6].array.missing != std::vector<std::uint8_t>(3, 0));
}

TEST_CASE("numbers of a CSV file are read to the last bit") {
    const SampleTable table = table_of("x\n0.1\n-2.2250738585072014e-308\n1e999\n");
    CHECK(table.columns[0].array.type() == SampleType::string);  // one is beyond every double
    CHECK(std::get<std::vector<double>>(table_of("x\n0.30000000000000004\n+1.5\n").columns[0].array.values) ==
          std::vector<double>{0.1 + 0.2, 1.5});
}

TEST_CASE("a CSV file without rows, or with too many, is refused in words") {
    CHECK(error_of(sample_of_csv("a,b\n", {})).code == "invalid-csv");
    CHECK(error_of(sample_of_csv("", {})).code == "invalid-csv");
    CHECK(error_of(sample_of_csv("a,b\n1\n", {})).code == "invalid-csv");
    CHECK(error_of(sample_of_csv("a\n1\n2\n3\n", {.max_rows = 2})).kind == ErrorKind::too_large);
    CHECK(error_of(sample_of_csv("a,b\n1,2\n3,4\n", {.max_values = 3})).kind == ErrorKind::too_large);
}

}  // namespace assay::test
