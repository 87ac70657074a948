#pragma once

#include "registry/gc.hpp"
#include "storage/records.hpp"
#include "storage/tables/runs.hpp"

#include <optional>
#include <string>
#include <vector>

namespace assay {

// What gc decides: what goes, and why something stays. Asked for a first time over everything, and again for each in the write that ends
// it.

/// In one snapshot. Errors as preview_gc().
struct GcPlan {
    std::vector<ExperimentRow> experiments;
    std::vector<runs::Ending> runs;
    std::vector<LoggedModelRow> models;
    std::vector<ExperimentRow> renamed;  ///< that stay
    std::vector<GcKept> kept;
    std::vector<GcKept> gone_before;
};
[[nodiscard]] Result<GcPlan> plan_gc(SqlSession& sql, const GcRequest& request);

/// Absent: it goes.
using KeptBecause = std::optional<std::string>;
/// Versions that are deleted count, too: they can be brought back.
[[nodiscard]] Result<KeptBecause> why_stays(SqlSession& sql, const runs::Ending& run, std::int64_t until);
[[nodiscard]] Result<KeptBecause> why_stays(SqlSession& sql, const LoggedModelRow& model);

[[nodiscard]] GcItem item_of(const ExperimentRow& row);
[[nodiscard]] GcItem item_of(const runs::Ending& run);
[[nodiscard]] GcItem item_of(const LoggedModelRow& row);

/// Its folder of logged files.
[[nodiscard]] std::string folder_of(const runs::Ending& run);
/// The folder that an experiment has for itself, with whatever lies there; absent when it shares one.
[[nodiscard]] Result<std::optional<std::string>> own_folder(SqlSession& sql, const ExperimentRow& row);
/// A name for an experiment that stays, so that its own is free; empty when it has got one.
[[nodiscard]] Result<std::string> name_beside(SqlSession& sql, const ExperimentRow& row);

}  // namespace assay
