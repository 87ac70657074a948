#include "storage/tables/filter.hpp"

#include "tests/support/test_registry.hpp"

#include <fmt/format.h>

namespace assay::test {

namespace {

/// More versions than a walk looks at first, written straight into the tables: a metric that counts up, a rare tag and a common one.
struct Many {
    TestRegistry registry;
    static constexpr int count = 6'000;

    Many() {
        const VersionView model = registry.push(a_push("m"));
        const auto fill = [&](const std::string& into, const std::string& values) {
            (void)registry.execute(
                fmt::format("WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {}) INSERT INTO {} SELECT {} FROM n",
                            count, into, values));
        };
        fill("versions (model, version, digest, manifest, content_digest, run, state, description, created_at)",
             "'m', i, 'd' || i, '{}', '', '', 'ready', '', ''");
        fill("version_metrics (model, version, name, dataset, value, lowest, highest)", "'m', i, 'loss', '', i, 1, 1");
        fill("tags (model, version, key, value)", "'m', i, 'rare', CASE WHEN i % 1000 = 0 THEN 'yes' ELSE 'no' END");
    }

    static filter::Condition tag(const std::string& value) {
        return {.table = "tags", .where = "s.key = ? AND s.value = ?", .values = {"rare", value}, .selective = true, .key = "tags.rare"};
    }
    static filter::Order by_loss(bool descending) {
        return {.table = "version_metrics",
                .column = "value",
                .where = "s.name = ?",
                .values = {"loss"},
                .type = filter::ValueType::real,
                .descending = descending,
                .one_row = descending ? "s.highest = 1" : "s.lowest = 1",
                .key = "metrics.loss"};
    }
    std::string find(filter::Query query) {
        query.keys_descend = query.order.front().descending;
        std::string text;
        const auto rows =
            must(registry.registry().database.read([&](SqlSession& sql) { return filter::find(sql, filter::versions(), query); }));
        for (const filter::Found& one : rows)
            text += fmt::format("{}{}", text.empty() ? "" : " ", std::get<std::int64_t>(one.id.at(1).held));
        return text;
    }
};

/// Asks the database how it goes about each question before it is put.
class Explaining final : public SqlSession {
public:
    explicit Explaining(SqlSession& session) : session_(session) {}
    [[nodiscard]] Result<void> each(std::string_view sql, const SqlValues& values,
                                    const std::function<Result<void>(const Row&)>& visit) override {
        TRY_ASSIGN(const auto steps,
                   session_.all("EXPLAIN QUERY PLAN " + std::string(sql), values, [](const Row& row) { return row.text(3); }));
        for (const std::string& step : steps) plan += step + "\n";
        return session_.each(sql, values, visit);
    }
    [[nodiscard]] Result<std::int64_t> run(std::string_view sql, const SqlValues& values) override { return session_.run(sql, values); }

