#include "registry/tracking_search.hpp"

#include "registry/experiments.hpp"
#include "registry/logged_models.hpp"
#include "registry/registrations.hpp"
#include "registry/runs.hpp"
#include "tests/support/test_registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <random>

namespace assay::test {

namespace {

/// Three runs in experiment 1, named by when they began: "one" and "two" with loss 1 and 2, "three" with a loss that is no number.
struct SearchedTracking {
    TestRegistry registry;
    std::int64_t birds = must(create_experiment(registry, "birds", "", {{"team", "a"}}));
    std::map<std::string, std::string> ids;

    SearchedTracking() {
        const double nan_loss = std::numeric_limits<double>::quiet_NaN();
        add("one", 1, 1.0, "3", "a");
        add("two", 2, 2.0, "10", "b");
        add("three", 3, nan_loss, "", "");
        RunChange change;
        change.datasets = {{{"adult", "d1", "local", "here", std::nullopt, std::nullopt}, {{"mlflow.data.context", "training"}}}};
        (void)must(change_run(registry, ids.at("one"), change));
    }
    void add(const std::string& name, std::int64_t started, double loss, const std::string& depth, const std::string& team) {
        NewRun wanted;
        wanted.experiment = birds;
        wanted.name = name;
        wanted.started_at = started;
        const std::string id = must(create_run(registry, wanted)).id;
        ids[name] = id;
        RunChange change;
        change.metrics = {{{"loss", 1, 1, loss}, "", "", ""}};
        if (!depth.empty()) change.params = {{"depth", depth}};
        if (!team.empty()) change.tags = {{"team", team}};
        (void)must(change_run(registry, id, change));
    }
    [[nodiscard]] Result<std::vector<TrackingQuery::Place>> search(const TrackingQuery& query) {
        return registry.registry().database.read([&](SqlSession& sql) { return search_tracking(sql, query); });
    }
    TrackingQuery query(const std::vector<SearchTerm>& terms = {}) const {
        TrackingQuery one;
        one.experiments = {birds};
        one.terms = terms;
        return one;
    }
    /// The names of the runs.
    std::string runs(const TrackingQuery& query) {
        std::string text;
        for (const TrackingQuery::Place& place : must(search(query)))
            text += (text.empty() ? "" : " ") + must(show_run(registry, std::get<std::string>(place.id.at(0).held))).row.name;
        return text;
    }
    std::string runs(const SearchTerm& term) { return runs(query({term})); }
    std::string in_order(const SearchOrder& order) {
        TrackingQuery one = query();
        one.order = {order};
        return runs(one);
    }
};

using enum FilterOperator;

SearchTerm term(TermKind kind, const std::string& name, FilterOperator op, const SqlValues& values) { return {kind, name, op, values}; }

}  // namespace

TEST_CASE("without terms all active runs of the experiments are found, the last begun first") {
    SearchedTracking tracked;
    CHECK(tracked.runs(tracked.query()) == "three two one");
    TrackingQuery query = tracked.query();
    query.experiments = {7, tracked.birds};
    CHECK(tracked.runs(query) == "three two one");
    query.experiments = {7};
    CHECK(tracked.runs(query) == "");
    query.experiments = {};
    CHECK(tracked.runs(query) == "");
}

TEST_CASE("deleted runs are found when they are asked for, alone or with the others") {
    SearchedTracking tracked;
    must(delete_run(tracked.registry, tracked.ids.at("two")));
    TrackingQuery query = tracked.query();
    CHECK(tracked.runs(query) == "three one");
    query.deleted = true;
    CHECK(tracked.runs(query) == "three two one");
    query.active = false;
    CHECK(tracked.runs(query) == "two");
    query.deleted = false;
    CHECK(tracked.runs(query) == "");
}

TEST_CASE("runs are found by a metric as it is now, and one that is no number is none") {
    SearchedTracking tracked;
    CHECK(tracked.runs(term(TermKind::metric, "loss", less, {2.0})) == "one");
    CHECK(tracked.runs(term(TermKind::metric, "loss", greater_equal, {1.0})) == "two one");
    CHECK(tracked.runs(term(TermKind::metric, "loss", equal, {0.0})) == "");
    CHECK(tracked.runs(term(TermKind::metric, "none", greater, {0.0})) == "");
}

TEST_CASE("runs are found by param and tag, and by not having them") {
    SearchedTracking tracked;
    CHECK(tracked.runs(term(TermKind::param, "depth", equal, {"10"})) == "two");
    CHECK(tracked.runs(term(TermKind::param, "depth", like, {"1%"})) == "two");
    CHECK(tracked.runs(term(TermKind::param, "depth", in, {"3", "10"})) == "two one");
    CHECK(tracked.runs(term(TermKind::tag, "team", ilike, {"A"})) == "one");
    CHECK(tracked.runs(term(TermKind::tag, "team", is_null, {})) == "three");
    CHECK(tracked.runs(term(TermKind::tag, "team", is_not_null, {})) == "two one");
    SearchTerm same = term(TermKind::tag, "team", equal, {"a"});
    same.or_missing = true;
    CHECK(tracked.runs(same) == "three one");
    SearchTerm other = term(TermKind::tag, "team", not_equal, {"a"});
    CHECK(tracked.runs(other) == "two");
    other.or_missing = true;
    CHECK(tracked.runs(other) == "three two");
}

TEST_CASE("runs are found by attribute and by their data") {
    SearchedTracking tracked;
    CHECK(tracked.runs(term(TermKind::attribute, "name", equal, {"two"})) == "two");
    CHECK(tracked.runs(term(TermKind::attribute, "started_at", greater, {1})) == "three two");
    CHECK(tracked.runs(term(TermKind::attribute, "id", equal, {tracked.ids.at("one")})) == "one");
    CHECK(tracked.runs(term(TermKind::attribute, "status", not_in, {"RUNNING", "FAILED"})) == "");
    CHECK(tracked.runs(term(TermKind::attribute, "status", equal, {"running"})) == "");  // in capitals, as MLflow writes it
    CHECK(tracked.runs(term(TermKind::dataset, "name", equal, {"adult"})) == "one");
    CHECK(tracked.runs(term(TermKind::dataset, "digest", equal, {"d1"})) == "one");
    CHECK(tracked.runs(term(TermKind::dataset, "context", equal, {"training"})) == "one");
    CHECK(tracked.runs(term(TermKind::dataset, "context", equal, {"eval"})) == "");
    const SearchTerm adult = term(TermKind::dataset, "name", equal, {"adult"});
    CHECK(tracked.runs(tracked.query({adult, term(TermKind::tag, "team", equal, {"b"})})) == "");
}

TEST_CASE("runs are found by the folder of their files, with whatever stands before it") {
    SearchedTracking tracked;
    const std::string folder = std::to_string(tracked.birds) + "/" + tracked.ids.at("two") + "/artifacts";
    SearchTerm at = term(TermKind::attribute, "folder", equal, {"x:/" + folder});
    CHECK(tracked.runs(at) == "");
    at.prefix = "x:/";
    CHECK(tracked.runs(at) == "two");
    at = term(TermKind::attribute, "folder", like, {"x:/%/artifacts"});
    at.prefix = "x:/";
    CHECK(tracked.runs(at) == "three two one");
    at.op = ilike;
    at.values = {"X:/%"};
    CHECK(tracked.runs(tracked.query({at, term(TermKind::metric, "loss", greater, {1.0})})) == "two");
    at.op = not_equal;
    at.values = {"x:/" + folder};
    CHECK(tracked.runs(at) == "three one");
    CHECK(tracked.in_order({TermKind::attribute, "folder", false}).size() == 13);
}

TEST_CASE("what has no value to order by comes last in both directions, what is no number before it") {
    SearchedTracking tracked;
    tracked.add("four", 9, std::numeric_limits<double>::quiet_NaN(), "", "");
    NewRun nothing;
    nothing.experiment = tracked.birds;
    nothing.name = "none";
    nothing.started_at = 99;
    (void)must(create_run(tracked.registry, nothing));
    CHECK(tracked.in_order({TermKind::metric, "loss", false}) == "one two four three none");
    CHECK(tracked.in_order({TermKind::metric, "loss", true}) == "two one four three none");
}

TEST_CASE("what has no value to order by comes last in both directions") {
    SearchedTracking tracked;
    CHECK(tracked.in_order({TermKind::metric, "loss", false}) == "one two three");
    CHECK(tracked.in_order({TermKind::metric, "loss", true}) == "two one three");
    CHECK(tracked.in_order({TermKind::param, "depth", false}) == "two one three");
    CHECK(tracked.in_order({TermKind::attribute, "name", false}) == "one three two");
    CHECK(tracked.in_order({TermKind::attribute, "started_at", false}) == "one two three");
}

TEST_CASE("pages go on where the one before ended") {
    SearchedTracking tracked;
    for (const bool by_loss : {false, true}) {
        TrackingQuery query = tracked.query();
        if (by_loss) query.order = {{TermKind::metric, "loss", true}};
        query.limit = 1;
        std::string text;
        for (int page = 0; page < 4; ++page) {
            text += tracked.runs(query) + ";";
            const auto places = must(tracked.search(query));
            if (places.empty()) break;
            query.after = places.back();
        }
        CHECK(text == (by_loss ? "two;one;three;;" : "three;two;one;;"));
    }
    TrackingQuery query = tracked.query();
    query.after = TrackingQuery::Place{{"x"}, {1, 2, 3}};
    CHECK(error_of(tracked.search(query)).code == "invalid-cursor");
}

TEST_CASE("whichever way a search is answered, its pages are what looking at every run finds") {
    struct Made {
        std::string id, name;
        std::int64_t started = 0;
        std::optional<double> loss, gain;  // NaN too
        std::string depth;                 // empty: none
        bool deleted = false;
    };
    SearchedTracking tracked;
    const std::int64_t experiment = must(create_experiment(tracked.registry, "many", "", {}));
    std::mt19937 chance(20261130);
    const auto draw = [&](int below) { return std::uniform_int_distribution<int>(0, below - 1)(chance); };
    const auto value = [&]() -> std::optional<double> {
        if (draw(10) == 0) return std::nullopt;
        if (draw(10) == 0) return std::numeric_limits<double>::quiet_NaN();
        return draw(20);
    };
    std::vector<Made> all;
    for (int i = 0; i < 400; ++i) {
        Made made{"", fmt::format("run-{:03}", i), draw(100), value(), value(), draw(5) == 0 ? "" : std::to_string(draw(6)), draw(12) == 0};
        NewRun wanted;
        wanted.experiment = experiment;
        wanted.name = made.name;
        wanted.started_at = made.started;
        made.id = must(create_run(tracked.registry, wanted)).id;
        RunChange change;
        if (made.loss) change.metrics.push_back({{"loss", 1, 1, *made.loss}, "", "", ""});
        if (made.gain) change.metrics.push_back({{"gain", 1, 1, *made.gain}, "", "", ""});
        if (!made.depth.empty()) change.params = {{"depth", made.depth}};
        (void)must(change_run(tracked.registry, made.id, change));
        if (made.deleted) must(delete_run(tracked.registry, made.id));
        all.push_back(std::move(made));
    }

    struct Ask {
        SearchTerm term;
        std::function<bool(const Made&)> holds;
    };
    const auto number = [](const std::optional<double>& held) { return held && !std::isnan(*held); };
    const std::vector<Ask> asks = {
        {term(TermKind::metric, "loss", greater, {12.0}), [&](const Made& run) { return number(run.loss) && *run.loss > 12; }},
        {term(TermKind::metric, "loss", not_equal, {3.0}), [&](const Made& run) { return number(run.loss) && *run.loss != 3; }},
        {term(TermKind::metric, "gain", less_equal, {15.0}), [&](const Made& run) { return number(run.gain) && *run.gain <= 15; }},
        {term(TermKind::metric, "gain", is_not_null, {}), [&](const Made& run) { return number(run.gain); }},
        {term(TermKind::param, "depth", equal, {"4"}), [](const Made& run) { return run.depth == "4"; }},
        {term(TermKind::param, "depth", is_null, {}), [](const Made& run) { return run.depth.empty(); }},
        {term(TermKind::param, "depth", not_equal, {"1"}), [](const Made& run) { return !run.depth.empty() && run.depth != "1"; }},
        {term(TermKind::attribute, "name", like, {"%3%"}), [](const Made& run) { return run.name.find('3') != std::string::npos; }},
        {term(TermKind::attribute, "started_at", greater, {40}), [](const Made& run) { return run.started > 40; }},
    };
    const std::vector<SearchOrder> orders = {{TermKind::metric, "loss", true},
                                             {TermKind::metric, "gain", false},
                                             {TermKind::param, "depth", true},
                                             {TermKind::attribute, "name", false},
                                             {TermKind::attribute, "started_at", false}};
    // -1, 0 or 1, as the first of two comes before, beside or after the other by a key.
    const auto compare = [&](const SearchOrder& order, const Made& a, const Made& b) {
        const auto by = [&](const auto& x, const auto& y) { return x == y ? 0 : (x < y) == order.descending ? 1 : -1; };
        if (order.name == "name") return by(a.name, b.name);
        if (order.name == "started_at") return by(a.started, b.started);
        if (order.name == "depth") return a.depth.empty() != b.depth.empty() ? (a.depth.empty() ? 1 : -1) : by(a.depth, b.depth);
        const auto& x = order.name == "loss" ? a.loss : a.gain;
        const auto& y = order.name == "loss" ? b.loss : b.gain;
        const auto rank = [&](const std::optional<double>& held) { return number(held) ? 0 : held ? 1 : 2; };
        return rank(x) != rank(y) ? (rank(x) < rank(y) ? -1 : 1) : rank(x) != 0 ? 0 : by(*x, *y);
    };

    for (int round = 0; round < 120; ++round) {
        TrackingQuery query;
        query.experiments = {experiment};
        query.limit = 1 + draw(9);
        std::vector<const Ask*> chosen;
        for (int i = draw(4); i > 0; --i) {
            chosen.push_back(&asks[static_cast<std::size_t>(draw(static_cast<int>(asks.size())))]);
            query.terms.push_back(chosen.back()->term);
        }
        for (int i = draw(3); i > 0; --i) {
            const SearchOrder& order = orders[static_cast<std::size_t>(draw(static_cast<int>(orders.size())))];
            if (std::ranges::none_of(query.order, [&](const SearchOrder& other) { return other.name == order.name; }))
                query.order.push_back(order);
        }
        std::vector<Made> wanted;
        std::ranges::copy_if(all, std::back_inserter(wanted), [&](const Made& run) {
            return !run.deleted && std::ranges::all_of(chosen, [&](const Ask* ask) { return ask->holds(run); });
        });
        std::vector<SearchOrder> whole = query.order;
        if (std::ranges::none_of(whole, [](const SearchOrder& order) { return order.name == "started_at"; }))
            whole.push_back({TermKind::attribute, "started_at", true});
        std::ranges::sort(wanted, [&](const Made& a, const Made& b) {
            for (const SearchOrder& order : whole) {
                if (const int by = compare(order, a, b); by != 0) return by < 0;
            }
            return a.id < b.id;
        });
        std::vector<std::string> names, found;
        for (const Made& run : wanted) names.push_back(run.id);
        for (;;) {
            const auto places = must(tracked.search(query));
            for (const TrackingQuery::Place& place : places) found.push_back(std::get<std::string>(place.id.at(0).held));
            if (std::ssize(places) < query.limit || found.size() > all.size()) break;
            query.after = places.back();
        }
        CAPTURE(round);
        CHECK(found == names);
    }
}

TEST_CASE("a column that there is none of is named") {
    SearchedTracking tracked;
    TrackingQuery query = tracked.query({term(TermKind::attribute, "color", equal, {"red"})});
    const Error error = error_of(tracked.search(query));
    CHECK(error.kind == ErrorKind::invalid);
    CHECK(error.code == "unknown-key");
    CHECK(error.message.find("color") != std::string::npos);
    query.terms = {term(TermKind::dataset, "schema", equal, {"x"})};
    CHECK(error_of(tracked.search(query)).code == "unknown-key");
    query.what = Searched::experiments;
    query.terms = {term(TermKind::metric, "loss", equal, {1.0})};
    CHECK(error_of(tracked.search(query)).code == "unknown-key");
}

TEST_CASE("experiments are found by name and tag") {
    SearchedTracking tracked;
    (void)must(create_experiment(tracked.registry, "fish", "", {}));
    TrackingQuery query;
    query.what = Searched::experiments;
    CHECK(must(tracked.search(query)).size() == 2);
    CHECK(std::get<std::int64_t>(must(tracked.search(query)).at(0).id.at(0).held) == 2);
    for (const SearchTerm& one : {term(TermKind::tag, "team", equal, {"a"}), term(TermKind::attribute, "name", like, {"bi%"})}) {
        query.terms = {one};
        const auto found = must(tracked.search(query));
        REQUIRE(found.size() == 1);
        CHECK(std::get<std::int64_t>(found[0].id.at(0).held) == tracked.birds);
    }
}

TEST_CASE("models are found by name, versions by model, newest first, and neither when deleted") {
    SearchedTracking tracked;
    for (int i = 0; i < 2; ++i) (void)tracked.registry.push(a_push().with_tag("n", std::to_string(i)));
    (void)tracked.registry.push(a_push("fraud"));
    TrackingQuery query;
    query.what = Searched::models;
    REQUIRE(must(tracked.search(query)).size() == 2);
    CHECK(std::get<std::string>(must(tracked.search(query)).at(0).id.at(0).held) == "churn");
    query.what = Searched::versions;
    query.terms = {term(TermKind::attribute, "name", equal, {"churn"})};
    auto found = must(tracked.search(query));
    REQUIRE(found.size() == 2);
    CHECK(std::get<std::int64_t>(found[0].id.at(1).held) == 2);
    query.terms = {term(TermKind::tag, "n", equal, {"0"})};
    found = must(tracked.search(query));
    REQUIRE(found.size() == 1);
    CHECK(std::get<std::int64_t>(found[0].id.at(1).held) == 1);
    must(delete_model(tracked.registry, "churn", "ann@lab"));
    CHECK(must(tracked.search(query)).empty());
    query.what = Searched::models;
    query.terms = {};
    CHECK(must(tracked.search(query)).size() == 1);
}

TEST_CASE("logged models are found and ordered by metrics on the data in question, each by its latest point") {
    SearchedTracking tracked;
    const auto model = [&](const std::string& name) {
        LoggedModelRow row;
        row.id = "m-" + name;
        row.experiment = tracked.birds;
        row.name = name;
        row.status = "ready";
        return must(create_logged_model(tracked.registry, row, {}, {})).row.id;
    };
    const auto measure = [&](const std::string& id, std::int64_t at, double value, const std::string& data, const std::string& digest) {
        RunChange change;
        change.metrics = {{{"acc", at, at, value}, id, data, digest}};
        (void)must(change_run(tracked.registry, tracked.ids.at("one"), change));
    };
    const std::string a = model("a"), b = model("b"), c = model("c");
    measure(a, 1, 0.9, "test", "d1");
    measure(a, 2, 0.1, "train", "d2");
    measure(b, 1, 0.5, "test", "d1");
    const auto found = [&](const std::vector<SearchTerm>& terms, const std::vector<MeasuredOn>& on, const std::vector<SearchOrder>& order) {
        TrackingQuery query = tracked.query(terms);
        query.what = Searched::logged_models;
        query.measured_on = on;
        query.order = order;
        std::string text;
        for (const TrackingQuery::Place& place : must(tracked.search(query)))
            text += (text.empty() ? "" : " ") + std::get<std::string>(place.id.at(0).held);
        return text;
    };
    const SearchTerm good = term(TermKind::metric, "acc", greater, {0.4});
    const SearchOrder by_name{TermKind::attribute, "name", false};
    CHECK(found({}, {{"test", std::nullopt}}, {by_name}) == "m-a m-b");
    CHECK(found({}, {{"train", "d2"}}, {by_name}) == "m-a");
    CHECK(found({}, {{"train", "d1"}}, {by_name}) == "");
    CHECK(found({good}, {{"train", std::nullopt}}, {by_name}) == "");
    CHECK(found({good}, {{"train", std::nullopt}, {"test", "d1"}}, {by_name}) == "m-a m-b");
    CHECK(found({}, {}, {{TermKind::metric, "acc", true}, by_name}) == "m-b m-a m-c");
    CHECK(found({}, {}, {{TermKind::metric, "acc", true, {"test", std::nullopt}}, by_name}) == "m-a m-b m-c");
}

}  // namespace assay::test
