#include "storage/tables/waivers.hpp"

#include "tests/support/test_database.hpp"

namespace assay::test {

namespace {

struct Waivers {
    TestDatabase database;

    Waivers() { database.add_model("m", 2); }
    std::int64_t add(std::int64_t version, const std::string& considered, std::int64_t until) {
        return database.write([&](SqlWrite& sql) {
            return waivers::insert(sql, {0, "m", version, considered.empty() ? "" : "e", considered, "why", "ann", "t", until, {}, {}});
        });
    }
    std::int64_t in_force(std::int64_t version, const std::string& considered, std::int64_t now) {
        const auto row = database.read([&](SqlSession& sql) { return waivers::in_force(sql, "m", version, considered, now); });
        return row ? row->id : 0;
    }
    std::size_t listed(const waivers::Wanted& wanted) {
        return database.read([&](SqlSession& sql) { return waivers::list(sql, wanted, 10); }).size();
    }
};

}  // namespace

TEST_CASE("a waiver is in force for its version, in its environment, until its time, and the longest one counts") {
    Waivers waivers;
    CHECK(waivers.add(1, "", 100) == 1);
    CHECK(waivers.add(1, "c", 200) == 2);
    CHECK(waivers.in_force(1, "d", 99) == 1);
    CHECK(waivers.in_force(1, "d", 100) == 0);
    CHECK(waivers.in_force(1, "c", 50) == 2);
    CHECK(waivers.in_force(2, "c", 50) == 0);
    waivers.database.write([](SqlWrite& sql) { return waivers::end(sql, 2, "t2", "bob"); });
    CHECK(waivers.in_force(1, "c", 50) == 1);
}

TEST_CASE("waivers are listed by version and by whether they hold, newest first") {
    Waivers waivers;
    (void)waivers.add(1, "", 100);
    (void)waivers.add(2, "", 200);
    (void)waivers.add(1, "", 300);
    CHECK(waivers.listed({}) == 3);
    CHECK(waivers.listed({"m", 1, 0, 0}) == 2);
    CHECK(waivers.listed({"", 0, 150, 0}) == 2);
    CHECK(waivers.listed({"", 0, 0, 3}) == 2);
    CHECK(waivers.database.read([](SqlSession& sql) { return waivers::list(sql, {}, 1); }).at(0).id == 3);
    CHECK(!waivers.database.read([](SqlSession& sql) { return waivers::find(sql, 4); }));
}

}  // namespace assay::test
