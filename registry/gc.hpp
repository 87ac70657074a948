#pragma once

#include "registry/registry.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// What MLflow's clients deleted goes for good: rows, and the names of files. Bytes stay in the store. What is not deleted is never touched,
// and what a version was made from stays for it.

enum class TrackedKind { experiment, run, logged_model };
/// As it is written: "experiment", "run", "logged-model".
[[nodiscard]] std::string_view to_string(TrackedKind kind);

struct GcRequest {
    std::int64_t until = 0;  ///< what was deleted no later: milliseconds
    std::vector<std::string> experiments = {};  ///< ids or names, with all that is in them; all three empty: everything that is deleted
    std::vector<std::string> runs = {};  ///< ids
    std::vector<std::string> logged_models = {};  ///< ids

    [[nodiscard]] bool names_any() const { return !experiments.empty() || !runs.empty() || !logged_models.empty(); }
};

struct GcItem {
    TrackedKind kind = TrackedKind::run;
    std::string id;
    std::string name;
};

struct GcKept {
    GcItem item;
    std::string because;  ///< "churn@3 was made by it"
    std::string renamed = {};  ///< of an experiment: what it is called from now on, so that its name is free; empty: as before
};

struct GcReport {
    std::vector<GcItem> gone;
    std::vector<GcKept> gone_before;  ///< named, and gone already: "ann@lab deleted it for good at …"
    std::vector<GcKept> kept;
    std::int64_t files = 0;  ///< that are no longer listed
    std::int64_t bytes = 0;  ///< of them
    bool done = true;  ///< false: the patience is over, and the same request goes on
};

/// What would go and what would stay. For something that is named: `not_found` (codes of experiment_row, run_row, logged_model_row) when
/// there is none; `conflict`, code "not-deleted", when it is not deleted, and "not-old-enough" when it was deleted later than `until`.
[[nodiscard]] Result<GcReport> preview_gc(Registry& registry, const GcRequest& request);

/// Does it, in many small writes, each of which leaves everything consistent: what is broken off goes on with the same request. Stops
/// after `patience`, but never without having done something. `chunk`: rows per write, about.
[[nodiscard]] Result<GcReport> collect(Registry& registry, const GcRequest& request, const std::string& actor,
                                       std::chrono::milliseconds patience = std::chrono::seconds(10), std::int64_t chunk = 5'000);

/// Runs that were deleted before that time was kept count as deleted at the first start that keeps it.
[[nodiscard]] Result<void> date_old_deletions(Registry& registry);

/// `not_found` with this code and message, and who deleted it for good when, if it went that way.
[[nodiscard]] Result<Error> not_there(SqlSession& sql, TrackedKind kind, const std::string& id, std::string code, std::string message);

}  // namespace assay
