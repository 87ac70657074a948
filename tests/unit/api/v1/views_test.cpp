#include "api/v1/views.hpp"

#include "base/crypto.hpp"
#include "tests/support/result.hpp"

#include <limits>

namespace assay::test {

namespace {

Json json_of(const Result<ObjectText>& object) { return must(parse_json(must(object).text())); }

}  // namespace

TEST_CASE("a version is shown whole with its manifest, and in a list with its metrics instead") {
    VersionView version;
    version.row = {"churn",
                   3,
                   "",
                   R"({"facts":{"metrics":[{"name":"accuracy","value":0.861}]}})",
                   "sha256:c",
                   "r",
                   VersionState::quarantined,
                   "who leaves",
                   "2026-11-23T10:00:00Z"};
    version.row.digest = sha256(version.row.manifest).to_string();
    version.aliases = {"candidate"};
    version.tags = {{"team", "birds"}};
    Json expected = {{"model", "churn"},
                     {"version", 3},
                     {"digest", version.row.digest},
                     {"state", "quarantined"},
                     {"description", "who leaves"},
                     {"created_at", "2026-11-23T10:00:00Z"},
                     {"tags", {{"team", "birds"}}},
                     {"aliases", Json::array({"candidate"})},
                     {"run", "r"}};
    Json whole = expected;
    whole["manifest"] = must(parse_json(version.row.manifest));
    CHECK(json_of(v1::view(version)) == whole);
    expected["metrics"] = whole["manifest"]["facts"]["metrics"];
    CHECK(json_of(v1::list_view(version)) == expected);
    version.row.manifest = "{";
    CHECK(error_of(v1::view(version)).code == "manifest-damaged");
    CHECK(error_of(v1::list_view(version)).code == "manifest-damaged");
    CHECK(error_of(v1::search_view(version)).code == "manifest-damaged");
}

TEST_CASE("a version that was found is shown with its facts and the releases of what it uses, and whole without them") {
    VersionView version;
    version.row.manifest =
        R"({"facts":{"libraries":{"numpy":"2.0","scikit-learn":"1.5.2"},"metrics":[],"params":{"C":"1"},"trained_at":"2026-11-22T00:00:00Z","uses":["scikit-learn","skops"]}})";
    Json found = json_of(v1::search_view(version));
    CHECK(found["libraries"] == Json{{"scikit-learn", "1.5.2"}});
    CHECK(found["metrics"] == Json::array());
    CHECK(found["params"] == Json{{"C", "1"}});
    CHECK(found["trained_at"] == "2026-11-22T00:00:00Z");
    version.row.manifest = R"({"facts":{}})";
    found = json_of(v1::search_view(version));
    CHECK(found["libraries"] == Json::object());
    CHECK(found["params"] == Json::object());
    CHECK(found["trained_at"].is_null());
}

TEST_CASE("in history the versions that an alias moved between are numbers, everything else is text") {
    const auto values = [](const std::string& kind, std::optional<std::string> before, std::optional<std::string> after) {
        const Json json = v1::view(HistoryRow{9, "t", "churn", std::nullopt, kind, "k", std::move(before), std::move(after), "ann@lab"});
        CHECK(json.at("version").is_null());
        CHECK(!json.contains("seq"));
        return json.at("before").dump() + " " + json.at("after").dump();
    };
    CHECK(values("alias", std::nullopt, "3") == "null 3");
    CHECK(values("alias", "2", std::nullopt) == "2 null");
    CHECK(values("tag", "2", "3") == "\"2\" \"3\"");
    CHECK(values("description", "", "x") == "\"\" \"x\"");
}

TEST_CASE("a consumer is split at its last @, and an environment that was not named is null") {
    const auto shown = [](const std::string& consumer, const std::string& environment) {
        const Json json = v1::view(FetchRow{"churn", 1, consumer, environment, "allow", "a", "b", 2});
        return json.at("consumer").dump() + " " + json.at("host").dump() + " " + json.at("environment").dump();
    };
    CHECK(shown("ann@lab", "sha256:e") == R"("ann" "lab" "sha256:e")");
    CHECK(shown("ann@home@lab", "") == R"("ann@home" "lab" null)");
    CHECK(shown("nobody", "") == R"("nobody" "" null)");
}

TEST_CASE("what is absent is null: a previous version, a latest version, the end of a run") {
    CHECK(v1::view(AliasMove{"production", 3, std::nullopt}).at("previous").is_null());
    CHECK(v1::view(AliasMove{"production", 3, 2}).at("previous") == 2);
    CHECK(v1::view(ModelView{}).at("latest_version").is_null());
    CHECK(v1::view(RunView{}, {}, {}).at("ended_at").is_null());
    CHECK(v1::view(RunView{}, {}, {}).at("started_at").is_null());
}

TEST_CASE("a run is shown with every point, times as text, and null for a value that is not a number") {
    RunView run;
    run.row.experiment_name = "birds";
    run.row.ended_at = 1'000;
    run.params = {{"cv", "5"}};
    const std::vector<RunMetricRow> points = {{"loss", 1, 0, 0.5}, {"loss", 2, 0, std::numeric_limits<double>::quiet_NaN()}};
    const Json json = v1::view(run, points, {"churn@1"});
    CHECK(json.at("experiment") == "birds");
    CHECK(json.at("ended_at") == "1970-01-01T00:00:01Z");
    CHECK(json.at("params") == Json{{"cv", "5"}});
    CHECK(json.at("versions") == Json::array({"churn@1"}));
    REQUIRE(json.at("metrics").size() == 2);
    CHECK(json.at("metrics")[0].at("value") == 0.5);
    CHECK(json.at("metrics")[1].at("value").dump() == "null");
}

}  // namespace assay::test
