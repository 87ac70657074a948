#include "storage/tables/lineage.hpp"

#include "storage/sql/migrate.hpp"
#include "storage/sql/sqlite.hpp"
#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"

#include <algorithm>

namespace assay::test {

namespace {

using lineage_tables::Direction;
using Names = std::vector<std::string>;

/// A database with edges written as "a>b".
class Graph {
public:
    template <class Body>
    auto write(Body body) {
        return database_->write(body);
    }
    template <class Body>
    auto read(Body body) {
        return database_->read(body);
    }

    explicit Graph(const Names& edges = {}) : database_(must(open_sqlite(folder_ / "graph.db"))) {
        (void)must(migrate(*database_, embedded_migrations()));
        for (const std::string& edge : edges) {
            const std::size_t arrow = edge.find('>');
            must(write(
                [&](SqlWrite& sql) { return lineage_tables::add_edge(sql, {edge.substr(0, arrow), edge.substr(arrow + 1), "x"}, "now"); }));
        }
    }
    Names walk(const std::string& start, Direction direction, std::optional<std::int64_t> depth = std::nullopt, std::int64_t limit = 1000) {
        return must(read([&](SqlSession& sql) { return lineage_tables::reachable(sql, start, direction, depth, limit); }));
    }
    bool leads(const std::string& start, const std::string& target) {
        return must(read([&](SqlSession& sql) { return lineage_tables::leads_to(sql, start, target); }));
    }
    std::string dataset(const Names& digests, const std::string& name = "data") {
        return must(write([&](SqlWrite& sql) { return lineage_tables::ensure_dataset(sql, digests, name, 3, "now"); }));
    }
    Names digests(const std::string& id) {
        return must(read([&](SqlSession& sql) { return lineage_tables::digests_of(sql, id); }));
    }
    Names edges() {
        return must(read([](SqlSession& sql) {
            return sql.all("SELECT source, relation, target FROM edges ORDER BY source, target, relation", {},
                           [](const Row& row) { return row.text(0) + "-" + row.text(1) + "->" + row.text(2); });
        }));
    }

private:
    TempDir folder_;
    std::unique_ptr<Database> database_;
};

Names sorted(Names names) {
    std::ranges::sort(names);
    return names;
}

}  // namespace

TEST_CASE("what is reachable is met once, the start first, in both directions") {
    Graph graph({"a>b", "a>c", "b>d", "c>d", "d>e"});
    const Names down = graph.walk("a", Direction::down);
    CHECK(down.front() == "a");
    CHECK(sorted(down) == Names{"a", "b", "c", "d", "e"});
    CHECK(sorted(graph.walk("d", Direction::up)) == Names{"a", "b", "c", "d"});
    CHECK(graph.walk("nobody", Direction::down) == Names{"nobody"});
}

TEST_CASE("depth counts the shortest way, and the nearest come first") {
    Graph graph({"a>b", "b>c", "c>d", "a>d", "d>e"});
    CHECK(graph.walk("a", Direction::down, 0) == Names{"a"});
    CHECK(graph.walk("a", Direction::down, 1) == Names{"a", "b", "d"});
    CHECK(graph.walk("a", Direction::down, 2) == Names{"a", "b", "d", "c", "e"});
    CHECK(graph.walk("e", Direction::up, 1) == Names{"e", "d"});
    CHECK(graph.walk("a", Direction::down, 2, 3) == Names{"a", "b", "d"});
    CHECK(graph.walk("a", Direction::down, std::nullopt, 2).size() == 2);
}

TEST_CASE("a walk over a cycle ends") {
    Graph graph({"a>b", "b>c", "c>a"});
    CHECK(sorted(graph.walk("a", Direction::down)) == Names{"a", "b", "c"});
    CHECK(sorted(graph.walk("a", Direction::up, 7)) == Names{"a", "b", "c"});
    CHECK(graph.leads("a", "a"));
}

TEST_CASE("a ladder of diamonds is walked without counting its ways") {
    Names edges;
    for (int i = 0; i < 40; ++i) {  // 2^40 ways
        const std::string from = std::to_string(i);
        const std::string to = std::to_string(i + 1);
        for (const char* side : {"l", "r"}) {
            edges.push_back(from + ">" + side + from);
            edges.push_back(side + from + ">" + to);
        }
    }
    Graph graph(edges);
    CHECK(graph.walk("0", Direction::down).size() == 121);
    CHECK(graph.walk("0", Direction::down, 80).size() == 121);
    CHECK(graph.leads("0", "40"));
    CHECK(!graph.leads("40", "0"));
}

TEST_CASE("a data set is known by any of its digests") {
    Graph graph;
    const std::string id = graph.dataset({"raw", "table"}, "adult");
    CHECK(id == "raw");
    CHECK(graph.dataset({"table"}, "other name") == "raw");
    CHECK(graph.dataset({"table", "third"}) == "raw");
    CHECK(graph.digests("raw") == Names{"raw", "table", "third"});
    const auto row = must(graph.read([](SqlSession& sql) { return lineage_tables::find_dataset(sql, "third"); }));
    REQUIRE(row);
    CHECK(row->name == "adult");
    CHECK(row->rows == 3);
}

TEST_CASE("data sets that turn out to be one are merged with their edges, and edges that coincide become one") {
    Graph graph({"dataset:raw>run:1", "dataset:table>run:1", "dataset:table>run:2", "version:m@1>dataset:table"});
    (void)graph.dataset({"raw"});
    (void)graph.dataset({"table"});
    CHECK(graph.dataset({"raw", "table"}) == "raw");
    CHECK(graph.edges() == Names{"dataset:raw-x->run:1", "dataset:raw-x->run:2", "version:m@1-x->dataset:raw"});
    CHECK(graph.digests("raw") == Names{"raw", "table"});
    CHECK(graph.digests("table").empty());
    CHECK(must(graph.read([](SqlSession& sql) { return lineage_tables::find_dataset(sql, "table"); }))->id == "raw");
}

}  // namespace assay::test
