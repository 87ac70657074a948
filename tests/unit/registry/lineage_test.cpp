#include "registry/lineage.hpp"

#include "tests/support/test_registry.hpp"

#include <algorithm>
#include <set>

namespace assay::test {

namespace {

using NameSet = std::set<std::string>;

/// Labels of the nodes; runs as "run".
NameSet labels(const LineageGraph& graph) {
    NameSet all;
    for (const LineageNode& node : graph.nodes) all.insert(node.kind == "run" ? "run" : node.label);
    return all;
}

bool has_edge(const LineageGraph& graph, const std::string& from, const std::string& relation, const std::string& to) {
    return std::ranges::any_of(graph.edges, [&](const LineageEdge& edge) {
        return edge.from.find(from) != std::string::npos && edge.relation == relation && edge.to.find(to) != std::string::npos;
    });
}

LineageGraph ask(TestRegistry& registry, const std::string& of, LineageDirection direction = LineageDirection::both,
                 std::optional<std::int64_t> depth = std::nullopt, std::int64_t limit = 10'000) {
    return must(lineage(registry, {of, direction, depth, limit}));
}

void derive(TestRegistry& registry, const std::string& from, const std::string& data) {
    must(derive_dataset(registry, from, "dataset:" + digest_text(data), data, "derived"));
}

}  // namespace

TEST_CASE("lineage goes from data set to run to version to derived version, and back") {
    TestRegistry registry;
    (void)registry.push(a_push());
    (void)registry.push(a_push("fraud")
                            .with_parent("churn@1", "distilled_from")
                            .without_datasets()
                            .with_dataset("training", "cards", digest_text("cards"))
                            .with_metric("f1", 1, "cards"));
    const LineageGraph up = ask(registry, "version:fraud@1", LineageDirection::up);
    CHECK(labels(up) == NameSet{"fraud@1", "churn@1", "run", "adult", "adult-test", "cards"});
    CHECK(has_edge(up, "dataset:", "training", "run:"));
    CHECK(has_edge(up, "dataset:", "evaluation", "run:"));
    CHECK(has_edge(up, "run:", "produced", "version:churn@1"));
    CHECK(has_edge(up, "version:churn@1", "distilled_from", "version:fraud@1"));
    CHECK(labels(ask(registry, "version:churn@1", LineageDirection::down)) == NameSet{"churn@1", "fraud@1"});
    CHECK(labels(ask(registry, "dataset:" + digest_text("adult"), LineageDirection::down)) ==
          NameSet{"adult", "run", "churn@1", "fraud@1"});
    CHECK(labels(ask(registry, "version:churn@1")).size() == 5);
}

TEST_CASE("depth counts steps each way") {
    TestRegistry registry;
    (void)registry.push(a_push());
    (void)registry.push(a_push().with_parent("churn@1"));
    CHECK(labels(ask(registry, "version:churn@2", LineageDirection::up, 1)) == NameSet{"churn@2", "churn@1", "run"});
    CHECK(labels(ask(registry, "version:churn@2", LineageDirection::up, 2)) == NameSet{"churn@2", "churn@1", "run", "adult", "adult-test"});
    CHECK(labels(ask(registry, "version:churn@1", LineageDirection::both, 1)) == NameSet{"churn@1", "churn@2", "run"});
}

TEST_CASE("a graph beyond the limit is cut and says so") {
    TestRegistry registry;
    (void)registry.push(a_push());
    const LineageGraph whole = ask(registry, "version:churn@1", LineageDirection::up, std::nullopt, 4);
    CHECK(whole.nodes.size() == 4);
    CHECK(!whole.truncated);
    const LineageGraph cut = ask(registry, "version:churn@1", LineageDirection::up, std::nullopt, 3);
    CHECK(cut.nodes.size() == 3);
    CHECK(cut.truncated);
    CHECK(cut.nodes[0].id == "version:churn@1");
    for (const LineageEdge& edge : cut.edges) {
        const auto shown = [&](const std::string& id) {
            return std::ranges::any_of(cut.nodes, [&](const LineageNode& node) { return node.id == id; });
        };
        CHECK(shown(edge.from));
        CHECK(shown(edge.to));
    }
}

TEST_CASE("a node is named by number, alias, digest, latest or alone") {
    TestRegistry registry;
    const VersionView version = registry.push(a_push().with_alias("production"));
    for (const std::string& of :
         {std::string("version:churn@1"), std::string("version:churn@production"), std::string("version:churn@@production"),
          std::string("version:churn@latest"), std::string("version:churn"), "version:churn@" + version.row.digest}) {
        CHECK_MESSAGE(ask(registry, of).of == "version:churn@1", of);
    }
    CHECK(ask(registry, "run:" + version.row.run).nodes.size() == 4);
    for (const char* of : {"", "churn@1", "dataset:adult", "dataset:sha256:00", "consumer:a@b#", "model:churn"}) {
        CHECK_MESSAGE(error_of(lineage(registry, {of, LineageDirection::both, std::nullopt, 10})).code == "invalid-lineage-node", of);
    }
    CHECK(error_of(lineage(registry, {"version:ghost@1", LineageDirection::both, std::nullopt, 10})).code == "model-not-found");
    CHECK(error_of(lineage(registry, {"version:churn@2", LineageDirection::both, std::nullopt, 10})).code == "version-not-found");
    CHECK(error_of(lineage(registry, {"run:" + std::string(32, 'f'), LineageDirection::both, std::nullopt, 10})).code == "run-not-found");
    CHECK(error_of(lineage(registry, {"dataset:" + digest_text("unknown"), LineageDirection::both, std::nullopt, 10})).code ==
          "dataset-not-found");
}

TEST_CASE("data known by its bytes and data known by its content are one when a push says both") {
    TestRegistry registry;
    const std::string file = digest_text("file");
    const std::string table = "ds1:" + digest_text("table");
    (void)registry.push(a_push("one").without_datasets().with_dataset("training", "as file", file).with_metric("f1", 1, "as file"));
    (void)registry.push(
        a_push("two").without_datasets().with_dataset("training", "as table", std::nullopt, table).with_metric("f1", 1, "as table"));
    CHECK(labels(ask(registry, "dataset:" + file)) == NameSet{"as file", "run", "one@1"});
    (void)registry.push(a_push("three").without_datasets().with_dataset("test", "both", file, table).with_metric("f1", 1, "both"));
    const LineageGraph joined = ask(registry, "dataset:" + table, LineageDirection::down);
    CHECK(labels(joined) == NameSet{"as file", "run", "one@1", "two@1", "three@1"});
    CHECK(ask(registry, "dataset:" + file).of == joined.of);
}

TEST_CASE("digests that belong to data and to what was made from it are refused, because their graph would be a cycle") {
    TestRegistry registry;
    const VersionView version = registry.push(a_push());
    derive(registry, "version:churn@1", "scored");
    PushBuilder push = a_push("two").without_datasets();
    push.with_dataset("training", "mixed up", digest_text("scored")).with_metric("f1", 1, "mixed up");
    CHECK(registry.push(push).row.version == 1);
    must(derive_dataset(registry, "version:churn@1", "dataset:ds1:" + digest_text("table"), "table", "derived"));
    PushBuilder wrong = a_push("two").without_datasets();
    wrong.with_dataset("training", "mixed up", digest_text("adult"), "ds1:" + digest_text("table")).with_metric("f1", 1, "mixed up");
    const Error error = error_of(registry.try_push(wrong));
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.code == "lineage-cycle");
    CHECK(error.message == "the digests of the dataset 'mixed up' belong to two datasets");
    CHECK(registry.ask("SELECT count(*) FROM versions WHERE model = 'two'") == "1");
    CHECK(registry.push(a_push("two")).row.version == 2);
}

