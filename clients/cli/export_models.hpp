#pragma once

#include "clients/cli/export_runs.hpp"
#include "clients/cpp/connection.hpp"

namespace assay {

/// Gives a tracking server the registered models, versions and aliases that `source` has, under their numbers; `here` says their digests,
/// which a tag "assay.digest" of each version keeps. Files that are of no run or logged model go beside those of the version's run.
[[nodiscard]] Result<void> export_models(Connection& here, MlflowSource& source, MlflowApi& there, const ExportedPlaces& places,
                                         ImportReport& report);

}  // namespace assay
