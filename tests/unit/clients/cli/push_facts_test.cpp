#include "clients/cli/push_facts.hpp"

#include "base/crypto.hpp"
#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"

#include <fstream>

namespace assay::test {

TEST_CASE("a metric is NAME=VALUE, with a dataset after '@'") {
    CHECK(must(metric_option("accuracy=0.5")) == Json{{"name", "accuracy"}, {"value", 0.5}});
    CHECK(must(metric_option("loss=-1e-3@test set")) == Json{{"name", "loss"}, {"value", -0.001}, {"dataset", "test set"}});
    for (const char* bad : {"", "a", "a=", "=1", "a=nan", "a=inf", "a=1x", "a=1@", "a=1e999"}) {
        CAPTURE(bad);
        CHECK(error_of(metric_option(bad)).code == "usage");
    }
}

TEST_CASE("a dataset is a file, hashed and named by its stem, or a name with a digest") {
    const TempDir folder;
    std::ofstream(folder / "adult.csv") << "a,b\n";
    CHECK(must(dataset_option("training=" + (folder / "adult.csv"))) ==
          Json{{"role", "training"}, {"name", "adult"}, {"digest", sha256("a,b\n").to_string()}});
    const std::string digest = sha256("x").to_string();
    CHECK(must(dataset_option("test=adult@" + digest)) == Json{{"role", "test"}, {"name", "adult"}, {"digest", digest}});
    CHECK(must(dataset_option("test=adult@ds1:" + digest)) == Json{{"role", "test"}, {"name", "adult"}, {"table_digest", "ds1:" + digest}});
    CHECK(error_of(dataset_option("test=adult@sha256:12")).code == "usage");
    CHECK(error_of(dataset_option("test=@" + digest)).code == "usage");
    CHECK(error_of(dataset_option("test")).code == "usage");
    CHECK(error_of(dataset_option("test=" + (folder / "absent.csv"))).kind == ErrorKind::not_found);
    CHECK(error_of(dataset_option("test=" + folder.path())).kind == ErrorKind::invalid);
}

TEST_CASE("a parent names a version and perhaps a relation") {
    const std::string digest = sha256("x").to_string();
    CHECK(must(parent_option("churn@2")) == Json{{"version", "churn@2"}});
    CHECK(must(parent_option("churn@2:retrained_from")) == Json{{"version", "churn@2"}, {"relation", "retrained_from"}});
    CHECK(must(parent_option("churn@" + digest)) == Json{{"version", "churn@" + digest}});
    CHECK(must(parent_option("churn@" + digest + ":distilled_from"))["relation"] == "distilled_from");
    CHECK(error_of(parent_option("churn")).code == "usage");
    CHECK(error_of(parent_option("churn@2:")).code == "usage");
}

TEST_CASE("what a model uses is assumed for files that hold estimators, as far as it is installed") {
    const auto environment = must(environment_from_text(
        R"({"python":"3.11.7","implementation":"cpython","platform":"linux-x86_64","packages":{"Scikit_Learn":"1.5.2","attrs":"23.1"}})"));
    for (const char* name : {"a.joblib", "a.pkl", "a.pickle", "a.skops"})
        CHECK(assumed_uses({{name, ""}}, environment) == std::vector<std::string>{"scikit-learn"});
    CHECK(assumed_uses({{"a.onnx", ""}}, environment).empty());
    CHECK(libraries_of(environment, {}) == Json{{"python", "3.11.7"}, {"scikit-learn", "1.5.2"}});
    CHECK(libraries_of(environment, {"attrs", "absent"}) == Json{{"python", "3.11.7"}, {"scikit-learn", "1.5.2"}, {"attrs", "23.1"}});
}

}  // namespace assay::test
