#include "artifact/mlflow/mlmodel.hpp"

#include "artifact/mlflow/requirements.hpp"
#include "artifact/mlflow/yaml.hpp"
#include "tests/support/inspected.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

using Codes = std::vector<std::string>;

std::string mlmodel(const std::string& sklearn, const std::string& loader = "mlflow.sklearn") {
    return "flavors:\n  python_function:\n    loader_module: " + loader +
           "\n    python_version: 3.11.7\n  sklearn:\n    pickled_model: model.skops\n    sklearn_version: 1.5.2\n" + sklearn +
           "mlflow_version: 3.18.0\nrun_id: 0d1c\nsignature:\n  inputs: '[{\"type\": \"double\", \"name\": \"age\"}]'\n  params: null\n"
           "utc_time_created: '2026-01-01 00:00:00.000000'\n";
}

}  // namespace

TEST_CASE("an MLmodel shows its flavours, its releases and its signature") {
    const Inspection inspection = inspected(mlmodel("    code: null\n    skops_trusted_types: null\n"), "model/MLmodel");
    CHECK(inspection.format == "mlmodel");
    CHECK(inspection.oddities.empty());
    CHECK(inspection.details["flavors"] == Json({"python_function", "sklearn"}));
    CHECK(inspection.details["sklearn_version"] == "1.5.2");
    CHECK(inspection.details["python_version"] == "3.11.7");
    CHECK(inspection.details["signature"]["inputs"][0]["name"] == "age");
    CHECK(inspection.details["utc_time_created"] == "2026-01-01 00:00:00.000000");
    Codes releases;
    for (const ReleaseEvidence& release : inspection.releases) releases.push_back(release.package + " " + release.release);
    CHECK(releases == Codes{"mlflow 3.18.0", "python 3.11.7", "scikit-learn 1.5.2"});
}

TEST_CASE("an MLmodel that trusts itself or brings code is told") {
    CHECK(codes(inspected(mlmodel("    skops_trusted_types: [os.system]\n"), "MLmodel")) == Codes{"trusts-itself"});
    CHECK(codes(inspected(mlmodel("    code: code\n"), "MLmodel")) == Codes{"model-code"});
    CHECK(codes(inspected(mlmodel("", "my_loader"), "MLmodel")) == Codes{"model-code"});
    CHECK(codes(inspected("a: b\n", "MLmodel")) == Codes{"invalid-yaml"});
    // JSON is YAML.
    const char* json = R"({"flavors":{"python_function":{"loader_module":"evil","code":"code","data":"model.txt"}}})";
    CHECK(codes(inspected(json, "MLmodel")) == Codes{"model-code"});
}

TEST_CASE("an MLmodel that names a file outside of its folder is told") {
    for (const char* path : {"/tmp/model.pkl", "../model.pkl", "a/../../b", "s3://b/model.pkl"}) {
        CAPTURE(path);
        CHECK(codes(inspected(mlmodel(("    model_path: " + std::string(path) + "\n").c_str()), "MLmodel")) == Codes{"external-file"});
    }
    CHECK(codes(inspected(mlmodel("    model_path: data/model..pkl\n"), "MLmodel")).empty());
}

TEST_CASE("YAML is read without anchors, aliases, tags and double keys, and not too deep") {
    const Json json = must(parse_yaml("a: 3.10\nb: [x, 'null', null, true]\nc: {d: ''}\n"));
    CHECK(json["a"] == "3.10");
    CHECK(json["b"] == Json({"x", "null", nullptr, true}));
    CHECK(json["c"]["d"] == "");
    for (const char* bad : {"a: &x 1\nb: *x\n", "a: !!python/object:os.system 1\n", "a: 1\na: 2\n", "a: [1\n", "a: 1\n---\nb: 2\n",
                            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n", "? [a]\n: 1\n"}) {
        CHECK_MESSAGE(error_of(parse_yaml(bad)).code == "invalid-yaml", bad);
    }
    CHECK(error_of(parse_yaml(std::string(100'000, '['))).code == "invalid-yaml");
}

TEST_CASE("requirements give releases, and what is none is kept aside") {
    const auto pin = parse_requirement("Scikit_Learn[extra] == 1.5.2 ; python_version >= '3.9'", "r");
    REQUIRE(pin);
    CHECK(pin->package == "scikit-learn");
    CHECK(pin->release == "1.5.2");
    CHECK(pin->exact);
    CHECK_FALSE(parse_requirement("pip<=24.0", "r")->exact);
    CHECK(parse_requirement("pip<=24.0", "r")->release == "<=24.0");
    CHECK_FALSE(parse_requirement("torch==2.*", "r")->exact);
    const Inspection inspection = inspected(
        "mlflow==3.18.0\n# a comment\nnumpy==2.1.3 # pinned\n-c constraints.txt\n-e .\ngit+https://example.com/x\nx @ "
        "https://example.com/x.whl\npandas\n",
        "requirements.txt");
    CHECK(inspection.format == "text");
    CHECK(inspection.releases.size() == 2);
    CHECK(inspection.details["other"].size() == 4);
}

TEST_CASE("conda.yaml and python_env.yaml name Python and pip's packages") {
    const Inspection conda =
        inspected("channels: [conda-forge]\ndependencies:\n- python=3.11.7\n- pip<=24.0\n- pip:\n  - numpy==2.1.3\n", "conda.yaml");
    REQUIRE(conda.releases.size() == 3);
    CHECK(conda.releases[0].release == "3.11.7");
    CHECK(conda.releases[0].exact);
    CHECK(conda.releases[2].package == "numpy");
    const Inspection python =
        inspected("python: 3.10\nbuild_dependencies: [pip==24.0]\ndependencies: [-r requirements.txt]\n", "python_env.yaml");
    REQUIRE(python.releases.size() == 2);
    CHECK(python.releases[0].release == "3.10");
}

}  // namespace assay::test
