#include "registry/pair_score.hpp"

#include "registry/release.hpp"

namespace assay {

namespace {

Result<Release> sklearn_of(const Environment& environment) { return Release::parse(environment.release_of("scikit-learn").value_or("")); }

bool all_pins_equal(const Environment& dumped_with, const Environment& loaded_with) { return dumped_with == loaded_with; }

bool same_minor_release(const Environment& dumped_with, const Environment& loaded_with) {
    const auto dumped = sklearn_of(dumped_with);
    const auto loaded = sklearn_of(loaded_with);
    return dumped && loaded && same_minor(*dumped, *loaded);
}

bool same_or_newer(const Environment& dumped_with, const Environment& loaded_with) {
    const auto dumped = sklearn_of(dumped_with);
    const auto loaded = sklearn_of(loaded_with);
    return dumped && loaded && !(*loaded < *dumped);
}

double share(std::uint64_t part, std::uint64_t whole) { return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole); }

}  // namespace

void Score::count(LoadOutcome outcome, Verdict::Decision decision) {
    const bool passes = decision != Verdict::Decision::refuse;
    switch (outcome) {
        case LoadOutcome::works:
            ++works;
            refused += passes ? 0 : 1;
            warned += decision == Verdict::Decision::warn ? 1 : 0;
            return;
        case LoadOutcome::breaks:
            ++breaks;
            missed_breaks += passes ? 1 : 0;
            return;
        case LoadOutcome::silent:
            ++silent;
            missed_silent += passes ? 1 : 0;
            return;
    }
}

double Score::missed_share() const { return share(missed_breaks + missed_silent, breaks + silent); }

double Score::refused_share() const { return share(refused, works); }

const std::array<Baseline, 3>& baselines() {
    static constexpr std::array<Baseline, 3> all = {{{"all pins equal", all_pins_equal},
                                                     {"same scikit-learn minor", same_minor_release},
                                                     {"same or newer scikit-learn", same_or_newer}}};
    return all;
}

}  // namespace assay
