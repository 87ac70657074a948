#pragma once

#include "tests/simulation/crash_simulation/ledger.hpp"
#include "tests/simulation/crash_simulation/mutants.hpp"
#include "tests/simulation/crash_simulation/random.hpp"
#include "tests/simulation/crash_simulation/sim_vfs.hpp"
#include "tests/simulation/crash_simulation/timeline.hpp"

#include <cstdint>

namespace assay::simulation {

/// A life of a store up to its first crash: what it asked of the disk, and what it told its client.
struct Life {
    SimImage start;                 ///< an empty data directory, or what a power cut left
    Timeline timeline;
    Ledger ledger;
    std::size_t opened_at = 0;      ///< place in the timeline after which the store was open
    std::vector<std::string> known; ///< bytes that were pushed
};

/// Where a life after a crash begins.
struct Past {
    SimImage left;
    Ledger ledger;                   ///< what was begun; its events are over
    std::vector<std::size_t> acked;  ///< versions
    std::vector<std::string> known;
};

/// Opens the real stores over a simulated disk and uses them: registrations, repeated pushes, uploads in parts, bit rot, failing syncs,
/// tombstones. The same seed gives the same life. Fails only if the store under test fails where nothing was made to fail.
[[nodiscard]] Result<Life> live(std::uint64_t seed, Mutant mutant, SimVfs& vfs, const Past* past = nullptr);

}  // namespace assay::simulation
