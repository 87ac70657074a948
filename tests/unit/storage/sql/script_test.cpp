#include "storage/sql/script.hpp"

#include "tests/support/result.hpp"

namespace assay::test {

using Statements = std::vector<std::string>;

TEST_CASE("a script is split where its statements end and nowhere else") {
    CHECK(must(split_statements("")) == Statements{});
    CHECK(must(split_statements(" ; ;\n-- only a comment;\n/* another; */")) == Statements{});
    CHECK(must(split_statements("a; b ;c")) == Statements{"a", "b", "c"});
    CHECK(must(split_statements("-- one; two\na;-- three\n/* ; */ b")) == Statements{"a", "b"});
    CHECK(must(split_statements("a ';' ''';' \";\" \"\"\";\"; b")) == Statements{"a ';' ''';' \";\" \"\"\";\"", "b"});
    CHECK(must(split_statements("a '--' b; c '/*' d; e '*/'")) == Statements{"a '--' b", "c '/*' d", "e '*/'"});
    CHECK(must(split_statements("(a); ('b');")) == Statements{"(a)", "('b')"});
}

TEST_CASE("a trigger is one statement, whatever it holds") {
    const std::string trigger =
        "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN\n"
        "  UPDATE b SET c = CASE WHEN d THEN ';end' ELSE 1 END; -- end;\n  DELETE FROM \"end\"; END";
    CHECK(must(split_statements(trigger + "; SELECT 1;")) == Statements{trigger, "SELECT 1"});
    CHECK(must(split_statements("CREATE TABLE begin_x (trigger TEXT); CREATE INDEX i ON t (case_end); x")).size() == 3);
}

TEST_CASE("a script that ends too early is refused") {
    for (const char* script : {"a 'b", "a \"b", "/* a", "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1;"}) {
        CHECK(error_of(split_statements(script)).code == "sql-script");
    }
}

}  // namespace assay::test
