#include "registry/embedded_releases.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

VersionInspection inspected(const Json& releases) {
    VersionInspection version;
    version.files.push_back({"model.joblib", Safety::model, Json::array(), Json{{"releases", releases}}});
    return version;
}

Json exact(const std::string& package, const std::string& release) {
    return {{"package", package}, {"release", release}, {"exact", true}, {"evidence", "_sklearn_version of 3 objects"}};
}

Json range(const std::string& package, const std::string& release) {
    return {{"package", package}, {"release", release}, {"exact", false}, {"evidence", "numpy._core.multiarray"}};
}

struct Compared {
    Facts facts;
    std::vector<std::string> warnings;
    Problems problems;
};

Compared compare(const Json& releases, const std::map<std::string, std::string>& libraries) {
    Compared compared;
    compared.facts.libraries = libraries;
    compare_releases(inspected(releases), Claims::inform, compared.facts, compared.warnings, compared.problems);
    return compared;
}

}  // namespace

TEST_CASE("a declared release that the bytes contradict is a problem, with both values and the evidence") {
    const Compared compared = compare(Json::array({exact("scikit-learn", "1.9.1")}), {{"scikit-learn", "1.2.2"}});
    REQUIRE(compared.problems.size() == 1);
    CHECK(compared.problems[0].field == "facts.libraries.scikit-learn");
    CHECK(compared.problems[0].message == "says 1.2.2, but model.joblib was written by 1.9.1 (_sklearn_version of 3 objects)");
    CHECK(compared.problems[0].fix == R"(declare what wrote it: "scikit-learn":"1.9.1")");
}

TEST_CASE("a release that bytes and declaration agree on is known from the bytes") {
    const Compared compared =
        compare(Json::array({exact("scikit-learn", "1.9.1"), range("numpy", ">=2")}), {{"scikit-learn", "1.9.1"}, {"numpy", "2.4.6"}});
    CHECK(compared.problems.empty());
    CHECK(compared.facts.origin.at("libraries.scikit-learn") == "bytes");
    CHECK(!compared.facts.origin.contains("libraries.numpy"));
}

TEST_CASE("the application that wrote a PMML document is no package, nor is what has no package's name or release") {
    const Json application = {exact("SkLearn2PMML package", "0.116.0"), exact("JPMML-XGBoost", "1.8.2")};
    VersionInspection document = inspected(application);
    document.files[0].inspection["format"] = "pmml";
    Compared compared;
    compare_releases(document, Claims::inform, compared.facts, compared.warnings, compared.problems);
    CHECK(compared.facts.libraries.empty());
    compared =
        compare(Json::array({exact("no package's name", "1"), exact("numpy", std::string(400, '1')), exact("Scikit_Learn", "1.9.1")}), {});
    CHECK(compared.facts.libraries == std::map<std::string, std::string>{{"scikit-learn", "1.9.1"}});
    CHECK(compared.problems.empty());
}

TEST_CASE("a release that nobody declared is filled in from the bytes, and counts as used") {
    const Compared compared = compare(Json::array({exact("scikit-learn", "1.9.1")}), {});
    CHECK(compared.facts.libraries.at("scikit-learn") == "1.9.1");
    CHECK(compared.facts.origin.at("libraries.scikit-learn") == "bytes");
    CHECK(compared.facts.uses == std::vector<std::string>{"scikit-learn"});
}

TEST_CASE("a declared release outside of the range that the bytes imply is a problem") {
    const Compared compared = compare(Json::array({range("numpy", ">=2")}), {{"numpy", "1.24.4"}});
    REQUIRE(compared.problems.size() == 1);
    CHECK(compared.problems[0].message == "says 1.24.4, but model.joblib can only be of numpy>=2 (numpy._core.multiarray)");
}

TEST_CASE("a text beside the model counts where the bytes prove nothing, and never against them") {
    const auto with_claim = [](const Json& of_the_model, const std::string& declared) {
        VersionInspection version = inspected(of_the_model);
        version.files.push_back({"MLmodel", Safety::data, Json::array(),
                                 Json{{"format", "mlmodel"}, {"releases", Json::array({exact("scikit-learn", "1.5.0")})}}});
        Compared compared;
        if (!declared.empty()) compared.facts.libraries = {{"scikit-learn", declared}};
        compare_releases(version, Claims::inform, compared.facts, compared.warnings, compared.problems);
        return compared;
    };
    const Json written = Json::array({exact("scikit-learn", "1.9.1")});
    const Compared truth = with_claim(written, "1.9.1");
    CHECK(truth.problems.empty());
    CHECK(truth.facts.origin.at("libraries.scikit-learn") == "bytes");
    CHECK(with_claim(Json::array(), "").facts.origin.at("libraries.scikit-learn") == "text");
    CHECK(!with_claim(Json::array(), "1.5.0").facts.origin.contains("libraries.scikit-learn"));
    CHECK(truth.warnings == std::vector<std::string>{"MLmodel says scikit-learn 1.5.0, but model.joblib was written by 1.9.1"});
    CHECK(with_claim(written, "1.5.0").problems.size() == 1);
    CHECK(with_claim(Json::array({exact("scikit-learn", "1.5")}), "1.5").warnings.empty());
    CHECK(with_claim(Json::array(), "1.5.0").problems.empty());
    CHECK(with_claim(Json::array(), "1.9.1").problems.size() == 1);
}

TEST_CASE("where such a text is all that a user declares, the bytes that contradict it are a problem") {
    VersionInspection version = inspected(Json::array({exact("scikit-learn", "1.9.1")}));
    version.files.push_back(
        {"MLmodel", Safety::data, Json::array(), Json{{"format", "mlmodel"}, {"releases", Json::array({exact("scikit-learn", "1.2.2")})}}});
    Compared compared;
    compare_releases(version, Claims::declare, compared.facts, compared.warnings, compared.problems);
    REQUIRE(compared.problems.size() == 1);
    CHECK(compared.problems[0].message == "MLmodel says scikit-learn 1.2.2, but model.joblib was written by 1.9.1");
    CHECK(compared.problems[0].fix == "log the model again where scikit-learn 1.9.1 is installed");
    CHECK(compared.warnings.empty());
}

TEST_CASE("parts that several releases wrote agree with any of them, and a warning says so") {
    const Compared compared =
        compare(Json::array({exact("scikit-learn", "1.2.2"), exact("scikit-learn", "1.9.1")}), {{"scikit-learn", "1.9.1"}});
    CHECK(compared.problems.empty());
    CHECK(compared.warnings == std::vector<std::string>{"the files were written by several releases of scikit-learn: 1.2.2, 1.9.1"});
    CHECK(compare(Json::array({exact("scikit-learn", "1.2.2"), exact("scikit-learn", "1.9.1")}), {}).facts.libraries.empty());
}

}  // namespace assay::test
