#include "registry/pair_score.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

using Decision = Verdict::Decision;

Environment with(const char* sklearn, const char* numpy) {
    return {"3.11.7", "cpython", "linux-x86_64", {{"scikit-learn", sklearn}, {"numpy", numpy}}};
}

}  // namespace

TEST_CASE("a score counts what was let through and broke, and what was refused and works") {
    Score score;
    score.count(LoadOutcome::works, Decision::allow);
    score.count(LoadOutcome::works, Decision::warn);
    score.count(LoadOutcome::works, Decision::refuse);
    score.count(LoadOutcome::works, Decision::allow);
    score.count(LoadOutcome::breaks, Decision::refuse);
    score.count(LoadOutcome::breaks, Decision::warn);
    score.count(LoadOutcome::silent, Decision::refuse);
    score.count(LoadOutcome::silent, Decision::allow);
    CHECK(score.works == 4);
    CHECK(score.refused == 1);
    CHECK(score.warned == 1);
    CHECK(score.refused_share() == 0.25);
    CHECK(score.missed_breaks == 1);
    CHECK(score.missed_silent == 1);
    CHECK(score.missed_share() == 0.5);
    CHECK(Score().missed_share() == 0);
}

TEST_CASE("who judges by releases alone allows equal pins, the same minor, or the same release or a newer one") {
    const auto allows = [](std::size_t which, const Environment& dumped, const Environment& loaded) {
        return baselines()[which].allows(dumped, loaded);
    };
    CHECK(allows(0, with("1.5.2", "2.0"), with("1.5.2", "2.0")));
    CHECK_FALSE(allows(0, with("1.5.2", "2.0"), with("1.5.2", "2.1")));
    CHECK(allows(1, with("1.5.2", "2.0"), with("1.5.0", "1.26")));
    CHECK_FALSE(allows(1, with("1.5.2", "2.0"), with("1.6.0", "2.0")));
    CHECK(allows(2, with("1.5.2", "2.0"), with("1.6.0", "2.0")));
    CHECK_FALSE(allows(2, with("1.5.2", "2.0"), with("1.5.1", "2.0")));
}

}  // namespace assay::test
