#include "registry/gate.hpp"
#include "tests/support/result.hpp"
#include "tests/support/source_dir.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace assay::test {

TEST_CASE("a gate verdict is written as docs/api.md says") {
    const RuleSet rules = must(parse_rules(
        R"({"schema":"assay.rules/1","name":"golden","rules":[
            {"id":"known-break/sklearn-tree-nodes-1.3","package":"scikit-learn","recorded":"<1.3","offered":">=1.3","effect":"load-error",
             "because":"scikit-learn 1.3 changed the layout of tree nodes and cannot read the old one","fix":"retrain with scikit-learn 1.3 or later"}]})"));
    const Recorded recorded{"churn@3",
                            must(Digest::parse("sha256:" + std::string(64, 'a'))),
                            {"scikit-learn", "numpy", "joblib", "xgboost"},
                            {{"python", "3.11.7"},
                             {"scikit-learn", "1.2.2"},
                             {"numpy", "1.26.4"},
                             {"joblib", "1.4.2"},
                             {"xgboost", "2.0.3"},
                             {"pandas", "2.2.0"}}};
    const Environment environment{
        "3.11.7", "cpython", "linux-x86_64", {{"scikit-learn", "1.5.2"}, {"numpy", "1.26.2"}, {"joblib", "1.4.2"}}};
    Verdict verdict = judge(recorded, environment, rules);
    verdict.fix.emplace_back("fetch churn@4, trained with scikit-learn 1.5.2");
    const std::string text = to_pretty_text(to_json(verdict)) + "\n";

    const std::string path = source_dir() + "/tests/golden/verdict.json";
    if (const char* accept = std::getenv("ASSAY_ACCEPT"); accept != nullptr && std::string(accept) == "1") std::ofstream(path) << text;
    std::ifstream in(path);
    CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == text);
}

}  // namespace assay::test
