#include "registry/gate.hpp"

#include "tests/support/result.hpp"

#include <string>
#include <vector>

namespace assay::test {

namespace {

const Digest some_digest(Digest::Bytes{1, 2, 3});

Recorded churn(std::vector<std::string> uses, std::map<std::string, std::string> libraries, std::string version = "churn@3") {
    return {std::move(version), some_digest, std::move(uses), std::move(libraries)};
}

Environment cpython(std::string python, std::map<std::string, std::string> packages) {
    return {std::move(python), "cpython", "linux-x86_64", std::move(packages)};
}

Environment native(std::map<std::string, std::string> packages) { return {std::nullopt, "native", "linux-x86_64", std::move(packages)}; }

RuleSet rules(const char* list) {
    return must(parse_rules(std::string(R"({"schema":"assay.rules/1","name":"test","rules":[)") + list + "]}"));
}

/// "refuse scikit-learn:unproven:unproven | warn numpy:same-minor:unproven": the decision, then what it is made of.
std::string outcome(const Verdict& verdict) {
    std::string text(to_string(verdict.decision));
    for (const Conflict& conflict : verdict.conflicts)
        text += " " + conflict.package + ":" + conflict.rule + ":" + std::string(to_string(conflict.effect));
    for (const Conflict& warning : verdict.warnings)
        text += " (" + warning.package + ":" + warning.rule + ":" + std::string(to_string(warning.effect)) + ")";
    return text;
}

std::string one(const char* package, const char* recorded, const char* offered, const RuleSet& set) {
    return outcome(judge(churn({package}, {{package, recorded}}), cpython("3.11.7", {{package, offered}}), set));
}

}  // namespace

TEST_CASE("without a rule the distance between two releases decides") {
    const RuleSet none = rules("");
    CHECK(one("lib", "1.5.2", "1.5.2", none) == "allow");
    CHECK(one("lib", "1.5", "1.5.0", none) == "allow");
    CHECK(one("lib", "1.5.2", "1.5.2.post1", none) == "allow");
    CHECK(one("lib", "1.5.2", "1.5.2+cu118", none) == "allow");
    CHECK(one("lib", "1.5.2", "1.5.1", none) == "warn (lib:same-minor:unproven)");
    CHECK(one("lib", "1.5.0", "1.5.0rc1", none) == "warn (lib:same-minor:unproven)");
    CHECK(one("lib", "1.5.2", "1.6.0", none) == "refuse lib:unproven:unproven");
    CHECK(one("lib", "1.5.2", "1.4.2", none) == "refuse lib:unproven:unproven");
    CHECK(one("lib", "1.5.2", "1!1.5.2", none) == "refuse lib:unproven:unproven");
    CHECK(one("lib", "1.5.2", "2.5.2", none) == "refuse lib:unproven:unproven");
}

TEST_CASE("releases that are not PEP 440 are compared as text") {
    const RuleSet none = rules("");
    CHECK(one("lib", "2004d", "2004d", none) == "allow");
    CHECK(one("lib", "2004d", "2004e", none) == "refuse lib:unproven:unproven");
    CHECK(one("lib", "1.0", "2004e", none) == "refuse lib:unproven:unproven");
}

TEST_CASE("a rule decides before the distance does, and the same release before any rule") {
    const RuleSet set = rules(R"({"id":"b","package":"lib","recorded":"<2","offered":"<2","effect":"load-error","because":"B."},
                                 {"id":"g","package":"lib","recorded":"<2","offered":">=2","effect":"none","because":"G."},
                                 {"id":"s","package":"lib","recorded":">=2","offered":">=2","effect":"secondary","because":"S."},
                                 {"id":"d","package":"lib","recorded":">=2","offered":"<2","effect":"different-predictions","because":"D."},
                                 {"id":"p","package":"lib","recorded":">=2","offered":">=9","effect":"predict-error","because":"P."})");
    CHECK(one("lib", "1.5.0", "1.5.0", set) == "allow");
    CHECK(one("lib", "1.5.0", "1.5.1", set) == "refuse lib:b:load-error");
    CHECK(one("lib", "1.5.0", "2.0", set) == "allow");
    CHECK(one("lib", "2.0", "3.0", set) == "warn (lib:s:secondary)");
    CHECK(one("lib", "2.0", "1.0", set) == "refuse lib:d:different-predictions");
    CHECK(one("lib", "2.0", "9.1", set) == "refuse lib:p:predict-error");
    CHECK(one("lib", "2.0", "unheard-of", set) == "refuse lib:unproven:unproven");
}

TEST_CASE("only what the version uses is judged, and the rest is ignored with the reason") {
    const Verdict verdict = judge(churn({"numpy"}, {{"python", "3.11.7"}, {"numpy", "2.3.1"}, {"pandas", "2.2.0"}}),
                                  cpython("3.11.7", {{"numpy", "2.3.1"}, {"pandas", "1.0.0"}}), default_rules());
    CHECK(outcome(verdict) == "allow");
    CHECK(verdict.considered == std::vector<std::string>{"python", "numpy"});
    CHECK(verdict.ignored == std::map<std::string, std::string>{{"pandas", "not used by this version"}});
    CHECK(verdict.fix.empty());
    CHECK(verdict.digest == some_digest);
    CHECK(verdict.environment.has_value());
}

TEST_CASE("a used package that the environment lacks refuses") {
    const Verdict verdict = judge(churn({"scikit-learn"}, {{"scikit-learn", "1.7.2"}}), cpython("3.11.7", {}), default_rules());
    CHECK(outcome(verdict) == "refuse scikit-learn:missing-package:missing-package");
    CHECK(verdict.conflicts[0].offered == std::nullopt);
    CHECK(verdict.fix == std::vector<std::string>{"pip install 'scikit-learn==1.7.2'"});
    CHECK(to_error(verdict).message == "churn@3 uses scikit-learn 1.7.2, which this environment does not have");
}

TEST_CASE("a used package without a recorded release refuses as unproven, in words") {
    const Verdict verdict = judge(churn({"lib"}, {}), cpython("3.11.7", {{"lib", "1.0"}}), rules(""));
    CHECK(outcome(verdict) == "refuse lib:unproven:unproven");
    CHECK(verdict.conflicts[0].recorded == "unknown");
    CHECK(verdict.fix == std::vector<std::string>{"let the smoke test decide: assay fetch --try, assay.load(…, try_=True), or say in a "
                                                  "rule what you have tested (assay rules import FILE)"});
    CHECK(to_error(verdict).message == "churn@3 was trained with lib and is not proven to work with 1.0");
    CHECK(judge(churn({"lib"}, {}), cpython("3.11.7", {}), rules("")).fix == std::vector<std::string>{"pip install 'lib'"});
}

TEST_CASE("Python is judged by rules, and never refused for distance alone") {
    const auto python = [](const char* recorded, const char* offered) {
        return outcome(judge(churn({}, {{"python", recorded}}), cpython(offered, {}), default_rules()));
    };
    CHECK(python("3.6.15", "3.13.0") == "allow");
    CHECK(python("3.13.0", "3.8.18") == "allow");
    CHECK(python("3.11.2+", "3.11.2") == "allow");
    CHECK(python("3.11.2+", "3.12.0+") == "allow");
    CHECK(python("3.14.0", "3.15.0rc1") == "allow");
    CHECK(python("3.11.7", "3.7.1") == "warn (python:unproven:unproven)");
    CHECK(python("3.14.0", "3.7.1") == "refuse python:known-break/python-3.14-to-3.7:load-error");
    CHECK(python("3.11.7", "2.7.18") == "refuse python:known-break/python-3-to-2:load-error");
    const Verdict verdict =
        judge(churn({"numpy"}, {{"python", "3.14.0"}, {"numpy", "2.3.1"}}), cpython("3.7.1", {{"numpy", "1.21.6"}}), default_rules());
    CHECK(verdict.fix == std::vector<std::string>{"pip install 'numpy==2.3.1'", "use Python 3.14.0"});
    CHECK(to_error(verdict).message == "churn@3 was trained with Python 3.14.0 and cannot be loaded with 3.7.1");
    CHECK(judge(churn({}, {}), cpython("3.7.1", {}), default_rules()).ignored.at("python") == "the version does not say which");
}

TEST_CASE("a name that the bytes import and the offered release does not have refuses, whatever the releases are") {
    Recorded svc = churn({"scikit-learn"}, {{"scikit-learn", "1.0.2"}});
    svc.names["scikit-learn"] = {"sklearn.svm._classes:SVC"};
    const Verdict verdict = judge(svc, cpython("3.7.17", {{"scikit-learn", "0.21.3"}}), rules(""));
    CHECK(outcome(verdict) == "refuse scikit-learn:names/scikit-learn:load-error");
    CHECK(verdict.conflicts.front().because ==
          "the model's bytes import sklearn.svm._classes.SVC, which scikit-learn 0.21.3 does not have");
    CHECK(verdict.fix == std::vector<std::string>{"pip install 'scikit-learn==1.0.2'"});
    CHECK(outcome(judge(svc, cpython("3.9", {{"scikit-learn", "1.0.2"}}), rules(""))) == "allow");
    // What scikit-learn's names do changes: another minor is not settled by them.
    CHECK(outcome(judge(svc, cpython("3.9", {{"scikit-learn", "1.1.3"}}), rules(""))) == "refuse scikit-learn:unproven:unproven");
    // A name that no release has tells nothing.
    svc.names["scikit-learn"] = {"sklearn.svm._classes:Unheard"};
    CHECK(outcome(judge(svc, cpython("3.9", {{"scikit-learn", "1.0.2"}}), rules(""))) == "allow");
}

TEST_CASE("NumPy, SciPy and joblib are settled by their names, but for NumPy's random generators") {
    const RuleSet broken = rules(R"({"id":"b","package":"numpy","recorded":">=2","offered":"<2","effect":"load-error","because":"_core"})");
    Recorded model = churn({"numpy"}, {{"numpy", "2.1.3"}});
    model.names["numpy"] = {"numpy._core.multiarray:scalar", "numpy:dtype"};
    CHECK(outcome(judge(model, cpython("3.11", {{"numpy", "1.26.4"}}), broken)) == "allow");
    CHECK(outcome(judge(model, cpython("3.11", {{"numpy", "1.25.2"}}), broken)) == "refuse numpy:names/numpy:load-error");
    CHECK(outcome(judge(model, cpython("3.11", {{"numpy", "9.0"}}), rules(""))) == "refuse numpy:unproven:unproven");
    model.names["numpy"].push_back("numpy.random._pickle:__generator_ctor");
    CHECK(outcome(judge(model, cpython("3.11", {{"numpy", "1.26.4"}}), broken)) == "refuse numpy:b:load-error");
}

TEST_CASE("a package that the bytes import counts, also when nobody declared it") {
    Recorded model = churn({}, {});
    model.names["scipy"] = {"scipy.sparse._csr:csr_matrix"};
    CHECK(outcome(judge(model, cpython("3.11", {}), rules(""))) == "refuse scipy:missing-package:missing-package");
    CHECK(outcome(judge(model, cpython("3.11", {{"scipy", "1.11.4"}}), rules(""))) == "allow");
    const Verdict old = judge(model, cpython("3.8", {{"scipy", "1.7.3"}}), rules(""));
    CHECK(outcome(old) == "refuse scipy:names/scipy:load-error");
    CHECK(old.fix == std::vector<std::string>{"pip install 'scipy==1.8.1'"});
    CHECK(outcome(judge(model, native({}), rules(""))) == "allow");
}

TEST_CASE("a format that the offered release does not read refuses, and one that it reads settles Python") {
    Recorded model = churn({}, {{"python", "3.12.1"}});
    model.formats["python"] = {">=3.8", "pickle protocol 5"};
    model.formats["joblib"] = {">=1.2", "arrays are aligned"};
    const Verdict verdict = judge(model, cpython("3.7.17", {{"joblib", "1.1.1"}}), rules(""));
    CHECK(outcome(verdict) == "refuse joblib:format/joblib:load-error python:format/python:load-error");
    CHECK(verdict.conflicts[1].because == "the model's bytes are pickle protocol 5, which Python 3.7.17 cannot read (3.8 can)");
    CHECK(verdict.fix == std::vector<std::string>{"pip install 'joblib>=1.2'", "use Python 3.12.1"});
    CHECK(outcome(judge(model, cpython("3.8.18", {{"joblib", "1.2.0"}}), rules(""))) == "allow");
}

TEST_CASE("a native consumer has packages and no Python") {
    const Recorded recorded = churn({"eigen", "cereal"}, {{"python", "3.11.7"}, {"eigen", "3.4.0"}, {"cereal", "1.3.2"}});
    const Verdict good = judge(recorded, native({{"eigen", "3.4.0"}, {"cereal", "1.3.2"}, {"assay", "0.1.0"}}), default_rules());
    CHECK(outcome(good) == "allow");
    CHECK(good.considered == std::vector<std::string>{"eigen", "cereal"});
    CHECK(good.ignored.at("python") == "a native consumer has no Python");
    const Verdict bad = judge(recorded, native({{"eigen", "5.0.0"}}), default_rules());
    CHECK(outcome(bad) == "refuse eigen:unproven:unproven cereal:missing-package:missing-package");
    CHECK(bad.fix == std::vector<std::string>{"build against eigen 3.4.0", "build against cereal 1.3.2"});
}

TEST_CASE("the default rules decide on the environments that people have") {
    const Recorded recorded = churn({"scikit-learn", "numpy", "joblib"},
                                    {{"python", "3.11.7"}, {"scikit-learn", "1.7.2"}, {"numpy", "2.3.1"}, {"joblib", "1.5.1"}});
    const auto with = [&](const char* sklearn, const char* numpy, const char* joblib) {
        return outcome(
            judge(recorded, cpython("3.12.3", {{"scikit-learn", sklearn}, {"numpy", numpy}, {"joblib", joblib}}), default_rules()));
    };
    CHECK(with("1.7.2", "2.3.1", "1.5.1") == "allow");
    CHECK(with("1.7.2", "2.0.2", "1.4.2") == "allow");
    CHECK(with("1.7.1", "2.3.1", "1.5.1") == "warn (scikit-learn:same-minor:unproven)");
    CHECK(with("1.6.1", "2.3.1", "1.5.1") == "refuse scikit-learn:unproven:unproven");
    CHECK(with("1.7.2", "1.26.4", "1.5.1") == "refuse numpy:known-break/numpy-2-to-1:load-error");
    CHECK(with("1.7.2", "2.3.1", "1.1.1") == "refuse joblib:known-break/joblib-1.2-alignment:load-error");
    CHECK(with("1.7.2", "3.0.0", "1.5.1") == "refuse numpy:unproven:unproven");
}

TEST_CASE("the fix of a verdict is one pip line for all conflicts") {
    const Recorded recorded =
        churn({"scikit-learn", "numpy", "odd", "weird", "fine"},
              {{"scikit-learn", "1.7.2"}, {"numpy", "2.3.1"}, {"odd", "2004d"}, {"weird", "it's here"}, {"fine", "1.0"}});
    const Verdict verdict =
        judge(recorded, cpython("3.12.3", {{"scikit-learn", "1.5.2"}, {"numpy", "1.26.4"}, {"odd", "x"}, {"weird", "x"}, {"fine", "1.0"}}),
              default_rules());
    CHECK(verdict.fix ==
          std::vector<std::string>{"pip install 'scikit-learn==1.7.2' 'numpy==2.3.1' 'odd===2004d'", "install weird it's here"});
    CHECK(verdict.conflicts[0].fix == std::vector<std::string>{"pip install 'scikit-learn==1.7.2'",
                                                               "let the smoke test decide: assay fetch --try, assay.load(…, try_=True), or "
                                                               "say in a rule what you have tested (assay rules import FILE)"});
}

TEST_CASE("a version of a native program is told to be built against its libraries, never to be installed by pip") {
    const Verdict verdict =
        judge(churn({"eigen"}, {{"eigen", "3.4.0"}, {"assay", "0.1.0"}}), cpython("3.11.7", {{"eigen", "3.3.9"}}), rules(""));
    REQUIRE(verdict.decision == Verdict::Decision::refuse);
    for (const std::string& fix : verdict.fix) {
        CHECK(fix.find("pip") == std::string::npos);
        CHECK(fix.find("--try") == std::string::npos);
    }
    CHECK(verdict.fix.front() == "build against eigen 3.4.0");
}

TEST_CASE("the smoke test is offered as a fix of the verdict only when nothing is known to break") {
    const Recorded recorded = churn({"lib"}, {{"lib", "1.0"}});
    const Verdict verdict = judge(recorded, cpython("3.12.3", {{"lib", "2.0"}}), default_rules());
    CHECK(verdict.fix == std::vector<std::string>{"pip install 'lib==1.0'",
                                                  "let the smoke test decide: assay fetch --try, assay.load(…, try_=True), or say in a "
                                                  "rule what you have tested (assay rules import FILE)"});
}

TEST_CASE("a rule's own advice follows the exact pip line") {
    const RuleSet set =
        rules(R"({"id":"b","package":"lib","recorded":"","offered":"","effect":"load-error","because":"B.","fix":"retrain"})");
    const Verdict verdict = judge(churn({"lib"}, {{"lib", "1.0"}}), cpython("3.12.3", {{"lib", "2.0"}}), set);
    CHECK(verdict.conflicts[0].fix == std::vector<std::string>{"pip install 'lib==1.0'", "retrain"});
    CHECK(verdict.fix == std::vector<std::string>{"pip install 'lib==1.0'", "retrain"});
}

TEST_CASE("a refusal is told as a person meets it: the worst conflict first, its cause, the others, the fixes") {
    const RuleSet set =
        rules(R"({"id":"known-break/layout","package":"scikit-learn","recorded":"<1.3","offered":">=1.3","effect":"load-error",
                                  "because":"it holds tree nodes in a layout that scikit-learn 1.3 changed"})");
    Verdict verdict = judge(churn({"lib", "scikit-learn"}, {{"lib", "1.0"}, {"scikit-learn", "1.2.2"}}),
                            cpython("3.11.7", {{"lib", "2.0"}, {"scikit-learn", "1.5.2"}}), set);
    verdict.fix.emplace_back("fetch churn@4, trained with scikit-learn 1.5.2");
    const Error error = to_error(verdict);
    CHECK(error.kind == ErrorKind::incompatible);
    CHECK(error.code == "incompatible-environment");
    CHECK(must(parse_json(error.details)) == to_json(verdict));
    CHECK(describe(error) ==
          "error: churn@3 was trained with scikit-learn 1.2.2 and cannot be loaded with 1.5.2\n"
          "  because: it holds tree nodes in a layout that scikit-learn 1.3 changed\n"
          "  lib: it was trained with lib 1.0 and is not proven to work with 2.0: no rule says whether lib 2.0 reads what 1.0 wrote\n"
          "fix: pip install 'lib==1.0' 'scikit-learn==1.2.2'\n"
          "  or: fetch churn@4, trained with scikit-learn 1.5.2\n");
}

