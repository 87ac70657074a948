#pragma once

#include "tests/simulation/crash_simulation/sim_fs.hpp"

#include <memory>
#include <string>

namespace assay::simulation {

/// A SQLite VFS over a SimFs: the database, its journal and its WAL are on the timeline of the blobs. Shared memory
/// and locks are this process's own. Behaves as SQLite's "unix" VFS does where it matters: the first sync of a new journal or WAL
/// syncs its directory too, and a write leaves the bytes beside it alone (powersafe overwrite).
///
/// One thread at a time; any number of them exist beside each other. Close the databases opened through it first.
class SimVfs {
public:
    /// Registers the VFS under `name`.
    explicit SimVfs(std::string name);
    ~SimVfs();
    SimVfs(const SimVfs&) = delete;
    SimVfs& operator=(const SimVfs&) = delete;

    [[nodiscard]] const std::string& name() const;
    /// The file system for the databases opened from now on, with no locks or shared memory left from before.
    void use(SimFs& fs);

    struct State;

private:
    std::unique_ptr<State> state_;
};

}  // namespace assay::simulation
