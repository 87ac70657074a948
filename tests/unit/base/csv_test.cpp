#include "base/csv.hpp"

#include "tests/support/result.hpp"

#include <string>
#include <vector>

namespace assay::test {

TEST_CASE("a table has the columns of its first line, and rows with the line that they begin on") {
    const CsvTable table = must(parse_csv("a,b\r\n1,2\n\n\"x, \"\"y\"\"\nz\",\n3,4", 10));
    CHECK(table.columns == std::vector<std::string>{"a", "b"});
    CHECK(table.rows == std::vector<std::vector<std::string>>{{"1", "2"}, {"x, \"y\"\nz", ""}, {"3", "4"}});
    CHECK(table.lines == std::vector<std::size_t>{2, 4, 6});
    CHECK(table.column("b") == 1);
    CHECK(table.column("c") == 2);
}

TEST_CASE("a byte order mark is no part of the first name") {
    CHECK(must(parse_csv("\xef\xbb\xbf"
                         "a,b\n1,2\n",
                         10))
              .columns == std::vector<std::string>{"a", "b"});
}

TEST_CASE("what is no CSV is refused with its line") {
    CHECK(error_of(parse_csv("a,b\n1\n", 10)).message == "line 2 has 1 fields");
    CHECK(error_of(parse_csv("a,b\n1,x\"y\"\n", 10)).message == "line 2 is no line of CSV");
    CHECK(error_of(parse_csv("a,b\n1,\"y", 10)).because == "the quote does not end");
    CHECK(error_of(parse_csv("a,b\n\n1,\"y\"z\n", 10)).message == "line 3 is no line of CSV");
    CHECK(error_of(parse_csv("a,a\n", 10)).because == "two columns have one name");
    CHECK(error_of(parse_csv("\n\n", 10)).message == "it is empty");
    CHECK(error_of(parse_csv("a\n1\n2\n", 1)).kind == ErrorKind::too_large);
}

}  // namespace assay::test
