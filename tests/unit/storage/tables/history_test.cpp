#include "storage/tables/history.hpp"

#include "tests/support/test_database.hpp"

namespace assay::test {

namespace {

HistoryRow a_move(const std::string& model, const std::string& alias, std::optional<std::string> before, std::optional<std::string> after) {
    return {0, "2026-01-01T00:00:00Z", model, 1, "alias", alias, std::move(before), std::move(after), "ann@lab"};
}

std::vector<std::int64_t> seqs(const std::vector<HistoryRow>& rows) {
    std::vector<std::int64_t> list;
    for (const HistoryRow& row : rows) list.push_back(row.seq);
    return list;
}

}  // namespace

TEST_CASE("history is numbered from 1 in the order of writing, over all models, whatever number a row brings") {
    TestDatabase database;
    HistoryRow row = a_move("churn", "production", std::nullopt, "1");
    row.seq = 77;
    database.write([&](SqlWrite& sql) { return history::append(sql, row); });
    row.model = "fraud";
    database.write([&](SqlWrite& sql) { return history::append(sql, row); });
    row.model = "churn";
    database.write([&](SqlWrite& sql) { return history::append(sql, row); });
    using Seqs = std::vector<std::int64_t>;
    CHECK(seqs(database.read([](SqlSession& sql) { return history::of_model(sql, "churn", 0, 10); })) == Seqs{3, 1});
    CHECK(seqs(database.read([](SqlSession& sql) { return history::of_model(sql, "fraud", 0, 10); })) == Seqs{2});
    CHECK(seqs(database.read([](SqlSession& sql) { return history::of_model(sql, "none", 0, 10); })) == Seqs{});
}

TEST_CASE("a row of history comes back as it was written, with what is absent still absent") {
    TestDatabase database;
    const HistoryRow whole{0, "2026-01-01T00:00:00Z", "churn", 3, "tag", "team", "birds", "fish", "ann@lab"};
    const HistoryRow bare{0, "2026-01-02T00:00:00Z", "churn", std::nullopt, "description", "", std::nullopt, "", "bob@lab"};
    for (const HistoryRow& row : {whole, bare}) database.write([&](SqlWrite& sql) { return history::append(sql, row); });
    const auto rows = database.read([](SqlSession& sql) { return history::of_model(sql, "churn", 0, 10); });
    REQUIRE(rows.size() == 2);
    const auto same = [](const HistoryRow& a, const HistoryRow& b) {
        return a.at == b.at && a.model == b.model && a.version == b.version && a.kind == b.kind && a.key == b.key && a.before == b.before &&
               a.after == b.after && a.actor == b.actor;
    };
    CHECK(same(rows[0], bare));
    CHECK(same(rows[1], whole));
}

TEST_CASE("history is read newest first, below a number, up to a limit; of one key only its own rows") {
    TestDatabase database;
    for (int i = 1; i <= 6; ++i) {
        HistoryRow row = a_move("churn", i % 2 == 0 ? "production" : "staging", std::nullopt, std::to_string(i));
        if (i == 6) row.kind = "tag";
        database.write([&](SqlWrite& sql) { return history::append(sql, row); });
    }
    using Seqs = std::vector<std::int64_t>;
    const auto of_model = [&](std::int64_t before, std::int64_t limit) {
        return seqs(database.read([&](SqlSession& sql) { return history::of_model(sql, "churn", before, limit); }));
    };
    const auto of_key = [&](const std::string& key, std::int64_t before, std::int64_t limit) {
        return seqs(database.read([&](SqlSession& sql) { return history::of_key(sql, "churn", "alias", key, before, limit); }));
    };
    CHECK(of_model(0, 2) == Seqs{6, 5});
    CHECK(of_model(5, 2) == Seqs{4, 3});
    CHECK(of_model(3, 10) == Seqs{2, 1});
    CHECK(of_model(1, 10) == Seqs{});
    CHECK(of_key("production", 0, 10) == Seqs{4, 2});  // 6 is a tag of the same name
    CHECK(of_key("production", 4, 10) == Seqs{2});
    CHECK(of_key("staging", 0, 1) == Seqs{5});
    CHECK(of_key("none", 0, 10) == Seqs{});
}

}  // namespace assay::test
