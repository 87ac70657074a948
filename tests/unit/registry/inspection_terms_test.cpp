#include "registry/inspection_terms.hpp"

#include "tests/support/artifacts.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace assay::test {

namespace {

bool has(const std::vector<InspectionTerm>& terms, std::string_view kind, std::string_view value) {
    return std::any_of(terms.begin(), terms.end(), [&](const InspectionTerm& term) { return term.kind == kind && term.value == value; });
}

}  // namespace

TEST_CASE("an object is found by its class and by its full name, an import by its package too") {
    const auto terms = search_terms(inspect_artifact("1.9.1-forest.joblib"), Safety::model);
    CHECK(has(terms, "estimator", "RandomForestClassifier"));
    CHECK(has(terms, "estimator", "sklearn.ensemble._forest.RandomForestClassifier"));
    CHECK(has(terms, "estimator", "DecisionTreeClassifier"));
    CHECK(has(terms, "import", "sklearn.tree._tree.Tree"));
    CHECK(has(terms, "import", "sklearn"));
    CHECK(has(terms, "verdict", "model"));
    CHECK(has(terms, "format", "joblib"));
    CHECK(!has(terms, "estimator", "numpy.dtype"));
    CHECK(!has(terms, "training_data", "rows"));
}

TEST_CASE("training data within are a term by their level") {
    CHECK(has(search_terms(inspect_artifact("1.9.1-neighbours.joblib"), Safety::model), "training_data", "rows"));
}

TEST_CASE("what stands in a part counts, and every term once") {
    Inspection archive;
    archive.format = "zip";
    archive.parts = {inspect_artifact("1.9.1-forest.joblib"), inspect_artifact("1.9.1-forest.joblib")};
    const auto terms = search_terms(archive, Safety::model);
    CHECK(std::count_if(terms.begin(), terms.end(), [](const auto& term) { return term.value == "RandomForestClassifier"; }) == 1);
    CHECK(has(terms, "format", "zip"));
    CHECK(has(terms, "format", "joblib"));
}

TEST_CASE("releases are those that the bytes prove, with their place in the order where they have one") {
    const auto releases = proven_releases(inspect_artifact("1.2.2-forest.joblib"));
    REQUIRE(releases.size() == 1);  // NumPy's and joblib's are ranges
    CHECK(releases[0].package == "scikit-learn");
    CHECK(releases[0].release == "1.2.2");
    CHECK(releases[0].sort_key);
    Inspection odd;
    odd.releases = {{"scikit-learn", "1.2.2+our own", "", true}};
    CHECK(!proven_releases(odd).at(0).sort_key);
}

}  // namespace assay::test
