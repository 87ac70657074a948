#include "storage/tables/needs.hpp"

#include "tests/support/test_database.hpp"

namespace assay::test {

TEST_CASE("needs are counted by the versions that have them") {
    TestDatabase database;
    database.write([](SqlWrite& sql) -> Result<void> {
        TRY(needs::set(sql, "m", 1, "a"));
        TRY(needs::set(sql, "m", 2, "a"));
        TRY(needs::set(sql, "m", 3, "b"));
        TRY(needs::set(sql, "m", 2, "b"));
        TRY(needs::remove(sql, "m", 3));
        return needs::remove(sql, "m", 9);
    });
    const auto rows = database.read([](SqlSession& sql) { return needs::list(sql, 10); });
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].body == "a");
    CHECK(rows[0].versions == 1);
    CHECK(rows[1].versions == 1);
    CHECK(database.read([](SqlSession& sql) { return needs::of_version(sql, "m", 2); }) == rows[1].id);
    CHECK(!database.read([](SqlSession& sql) { return needs::of_version(sql, "m", 3); }));
}

}  // namespace assay::test
