#include "registry/search_conditions.hpp"

#include "tests/support/result.hpp"

#include <algorithm>

namespace assay::test {

namespace {

std::vector<filter::Condition> conditions(std::string_view text) { return must(search_conditions(must(parse_filter(text)))); }

}  // namespace

TEST_CASE("a filter that does not ask for the state means versions that are ready") {
    CHECK(conditions("").size() == 1);
    CHECK(conditions("").front().table == "version_needs");  // which has the ready ones
    CHECK(conditions("metrics.a > 1 AND tags.b = 'c'").size() == 3);
    CHECK(conditions("attributes.state = 'deleted'").size() == 1);
    CHECK(conditions("name = 'a' OR NOT attr.State = 'deleted'").size() == 1);
}

TEST_CASE("only a comparison that an index answers is a way to begin") {
    const std::string digest = "digest = 'sha256:" + std::string(64, '0') + "'";
    CHECK(conditions(digest).front().selective);
    const auto selective = [](std::string_view text) { return conditions(text).front().selective; };
    for (const char* text : {"metrics.a > 1", "tags.a = 'x'", "params.a IN ('x')", "library.numpy >= '2'", "created_at < '2026-01-01'"})
        CHECK_MESSAGE(selective(text), text);
    for (const char* text :
         {"metrics.a != 1", "tags.a LIKE 'x%'", "params.a NOT IN ('x')", "version = 3", "description = 'x'", "platform = 'x'"})
        CHECK_MESSAGE(!selective(text), text);
}

TEST_CASE("what the bytes are is asked by the kinds of terms, and releases in them as those that are declared") {
    const auto estimator = conditions("estimator = 'Ridge'").front();
    CHECK(estimator.table == "version_terms");
    CHECK(estimator.selective);
    CHECK(conditions("embedded.Scikit_Learn < '1.3'").front().table == "version_releases");
    CHECK(conditions("attributes.training_data IS NOT NULL").front().table == "version_terms");
    CHECK(!search_conditions(must(parse_filter("verdict = 'evil'"))));
    CHECK(!search_conditions(must(parse_filter("training_data = 'all'"))));
    CHECK(!search_conditions(must(parse_filter("embedded.numpy = 2"))));
}

TEST_CASE("no text of a filter becomes part of the SQL") {
    const std::vector<filter::Condition> found = conditions("metrics.`x'; --` > 1 AND tags.`\"?` = 'y?'");
    for (const filter::Condition& part : found) {
        CHECK(part.where.find("x'") == std::string::npos);
        CHECK(part.where.find("y?") == std::string::npos);
        CHECK(static_cast<std::size_t>(std::ranges::count(part.where, '?')) == part.values.size());
    }
}

TEST_CASE("a key that was named before decides nothing in an order, and the newest come first without one") {
    const auto order = must(search_order(must(parse_order("metrics.a DESC, metric.a, name"))));
    REQUIRE(order.size() == 2);
    CHECK(order[0].one_row == "s.highest = 1");
    CHECK(order[1].always);
    const auto usual = must(search_order({}));
    REQUIRE(usual.size() == 1);
    CHECK(usual[0].column == "created_at");
    CHECK(usual[0].descending);
}

}  // namespace assay::test
