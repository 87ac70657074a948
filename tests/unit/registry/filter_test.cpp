#include "registry/filter.hpp"

#include "tests/support/result.hpp"

#include <fmt/format.h>

namespace assay::test {

namespace {

/// The tree in prefix form: "(AND (metrics.a > 1) (NOT (b = 'x')))".
std::string shape(const FilterNode& node) {
    std::string text = "(";
    if (node.kind == FilterNode::Kind::comparison) {
        text += fmt::format("{} {}", node.key.text(), to_string(node.op));
        for (const FilterValue& value : node.values) {
            if (const auto* integer = std::get_if<std::int64_t>(&value.held)) text += fmt::format(" {}", *integer);
            if (const auto* real = std::get_if<double>(&value.held)) text += fmt::format(" {}", *real);
            if (const auto* held = std::get_if<std::string>(&value.held)) text += fmt::format(" '{}'", *held);
        }
    } else {
        text += node.kind == FilterNode::Kind::all ? "AND" : node.kind == FilterNode::Kind::any ? "OR" : "NOT";
        for (const FilterNode& part : node.parts) text += " " + shape(part);
    }
    return text + ")";
}

std::string parsed(std::string_view text) {
    const auto node = must(parse_filter(text));
    return node ? shape(*node) : "nothing";
}

std::string refused(std::string_view text) {
    const Error error = error_of(parse_filter(text));
    CHECK(error.kind == ErrorKind::invalid);
    CHECK(error.code == "invalid-filter");
    return error.because;
}

}  // namespace

TEST_CASE("a filter reads as MLflow's do") {
    CHECK(parsed("") == "nothing");
    CHECK(parsed("  \n") == "nothing");
    CHECK(parsed("metrics.accuracy > 0.9") == "(metrics.accuracy > 0.9)");
    CHECK(parsed("metrics.`val loss` <= 1e-3 and tags.\"a.b/c\" != 'x'") == "(AND (metrics.val loss <= 0.001) (tags.a.b/c != 'x'))");
    CHECK(parsed("name LIKE 'pen%'") == "(name LIKE 'pen%')");
    CHECK(parsed("attributes.run_id IN ('a', 'b')") == "(attributes.run_id IN 'a' 'b')");
    CHECK(parsed("\"Run name\" = \"x\"") == "(Run name = 'x')");
    CHECK(parsed("params.alpha IS NOT NULL") == "(params.alpha IS NOT NULL)");
    CHECK(parsed("version_number = -3") == "(version_number = -3)");
}

TEST_CASE("AND binds stronger than OR, NOT stronger than both, and parentheses decide") {
    CHECK(parsed("a = 1 OR b = 2 AND c = 3") == "(OR (a = 1) (AND (b = 2) (c = 3)))");
    CHECK(parsed("(a = 1 OR b = 2) AND c = 3") == "(AND (OR (a = 1) (b = 2)) (c = 3))");
    CHECK(parsed("NOT a = 1 AND NOT (b = 2)") == "(AND (NOT (a = 1)) (NOT (b = 2)))");
    CHECK(parsed("not not a = 1") == "(NOT (NOT (a = 1)))");
    CHECK(parsed("tags.x NOT IN ('1')") == "(tags.x NOT IN '1')");
}

TEST_CASE("a filter that is too long says at which of its characters") {
    std::string text = "name = '";
    for (int i = 0; i < 9'000; ++i) text += "\xC3\xA9";
    CHECK(refused(text + "'") == "character 8197: it is longer than 16384 bytes");  // 8 characters of a byte, 8,188 of two
}

TEST_CASE("names and values hold any character when they are quoted") {
    CHECK(parsed("tags.`it``s` = 'it''s'") == "(tags.it`s = 'it's')");
    CHECK(parsed("tags.x = 'caf\xC3\xA9; DROP TABLE versions; --'") == "(tags.x = 'caf\xC3\xA9; DROP TABLE versions; --')");
    CHECK(parsed("caf\xC3\xA9.x = ''") == "(caf\xC3\xA9.x = '')");
    CHECK(parsed("library.scikit-learn = '1.5'") == "(library.scikit-learn = '1.5')");
}

TEST_CASE("a filter that cannot be read says at which character, and what was expected") {
    CHECK(refused("metrics.accuracy") == "character 17: expected =, !=, <, <=, >, >=, LIKE, ILIKE, IN or IS, found the end");
    CHECK(refused("metrics.accuracy > ") == "character 20: expected a number or a 'quoted' text, found the end");
    CHECK(refused("metrics.accuracy > high") == "character 20: expected a number or a 'quoted' text, found 'high'");
    CHECK(refused("(a = 1") == "character 7: expected AND, OR or the ')' for the '(' at character 1, found the end");
    CHECK(refused("a = 1)") == "character 6: expected AND, OR or the end, found ')'");
    CHECK(refused("a = 1 b = 2") == "character 7: expected AND, OR or the end, found 'b'");
    CHECK(refused("a = 'x") == "character 5: the text that begins with ' has no end");
    CHECK(refused("a == 1") == "character 3: expected =, !=, <, <=, >, >=, LIKE, ILIKE, IN or IS, found '=='");
    CHECK(refused("AND") == "character 4: expected =, !=, <, <=, >, >=, LIKE, ILIKE, IN or IS, found the end");
    CHECK(refused("= 1") == "character 1: expected a key such as metrics.accuracy, found '='");
    CHECK(refused("metrics. = 1") == "character 10: expected a name after 'metrics.', found '='");
    CHECK(refused("a IN ()") == "character 7: expected a number or a 'quoted' text, found ')'");
    CHECK(refused("a IN ('x'") == "character 10: expected ',' or ')', found the end");
    CHECK(refused("a IS 1") == "character 6: expected NULL or NOT NULL, found '1'");
    CHECK(refused("a NOT = 1") == "character 7: expected IN after NOT, found '='");
    CHECK(refused("a = 1; DROP TABLE versions") == "character 6: ';' has no meaning here");
    CHECK(refused("tags.\xC3\xA9t\xC3\xA9 = 1 ?") == "character 14: '?' has no meaning here");
    CHECK(refused("`` = 1") == "character 1: the name of a key cannot be empty");
}

TEST_CASE("numbers are finite and whole") {
    CHECK(refused("a = 1e999") == "character 5: '1e999' is no number, or none that is finite");
    CHECK(refused("a = 12abc") == "character 5: '12abc' is no number, or none that is finite");
    CHECK(refused("a = 1.2.3") == "character 5: '1.2.3' is no number, or none that is finite");
    CHECK(refused("a = nan") == "character 5: expected a number or a 'quoted' text, found 'nan'");
    CHECK(refused("a > -inf") == "character 5: '-' has no meaning here");
    CHECK(parsed("a = 9223372036854775807") == "(a = 9223372036854775807)");
    CHECK(parsed("a = 9223372036854775808") == "(a = 9.223372036854776e+18)");
}

TEST_CASE("text that is not UTF-8 is refused where it begins") {
    CHECK(refused("tags.x = '\xFF'") == "character 11: it is not UTF-8");
    CHECK(refused("\x80") == "character 1: it is not UTF-8");
}

TEST_CASE("what would take too long to answer is refused before it is asked") {
    std::string many = "a = 1";
    for (int i = 0; i < 10'000; ++i) many += " OR a = 1";
    CHECK(refused(many) == "character 16385: it is longer than 16384 bytes");
    std::string terms = "a=1";
    for (int i = 0; i < 200; ++i) terms += " OR a=1";
    CHECK(refused(terms) == "character 1401: there are more than 200 comparisons");
    CHECK(refused(std::string(60, '(') + "a=1" + std::string(60, ')')) == "character 52: it is nested deeper than 50");
    std::string list = "a IN (1";
    for (int i = 0; i < 1000; ++i) list += ",1";
    CHECK(refused(list + ")") == "character 2007: the list has more than 1000 values");
}

TEST_CASE("an order is a list of keys with directions") {
    const auto order = must(parse_order("metrics.`a b` DESC, created_at, name asc"));
    REQUIRE(order.size() == 3);
    CHECK(order[0].key.text() == "metrics.a b");
    CHECK(order[0].descending);
    CHECK(!order[1].descending);
    CHECK(!order[2].descending);
    CHECK(must(parse_order(" ")).empty());
    for (const char* bad : {"metrics.a DOWN", "a,", ",a", "a b", "a DESC ASC", "1", "a,a,a,a,a,a,a,a,a,a,a"}) {
        CAPTURE(bad);
        CHECK(error_of(parse_order(bad)).code == "invalid-order");
    }
}

}  // namespace assay::test
