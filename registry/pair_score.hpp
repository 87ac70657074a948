#pragma once

#include "registry/environment.hpp"
#include "registry/gate.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace assay {

/// What became of a model that was loaded in another environment than it was dumped in.
enum class LoadOutcome : std::uint8_t {
    works,   ///< same predictions, but for the last bits
    breaks,  ///< an error when it is loaded, or asked to predict
    silent,  ///< other predictions, without an error
};

/// How often somebody who decides about loads was right.
struct Score {
    std::uint64_t works = 0;  ///< loads of each outcome that were judged
    std::uint64_t breaks = 0;
    std::uint64_t silent = 0;
    std::uint64_t refused = 0;         ///< of those that work: false refusals
    std::uint64_t warned = 0;          ///< of those that work: let through with a warning
    std::uint64_t missed_breaks = 0;   ///< let through, with a warning or without
    std::uint64_t missed_silent = 0;

    void count(LoadOutcome outcome, Verdict::Decision decision);
    /// Of breaks and silent changes together, the share that was let through; of loads that work, the share that was refused. 0 of none.
    [[nodiscard]] double missed_share() const;
    [[nodiscard]] double refused_share() const;
};

/// How people decide without Assay: by the releases of the two environments.
struct Baseline {
    std::string_view name;  ///< "all pins equal"
    bool (*allows)(const Environment& dumped_with, const Environment& loaded_with);
};
[[nodiscard]] const std::array<Baseline, 3>& baselines();

}  // namespace assay
