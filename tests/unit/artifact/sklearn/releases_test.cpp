#include "artifact/sklearn/releases.hpp"

#include "tests/support/artifacts.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace assay::test {

namespace {

bool says(const Inspection& inspection, std::string_view package, std::string_view release) {
    return std::any_of(inspection.releases.begin(), inspection.releases.end(),
                       [&](const ReleaseEvidence& one) { return one.package == package && one.release == release; });
}

}  // namespace

TEST_CASE("the release that wrote a file is in it, in every release") {
    for (const char* release : {"0.20.4", "0.22.2.post1", "0.24.2", "1.0.2", "1.2.2", "1.3.2", "1.5.2", "1.6.1", "1.7.2", "1.9.1"}) {
        CAPTURE(release);
        CHECK(says(inspect_artifact(std::string(release) + "-pipeline.joblib"), "scikit-learn", release));
    }
}

TEST_CASE("the layout of tree nodes tells releases before 1.3 from later ones") {
    CHECK(says(inspect_artifact("1.2.2-tree.joblib"), "scikit-learn", "<1.3"));
    CHECK(says(inspect_artifact("1.3.2-tree.joblib"), "scikit-learn", ">=1.3"));
    CHECK(says(inspect_artifact("1.9.1-tree.joblib"), "scikit-learn", ">=1.3"));
}

TEST_CASE("NumPy 2 and 1 are told apart by a module's name, joblib by the alignment of arrays") {
    CHECK(says(inspect_artifact("1.9.1-tree.joblib"), "joblib", ">=1.2"));
    CHECK(says(inspect_artifact("0.24.2-pipeline.joblib"), "joblib", "<1.2"));
    CHECK(says(inspect_artifact("1.9.1-protocol5.pkl"), "numpy", ">=2"));
}

TEST_CASE("no evidence contradicts the release that wrote the file") {
    for (const ReleaseEvidence& one : inspect_artifact("1.9.1-forest.joblib").releases) {
        if (one.package == "scikit-learn") CHECK(one.release.front() != '<');
    }
}

}  // namespace assay::test