TEST_CASE("every effect has its own words") {
    const auto message = [](const char* effect) {
        const RuleSet set = rules(
            (R"({"id":"b","package":"lib","recorded":"","offered":"","effect":")" + std::string(effect) + R"(","because":"B."})").c_str());
        return to_error(judge(churn({"lib"}, {{"lib", "1.0"}}), cpython("3.12.3", {{"lib", "2.0"}}), set)).message;
    };
    CHECK(message("load-error") == "churn@3 was trained with lib 1.0 and cannot be loaded with 2.0");
    CHECK(message("predict-error") == "churn@3 was trained with lib 1.0 and cannot predict with 2.0");
    CHECK(message("different-predictions") == "churn@3 was trained with lib 1.0 and gives other predictions with 2.0");
}

TEST_CASE("other versions that the environment can load are suggested, newest first, three at most") {
    const Environment environment = cpython("3.11.7", {{"lib", "2.0.0"}});
    const RuleSet none = rules("");
    const auto version = [](const char* name, const char* release) { return churn({"lib"}, {{"lib", release}}, name); };
    const Verdict refused = judge(version("churn@3", "1.0"), environment, none);
    const auto suggested = [&](const std::vector<Recorded>& others) { return suggest_versions(refused, others, environment, none); };
    CHECK(suggested({version("churn@9", "2.0.0"), version("churn@8", "3.0"), version("churn@7", "2.0.1"), version("churn@6", "2.0"),
                     version("churn@5", "2.0.0.post1"), version("churn@4", "2.0.0")}) ==
          std::vector<std::string>{"fetch churn@9, trained with lib 2.0.0", "fetch churn@6, trained with lib 2.0",
                                   "fetch churn@5, trained with lib 2.0.0.post1"});
    CHECK(suggested({version("churn@8", "3.0"), version("churn@7", "2.0.1")}) ==
          std::vector<std::string>{"fetch churn@7, trained with lib 2.0.1"});
    CHECK(suggested({version("churn@8", "3.0")}).empty());
    CHECK(suggested({churn({}, {}, "churn@2")}) == std::vector<std::string>{"fetch churn@2"});
}

}  // namespace assay::test

