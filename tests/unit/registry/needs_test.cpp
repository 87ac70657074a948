#include "registry/needs.hpp"

#include "base/json_reader.hpp"
#include "registry/push.hpp"
#include "tests/support/test_registry.hpp"

namespace assay::test {

namespace {

Facts facts_of(const VersionView& version) { return must(read_manifest(version.row.manifest)).facts; }

}  // namespace

TEST_CASE("versions with the same needs share them, whatever else their facts say, and deleted ones have none") {
    TestRegistry registry;
    (void)registry.push(a_push().with_metric("loss", 0.5));
    (void)registry.push(a_push("other").with_library("pandas", "2.2.0"));  // declared, but not used
    (void)registry.push(a_push().with_library("numpy", "2.4.0"));
    CHECK(registry.ask("SELECT count(*) FROM needs") == "2");
    CHECK(registry.ask("SELECT versions FROM needs WHERE body LIKE '%2.3.1%'") == "2");
    registry.remove("churn", "1");
    CHECK(registry.ask("SELECT versions FROM needs WHERE body LIKE '%2.3.1%'") == "1");
    CHECK(registry.ask("SELECT count(*) FROM version_needs") == "2");
    registry.undelete("churn", "1");
    CHECK(registry.ask("SELECT versions FROM needs WHERE body LIKE '%2.3.1%'") == "2");
}

TEST_CASE("needs are read back as they were written") {
    TestRegistry registry;
    const Recorded needs = needs_of(facts_of(registry.push(a_push().with_library("pandas", "2.2.0"))));
    CHECK(needs.libraries.contains("python"));
    CHECK(!needs.libraries.contains("pandas"));
    const Recorded again = must(read_needs(must(needs_text(needs))));
    CHECK(again.uses == needs.uses);
    CHECK(again.libraries == needs.libraries);
}

TEST_CASE("what the bytes need is their names by package, and the formats that they are in") {
    const Json inspection = must(parse_json(R"({"objects":[],
        "imports":[{"module":"sklearn.svm._classes","name":"SVC"},{"module":"numpy","name":"ndarray"},{"module":"numpy","name":"dtype"},
                   {"module":"numpy","name":"dtype"},{"module":"churn_lib","name":"Ratio"}],
        "releases":[{"package":"python","release":">=3.4","evidence":"pickle protocol 4","exact":false},
                    {"package":"scikit-learn","release":"1.5.2","evidence":"_sklearn_version","exact":true}],
        "parts":[{"releases":[{"package":"python","release":">=3.8","evidence":"pickle protocol 5","exact":false}]}]})"));
    const Recorded needs = needs_of_file(inspection);
    CHECK(needs.names.at("numpy") == std::vector<std::string>{"numpy:dtype", "numpy:ndarray"});
    CHECK(needs.names.size() == 2);
    CHECK(needs.formats.at("python") == FormatNeed{">=3.8", "pickle protocol 5"});
    CHECK(needs.uses == std::vector<std::string>{"scikit-learn"});
    CHECK(needs.libraries.at("scikit-learn") == "1.5.2");
    const Recorded again = must(read_needs(must(needs_text(needs))));
    CHECK(again.names == needs.names);
    CHECK(again.formats == needs.formats);
}

TEST_CASE("the objects that loading makes are needs, each kind once; an inspection that does not list them all leaves them unknown") {
    const char* text = R"({"imports":[{"module":"sklearn.tree._tree","name":"Tree"}],"releases":[],
        "objects":[{"class":"sklearn.tree._tree:Tree","count":5,"path":"a","state":{"nodes":"array |V64 [n]"}},
                   {"class":"sklearn.svm:SVC","release":"1.5.2","count":1,"path":"","state":{"C":"float"}}],
        "parts":[{"objects":[{"class":"sklearn.tree._tree:Tree","count":1,"path":"b","state":{"nodes":"array |V64 [n]"}}]}]})";
    Json inspection = must(parse_json(text));
    const Recorded needs = needs_of_file(inspection);
    REQUIRE(needs.objects.size() == 2);
    CHECK(needs.objects[0] == ObjectNeed{"sklearn.svm:SVC", "1.5.2", {{"C", "float"}}});
    CHECK_FALSE(needs.objects_unknown);
    const Recorded again = must(read_needs(must(needs_text(needs))));
    CHECK(again.objects == needs.objects);
    CHECK_FALSE(again.objects_unknown);
    inspection["cut"]["objects"] = 2000;
    CHECK(needs_of_file(inspection).objects_unknown);
    inspection.erase("cut");
    inspection["parts"][0].erase("objects");
    const Recorded old = needs_of_file(inspection);
    CHECK(old.objects_unknown);
    CHECK(must(read_needs(must(needs_text(old)))).objects_unknown);
    // As recorded before objects were read.
    CHECK(must(read_needs(R"({"libraries":{},"names":{"scikit-learn":["sklearn.svm:SVC"]},"uses":[]})")).objects_unknown);
}

TEST_CASE("what is needed of some packages alone") {
    Recorded needs;
    needs.uses = {"numpy", "scikit-learn"};
    needs.libraries = {{"numpy", "2.0"}, {"python", "3.12"}, {"scikit-learn", "1.5.2"}};
    needs.names = {{"numpy", {"numpy:dtype"}}, {"scikit-learn", {"sklearn.svm:SVC"}}};
    needs.formats = {{"joblib", {">=1.2", "aligned"}}, {"python", {">=3.8", "protocol"}}};
    const Recorded some = needs_of_packages(needs, {"scikit-learn", "python"});
    CHECK(some.uses == std::vector<std::string>{"scikit-learn"});
    CHECK(some.libraries == std::map<std::string, std::string>{{"python", "3.12"}, {"scikit-learn", "1.5.2"}});
    CHECK(some.names.size() == 1);
    CHECK(some.formats.contains("python"));
    CHECK_FALSE(some.formats.contains("joblib"));
}

TEST_CASE("what counts of an environment is what the version uses, and what of it is missing") {
    Recorded needs;
    needs.uses = {"scikit-learn", "numpy"};
    needs.libraries = {{"python", "3.11.7"}, {"scikit-learn", "1.7.2"}};
    Environment environment = an_environment({{"pandas", "9.9"}});
    environment.packages.erase("numpy");
    const std::string text = must(considered_text(needs, environment));
    CHECK(text == R"({"implementation":"cpython","packages":{"numpy":null,"scikit-learn":"1.7.2"},"python":"3.11.7"})");
    environment.platform = "plan9";
    CHECK(must(considered_text(needs, environment)) == text);
    needs.libraries.erase("python");
    CHECK(must(considered_text(needs, environment)).find("\"python\"") == std::string::npos);
}

}  // namespace assay::test
