#pragma once

#include "tests/simulation/crash_simulation/random.hpp"
#include "tests/simulation/crash_simulation/timeline.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace assay::simulation {

/// What becomes of what was not synced when the power goes.
enum class Loss {
    all_dropped,
    all_kept,
    random_subset,  ///< each write, or each change of a name, for itself
    torn,           ///< each 512-byte sector of each write for itself; changes of names as in random_subset
};

[[nodiscard]] std::string_view to_string(Loss loss);

/// Walks along a timeline and builds the disks that a power cut may leave behind.
///
/// The model: what was synced before the cut is there. Of the rest, any part may be: writes in any combination,
/// names in any combination, each independent of the others. A change of a name is durable once one of its directories is
/// synced; a rename is there whole or not. Files without a name are gone.
class Replay {
public:
    explicit Replay(const Timeline& timeline, SimImage start) : timeline_(timeline), durable_(std::move(start)) {}

    /// Moves the cut forward: operations before `cut` have happened. Not backward.
    void advance_to(std::size_t cut);

    [[nodiscard]] SimImage crash(Loss data, Loss names, Random& random) const;

private:
    using Pending = std::vector<std::size_t>;  ///< places in the timeline

    void apply(const SimOperation& operation, std::size_t place);
    void settle_file(InodeId inode);
    void settle_directory(const std::string& directory);

    const Timeline& timeline_;
    std::size_t cut_ = 0;
    SimImage durable_;
    std::unordered_map<InodeId, Pending> writes_;
    Pending names_;
};

}  // namespace assay::simulation
