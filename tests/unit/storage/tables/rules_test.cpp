#include "storage/tables/rules.hpp"

#include "tests/support/test_database.hpp"

namespace assay::test {

TEST_CASE("the rules in the table are those appended last, and the earlier ones stay on record") {
    TestDatabase database;
    const auto newest = [&] { return database.read([](SqlSession& sql) { return rules_table::newest(sql); }); };
    CHECK(!newest());
    // Neither the time nor the digest decides which is newer.
    for (const auto& [body, digest, now] : {std::tuple{"{\"a\":1}", "sha256:b", "2026-01-02T00:00:00Z"},
                                            {"{\"b\":1}", "sha256:a", "2026-01-01T00:00:00Z"},
                                            {"{\"a\":1}", "sha256:b", "2026-01-01T00:00:00Z"}}) {
        database.write([&, b = body, d = digest, n = now](SqlWrite& sql) { return rules_table::append(sql, b, d, n, "ann@lab"); });
        CHECK(newest() == body);
    }
    CHECK(database.ask("SELECT group_concat(seq || digest || actor) FROM (SELECT * FROM rules ORDER BY seq)") ==
          "1sha256:bann@lab,2sha256:aann@lab,3sha256:bann@lab");
}

}  // namespace assay::test