namespace assay::test {

namespace {

/// Rules that know all about the class A of scikit-learn, which lost its attribute "old" in 1.3.
RuleSet measured_rules() {
    return must(parse_rules(R"({"schema":"assay.rules/1","name":"test","rules":[
        {"id":"state/a.old","kind":"state","package":"scikit-learn","class":["sklearn.svm._classes:SVC"],"lacks":["old"],"recorded":"",
         "offered":"<1.3","effect":"predict-error","because":"It needs old."},
        {"id":"state/a.repr","kind":"state","package":"scikit-learn","class":["sklearn.svm._classes:SVC"],"lacks":["new"],"recorded":"",
         "offered":">=1.7","effect":"secondary","because":"repr needs new."}],
        "measured":[{"package":"scikit-learn","offered":">=0.20,<1.10","classes":["sklearn.svm._classes:SVC"]}]})"));
}

Recorded an_svc() {
    Recorded svc;
    svc.version = "churn@3";
    svc.uses = {"scikit-learn"};
    svc.libraries = {{"scikit-learn", "1.5.2"}};
    svc.names = {{"scikit-learn", {"sklearn.svm._classes:SVC"}}};
    svc.objects = {{"sklearn.svm._classes:SVC", "1.5.2", {{"C", "float"}}}};
    return svc;
}

std::string with_sklearn(const Recorded& recorded, const char* release) {
    return outcome(judge(recorded, cpython("3.11.7", {{"scikit-learn", release}}), measured_rules()));
}

}  // namespace

