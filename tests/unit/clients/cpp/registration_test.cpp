#include "clients/cpp/registration.hpp"

#include "base/crypto.hpp"
#include "tests/support/result.hpp"

#include <limits>

namespace assay::test {

namespace {

NewVersion complete_version() {
    NewVersion version;
    version.environment = {"linux-x86_64", {{"eigen", "3.4.0"}, {"cereal", "1.3.2"}, {"assay", "0.1.0"}}};
    version.trained_at = "2026-11-22T21:14:03Z";
    version.datasets = {{"training", "adult", sha256("a").to_string(), 7}, {"test", "adult-test", "ds1:" + sha256("b").to_string(), {}}};
    version.metrics = {{"accuracy", 0.5, "adult-test"}};
    return version;
}

}  // namespace

TEST_CASE("the four facts, and what is used of the libraries, are what the registration says") {
    const Json json = must(registration_of(complete_version(), {{"model.assay", {"/tmp/x", 3, sha256("abc")}}}));
    CHECK(json == must(parse_json(R"({"files":[{"path":"model.assay","media_type":"application/vnd.assay.archive","digest":")" +
                                  sha256("abc").to_string() +
                                  R"("}],"facts":{"uses":["cereal","eigen"],"libraries":{"assay":"0.1.0","cereal":"1.3.2","eigen":"3.4.0"},
        "platform":"linux-x86_64","trained_at":"2026-11-22T21:14:03Z","metrics":[{"name":"accuracy","value":0.5,"dataset":"adult-test"}],
        "datasets":[{"role":"training","name":"adult","rows":7,"digest":")" +
                                  sha256("a").to_string() + R"("},{"role":"test","name":"adult-test","table_digest":"ds1:)" +
                                  sha256("b").to_string() + R"("}]}})")));
}

TEST_CASE("what else is known of a version goes along, and what is not said is left out") {
    NewVersion version = complete_version();
    version.params["C"] = "1.0";
    version.source["git"] = "9f31c0e";
    version.tags["team"] = "birds";
    version.aliases = {"candidate"};
    version.description = "text";
    version.unchanged = NewVersion::Unchanged::keep;
    Json json = must(registration_of(version, {}));
    put_parents(json, {{"churn@2", "retrained_from"}, {"churn@1", ""}});
    CHECK(json["facts"]["params"] == Json{{"C", "1.0"}});
    CHECK(json["facts"]["source"] == Json{{"git", "9f31c0e"}});
    CHECK(json["facts"]["parents"] == Json::array({{{"version", "churn@2"}, {"relation", "retrained_from"}}, {{"version", "churn@1"}}}));
    CHECK(json["tags"] == Json{{"team", "birds"}});
    CHECK(json["aliases"] == Json{"candidate"});
    CHECK(json["description"] == "text");
    CHECK(json["if_changed"] == true);
}

TEST_CASE("a metric that is no finite number is refused here, because JSON cannot say it") {
    for (const double value : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        NewVersion version = complete_version();
        version.metrics = {{"loss", value, ""}};
        CHECK(error_of(registration_of(version, {})).message.starts_with("the metric loss is"));
    }
}

}  // namespace assay::test