TEST_CASE("an edge that would close a cycle is refused with the way around") {
    TestRegistry registry;
    const VersionView version = registry.push(a_push());
    derive(registry, "version:churn@1", "scored");
    derive(registry, "dataset:" + digest_text("scored"), "cleaned");
    const Error error =
        error_of(derive_dataset(registry, "dataset:" + digest_text("cleaned"), "dataset:" + digest_text("adult"), "adult", "derived"));
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.code == "lineage-cycle");
    CHECK(error.because.find("already comes from") != std::string::npos);
    CHECK(
        error_of(derive_dataset(registry, "dataset:" + digest_text("scored"), "dataset:" + digest_text("scored"), "", "derived")).because ==
        "nothing comes from itself");
    // A run that made the data's model cannot be joined by one trained on that data.
    PushBuilder later = a_push().with_run(version.row.run);
    later.with_dataset("training", "scored", digest_text("scored"));
    CHECK(error_of(registry.try_push(later)).code == "lineage-cycle");
    CHECK(registry.ask("SELECT count(*) FROM versions") == "1");
}

TEST_CASE("a data set is made from a version or from data, nothing else") {
    TestRegistry registry;
    const VersionView version = registry.push(a_push());
    const std::string data = "dataset:" + digest_text("scored");
    CHECK(error_of(derive_dataset(registry, "run:" + version.row.run, data, "", "derived")).code == "invalid-lineage-node");
    CHECK(error_of(derive_dataset(registry, "version:churn@1", "version:churn@1", "", "derived")).code == "invalid-lineage-node");
    CHECK(error_of(derive_dataset(registry, "version:churn@9", data, "", "derived")).code == "version-not-found");
    must(derive_dataset(registry, "version:churn@1", data, "", "derived"));
    must(derive_dataset(registry, "version:churn@1", data, "", "derived"));
    CHECK(registry.ask("SELECT count(*) FROM edges WHERE relation = 'derived'") == "1");
}