TEST_CASE("objects that are all measured settle a package: what no rule is about works, however far the releases are apart") {
    CHECK(with_sklearn(an_svc(), "1.3.2") == "allow");
    CHECK(with_sklearn(an_svc(), "1.6.1") == "allow");
    CHECK(with_sklearn(an_svc(), "1.2.2") == "refuse scikit-learn:state/a.old:predict-error");
    CHECK(with_sklearn(an_svc(), "1.8.0") == "warn (scikit-learn:state/a.repr:secondary)");
    // A release beyond what was measured, a class that was not, and objects that nobody listed are judged by releases.
    CHECK(with_sklearn(an_svc(), "1.10.0") == "refuse scikit-learn:unproven:unproven (scikit-learn:state/a.repr:secondary)");
    Recorded other = an_svc();
    other.objects.push_back({"sklearn.svm._classes:Unheard", "", {}});
    CHECK(with_sklearn(other, "1.3.2") == "refuse scikit-learn:unproven:unproven");
    Recorded unknown = an_svc();
    unknown.objects_unknown = true;
    CHECK(with_sklearn(unknown, "1.3.2") == "refuse scikit-learn:unproven:unproven");
}

TEST_CASE("a release of scikit-learn that never was is judged by its neighbours, and said to be none") {
    CHECK(with_sklearn(an_svc(), "1.5.99") == "warn (scikit-learn:unknown-release:unproven)");
    CHECK(with_sklearn(an_svc(), "1.6.0+local") == "allow");
    CHECK(with_sklearn(an_svc(), "1.6.0rc1") == "allow");
    CHECK(with_sklearn(an_svc(), "1.4.1") == "allow");  // it was only ever 1.4.1.post1
}

