#pragma once

#include "clients/cli/download.hpp"

#include <string>

namespace assay {

/// True for a verdict that lets a version pass so that its smoke test decides.
[[nodiscard]] bool is_on_trial(const Json& verdict);

/// Fetches the files of a version that is on trial into a folder of their own below `folder`, lets the environment's interpreter load and
/// replay it in a process of its own, and reports what that found to the server. When the predictions are as they were, the files are moved
/// to where download() finds them; otherwise nothing of them stays: `prediction_differs`, or `incompatible` (codes "load-error",
/// "predict-error", "trial-failed"); before a byte moves codes "no-sample" and "no-artifact", when there is nothing to try.
[[nodiscard]] Result<void> try_version(CommandContext& context, const RemoteVersion& version, const LocalEnvironment& environment,
                                       const std::string& folder);

}  // namespace assay
