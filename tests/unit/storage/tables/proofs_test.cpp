#include "storage/tables/proofs.hpp"

#include "storage/tables/environments.hpp"
#include "storage/tables/needs.hpp"
#include "tests/support/test_database.hpp"

#include <algorithm>

namespace assay::test {

namespace {

struct Proofs {
    TestDatabase database;

    Proofs() {
        database.add_model("m", 3);
        database.write([](SqlWrite& sql) -> Result<void> {
            TRY(environments::insert(sql, "e", "{}", "t"));
            TRY(needs::set(sql, "m", 1, "a"));
            TRY(needs::set(sql, "m", 2, "a"));
            return needs::set(sql, "m", 3, "b");
        });
    }
    bool record(std::int64_t version, const std::string& considered, const std::string& outcome, const std::string& actor,
                const std::string& at) {
        return database.write([&](SqlWrite& sql) {
            return proofs::record(sql, {"m", version, "e", considered, "client", actor, outcome, "s", "{}", "", "", 0}, at);
        });
    }
};

}  // namespace

TEST_CASE("a proof that is found again is counted and keeps its first time") {
    Proofs proofs;
    CHECK(proofs.record(1, "c", "equal", "ann", "t1"));
    CHECK(!proofs.record(1, "c", "equal", "ann", "t2"));
    const auto row = proofs.database.read(
        [](SqlSession& sql) { return proofs::find(sql, {"m", 1, "e", "", "client", "ann", "equal", "", "", "", "", 0}); });
    REQUIRE(row);
    CHECK(row->count == 2);
    CHECK(row->first_at == "t1");
    CHECK(row->last_at == "t2");
}

TEST_CASE("of the proofs in an environment the failures come first, however old") {
    Proofs proofs;
    (void)proofs.record(1, "c", "load-error", "ann", "t1");
    (void)proofs.record(1, "c", "equal", "bob", "t2");
    (void)proofs.record(1, "d", "different", "cid", "t3");
    const auto rows = proofs.database.read([](SqlSession& sql) { return proofs::in_environment(sql, "m", 1, "c", 1); });
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].outcome == "load-error");
    const auto all = proofs.database.read([](SqlSession& sql) { return proofs::of_version(sql, "m", 1, 10); });
    REQUIRE(all.size() == 3);
    CHECK(all[0].actor == "cid");
}

TEST_CASE("versions are counted by their needs and by what is proven, a failure above everything") {
    Proofs proofs;
    (void)proofs.record(1, "c", "equal", "ann", "t1");
    (void)proofs.record(1, "c", "different", "bob", "t1");
    (void)proofs.record(2, "c", "equal", "ann", "t1");
    (void)proofs.record(3, "d", "close", "ann", "t1");
    const auto counted = proofs.database.read([](SqlSession& sql) { return proofs::by_needs(sql, {"c", "unheard of"}); });
    REQUIRE(counted.size() == 2);
    CHECK(std::ranges::all_of(counted,
                              [](const proofs::ByNeeds& one) { return one.versions == 1 && one.considered == "c" && one.needs == 1; }));
    CHECK(std::ranges::count(counted, true, &proofs::ByNeeds::failed) == 1);
    CHECK(proofs.database.read([](SqlSession& sql) { return proofs::by_needs(sql, std::vector<std::string>(1201, "d")); }).size() >= 1);
}

}  // namespace assay::test