TEST_CASE("what an object's own release wrote it reads, whatever the rules say") {
    Recorded old = an_svc();
    old.objects[0].release = "1.2.2";
    CHECK(with_sklearn(old, "1.2.2") == "allow");
    CHECK(with_sklearn(old, "1.2.1") == "refuse scikit-learn:state/a.old:predict-error");
}

TEST_CASE("a release that no table knows is said to be so, even of a package that nobody declared") {
    Recorded svc = an_svc();
    svc.names["numpy"] = {"numpy:ndarray"};
    const auto verdict = [&](const char* numpy) {
        return judge(svc, cpython("3.11.7", {{"scikit-learn", "1.5.2"}, {"numpy", numpy}}), measured_rules());
    };
    CHECK(outcome(verdict("2.1.3")) == "allow");
    CHECK(outcome(verdict("3.0.0")) == "warn (numpy:unproven:unproven)");
    CHECK(verdict("3.0.0").warnings[0].because.starts_with(
        "the model's bytes import numpy, and nobody has measured numpy 3.0.0 (known are "));
}

TEST_CASE("a fork of a package does not stand in for it, and the refusal says so") {
    const Verdict verdict = judge(an_svc(), cpython("3.11.7", {{"scikit-learn-intelex", "2025.1"}}), measured_rules());
    CHECK(outcome(verdict) == "refuse scikit-learn:missing-package:missing-package");
    CHECK(verdict.conflicts[0].because.ends_with("; scikit-learn-intelex, which it has, is another package"));
}

