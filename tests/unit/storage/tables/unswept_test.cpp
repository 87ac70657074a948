#include "storage/tables/unswept.hpp"

#include "tests/support/test_database.hpp"

namespace assay::test {

TEST_CASE("what is left to be swept is noted once and given until it is removed") {
    TestDatabase database;
    for (int twice = 0; twice < 2; ++twice) database.write([](SqlWrite& sql) { return unswept::add(sql, {"run", "r", "0/r/artifacts"}); });
    const auto first = database.read([](SqlSession& sql) { return unswept::first(sql); });
    REQUIRE(first);
    CHECK(first->kind == "run");
    CHECK(first->folder == "0/r/artifacts");
    database.write([&](SqlWrite& sql) { return unswept::remove(sql, *first); });
    CHECK(!database.read([](SqlSession& sql) { return unswept::first(sql); }));
}

}  // namespace assay::test