TEST_CASE("a second push joins its run, and both versions come from it") {
    TestRegistry registry;
    const VersionView first = registry.push(a_push());
    (void)registry.push(a_push().with_run(first.row.run));
    CHECK(labels(ask(registry, "run:" + first.row.run, LineageDirection::down)) == NameSet{"run", "churn@1", "churn@2"});
}

TEST_CASE("consumers hang below the version they fetched, and those only refused are marked") {
    TestRegistry registry;
    (void)registry.push(a_push());
    (void)must(registry.try_fetch("churn", "1", registry.know(an_environment()), "scorer@web"));
    (void)must(registry.try_fetch("churn", "1", NoEnvironment{}, "backup@vault"));
    (void)error_of(registry.try_fetch("churn", "1", registry.know(an_environment({{"scikit-learn", "1.2.2"}})), "old@web"));
    const LineageGraph graph = ask(registry, "version:churn@1", LineageDirection::down);
    CHECK(labels(graph) == NameSet{"churn@1", "scorer@web", "backup@vault", "old@web"});
    CHECK(has_edge(graph, "version:churn@1", "fetched", "scorer@web"));
    CHECK(has_edge(graph, "version:churn@1", "refused", "old@web"));
    for (const LineageNode& node : graph.nodes) CHECK((node.state == "refused") == (node.label == "old@web"));
    const auto backup = std::ranges::find(graph.nodes, std::string("backup@vault"), &LineageNode::label);
    CHECK(backup->detail == "no environment named");
}

TEST_CASE("a deleted version stays in the lineage and says that it is deleted") {
    TestRegistry registry;
    (void)registry.push(a_push());
    (void)registry.push(a_push().with_parent("churn@1"));
    registry.remove("churn", "1");
    const LineageGraph graph = ask(registry, "version:churn@2", LineageDirection::up);
    const auto parent = std::ranges::find(graph.nodes, std::string("version:churn@1"), &LineageNode::id);
    REQUIRE(parent != graph.nodes.end());
    CHECK(parent->state == "deleted");
}

TEST_CASE("names with '#', ':' and spaces keep their nodes apart") {
    TestRegistry registry;
    (void)registry.push(a_push("a:b #1"));
    (void)must(registry.try_fetch("a:b #1", "1", registry.know(an_environment()), "job#7@host"));
    const LineageGraph graph = ask(registry, "version:a:b #1@1");
    CHECK(labels(graph).contains("a:b #1@1"));
    CHECK(labels(graph).contains("job#7@host"));
}

}  // namespace assay::test
