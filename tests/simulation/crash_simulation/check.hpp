#pragma once

#include "tests/simulation/crash_simulation/ledger.hpp"
#include "tests/simulation/crash_simulation/sim_vfs.hpp"
#include "tests/simulation/crash_simulation/timeline.hpp"

#include <string>
#include <vector>

namespace assay::simulation {

/// Opens the real stores over what a power cut left and compares them with what was promised. With `open_database`, also
/// SQLite through `vfs`: recovery, integrity check, every row; with `go_on` then a registration and its reading back.
/// Returns the promises that were broken, in words.
[[nodiscard]] std::vector<std::string> broken_promises(SimImage left, const Promises& promises, SimVfs& vfs, bool open_database,
                                                       bool go_on);

}  // namespace assay::simulation