TEST_CASE("a package without a table that the bytes import must be there, and its release is judged when it is known") {
    Recorded booster;
    booster.names = {{"xgboost", {"xgboost.sklearn:XGBClassifier"}}};
    const auto with = [&](std::map<std::string, std::string> packages) {
        return outcome(judge(booster, cpython("3.11.7", std::move(packages)), measured_rules()));
    };
    CHECK(with({}) == "refuse xgboost:missing-package:missing-package");
    CHECK(with({{"xgboost", "3.0.5"}}) == "warn (xgboost:unproven:unproven)");
    booster.libraries["xgboost"] = "3.0.5";
    CHECK(with({{"xgboost", "3.0.5"}}) == "allow");
    CHECK(with({{"xgboost", "2.1.4"}}) == "refuse xgboost:unproven:unproven");
}

TEST_CASE("the nearest environment that works comes first among the fixes: releases that go with each other and with the Python") {
    const auto fix = [](Recorded recorded, const Environment& environment) {
        const RuleSet set = measured_rules();
        Verdict verdict = judge(recorded, environment, set);
        advise(verdict, recorded, environment, set);
        return verdict.fix.empty() ? std::string() : verdict.fix.front();
    };
    // 1.3.0 is the next release that works, and goes with the NumPy that is there.
    CHECK(fix(an_svc(), cpython("3.11.7", {{"scikit-learn", "1.2.2"}, {"numpy", "1.26.4"}})) == "pip install 'scikit-learn==1.3.0'");
    // It has no wheel for Python 3.12, which 1.3.1 has.
    CHECK(fix(an_svc(), cpython("3.12.1", {{"scikit-learn", "1.2.2"}, {"numpy", "1.26.4"}})) == "pip install 'scikit-learn==1.3.1'");
    // NumPy 1.16 goes with none that works.
    CHECK(fix(an_svc(), cpython("3.9.18", {{"scikit-learn", "1.2.2"}, {"numpy", "1.16.6"}})) ==
          "pip install 'scikit-learn==1.3.0' 'numpy==1.19.5'");
    // No release that works has wheels for Python 3.7.
    CHECK(fix(an_svc(), cpython("3.7.17", {{"scikit-learn", "0.24.2"}})) == "with Python 3.8: pip install 'scikit-learn==1.3.0'");
    // What nobody has measured leads to what somebody has.
    CHECK(fix(an_svc(), cpython("3.12.1", {{"scikit-learn", "1.10.0"}})) == "pip install 'scikit-learn==1.9.1'");
}