    std::string plan;

private:
    SqlSession& session_;
};

/// The steps of answering a question that finds three versions.
std::string plan_of(Many& many, filter::Query query) {
    query.keys_descend = query.order.front().descending;
    return must(many.registry.registry().database.read([&](SqlSession& sql) -> Result<std::string> {
        Explaining explaining(sql);
        TRY_ASSIGN(const auto found, filter::find(explaining, filter::versions(), query));
        CHECK(found.size() == 3);
        return explaining.plan;
    }));
}

}  // namespace

TEST_CASE("a page in the order of an index is read off it, without sorting and without looking through a table") {
    Many many;
    filter::Query query{.conditions = {Many::tag("no")}, .order = {Many::by_loss(true)}, .after = {}, .limit = 3};
    for (const bool second_page : {false, true}) {
        if (second_page) query.after = filter::Found{{"m", 5998}, {5998.0}};
        const std::string plan = plan_of(many, query);
        CAPTURE(plan);
        CHECK(plan.find("SEARCH s USING COVERING INDEX version_metrics_by_value (name=?") != std::string::npos);
        CHECK(plan.find("TEMP B-TREE") == std::string::npos);
        CHECK(plan.find("SCAN s") == std::string::npos);
    }
}

TEST_CASE("the value to order by is looked up for each version that was collected, never sought among all versions") {
    Many many;
    const filter::Query query{
        .conditions = {Many::tag("yes")}, .order = {Many::by_loss(true), Many::by_loss(false)}, .after = {}, .limit = 3};
    const std::string plan = plan_of(many, query);
    CAPTURE(plan);
    CHECK(plan.find("SEARCH s USING PRIMARY KEY (model=? AND version=? AND name=?)") != std::string::npos);
    CHECK(plan.find("version_metrics_by_value") == std::string::npos);
}

TEST_CASE("the answer is the same by whichever way it is found") {
    Many many;
    // Few rows meet the condition: collected.
    CHECK(many.find({.conditions = {Many::tag("yes")}, .order = {Many::by_loss(true)}, .after = {}, .limit = 3}) == "6000 5000 4000");
    // Most do: walked.
    CHECK(many.find({.conditions = {Many::tag("no")}, .order = {Many::by_loss(true)}, .after = {}, .limit = 3}) == "5999 5998 5997");
    // Few do, but no index says so: walked to the end.
    filter::Condition unknown = Many::tag("yes");
    unknown.selective = false;
    CHECK(many.find({.conditions = {unknown}, .order = {Many::by_loss(false)}, .after = {}, .limit = 10}) ==
          "1000 2000 3000 4000 5000 6000");
    // Nobody does.
    CHECK(many.find({.conditions = {Many::tag("maybe")}, .order = {Many::by_loss(false)}, .after = {}, .limit = 10}) == "");
    CHECK(many.find({.conditions = {filter::any_of({})}, .order = {Many::by_loss(false)}, .after = {}, .limit = 10}) == "");
}

TEST_CASE("versions without a value for the first key come after all that have one, also when they are walked") {
    Many many;
    (void)many.registry.execute("DELETE FROM version_metrics WHERE version > 4998");
    const filter::Condition late{.table = "versions", .where = "s.version > ?", .values = {4'996}, .key = "version"};
    const auto page = [&](std::optional<filter::Found> after, std::int64_t limit) {
        return many.find({.conditions = {late}, .order = {Many::by_loss(true)}, .after = std::move(after), .limit = limit});
    };
    CHECK(page({}, 4) == "4998 4997 6000 5999");
    CHECK(page(filter::Found{{"m", 4'997}, {4'997.0}}, 2) == "6000 5999");
    CHECK(page(filter::Found{{"m", 5'999}, {nullptr}}, 2) == "5998 5997");
}

TEST_CASE("the direction of the keys is its own: equal values come in it, on every page, whichever way the order goes") {
    Many many;
    (void)many.registry.execute("UPDATE version_metrics SET value = 1 WHERE version <= 4 AND name = 'loss'");
    const filter::Condition early{.table = "versions", .where = "s.version BETWEEN ? AND ?", .values = {2, 4}, .key = "version"};
    for (const bool descending : {false, true}) {
        for (const bool keys_descend : {false, true}) {
            filter::Query query{.conditions = {early}, .order = {Many::by_loss(descending)}, .after = {}, .limit = 1};
            query.keys_descend = keys_descend;
            std::string text;
            for (int page = 0; page < 4; ++page) {
                const auto rows = must(
                    many.registry.registry().database.read([&](SqlSession& sql) { return filter::find(sql, filter::versions(), query); }));
                if (rows.empty()) break;
                text += std::to_string(std::get<std::int64_t>(rows[0].id.at(1).held));
                query.after = rows[0];
            }
            CHECK(text == (keys_descend ? "432" : "234"));
        }
    }
}

TEST_CASE("the place of a version is its value for each key of the order, whether or not it has one") {
    Many many;
    const auto place = [&](std::int64_t version) {
        return must(many.registry.registry().database.read(
            [&](SqlSession& sql) { return filter::place_of(sql, filter::versions(), {Many::by_loss(true)}, {"m", version}); }));
    };
    CHECK(std::get<double>(place(7).keys.at(0).held) == 7.0);
    CHECK(std::get<std::int64_t>(place(7).id.at(1).held) == 7);
    CHECK(std::holds_alternative<std::monostate>(place(1).keys.at(0).held));
}

}  // namespace assay::test