TEST_CASE("a release without wheels for the Python is not advised, and what a rule advises stays") {
    const RuleSet set = must(parse_rules(R"({"schema":"assay.rules/1","name":"test","rules":[
        {"id":"state/a.old","kind":"state","package":"scikit-learn","class":["sklearn.svm._classes:SVC"],"lacks":["old"],"recorded":"",
         "offered":"<1.3","effect":"predict-error","because":"It needs old."},
        {"id":"h","package":"houselib","recorded":"<2","offered":">=2","effect":"load-error","because":"H.",
         "fix":"pip install houselib-compat"}],
        "measured":[{"package":"scikit-learn","offered":">=0.20,<1.10","classes":["sklearn.svm._classes:SVC"]}]})"));
    Recorded svc = an_svc();
    svc.uses.push_back("houselib");
    svc.libraries["houselib"] = "1.0";
    const Environment environment = cpython("3.8.18", {{"scikit-learn", "1.2.2"}, {"houselib", "2.0"}});
    Verdict verdict = judge(svc, environment, set);
    CHECK(verdict.fix == std::vector<std::string>{"pip install 'scikit-learn==1.5.2' 'houselib==1.0'", "pip install houselib-compat"});
    advise(verdict, svc, environment, set);
    CHECK(verdict.fix == std::vector<std::string>{"pip install 'scikit-learn==1.3.0' 'houselib==1.0'", "pip install houselib-compat"});
}

}  // namespace assay::test
