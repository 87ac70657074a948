#pragma once

#include "registry/facts.hpp"
#include "registry/registry.hpp"

#include <string>

namespace assay {

struct RunFacts {
    Facts facts;
    std::string run;  ///< id of the run that made the model; empty: none that is known
};

/// What a run and a logged model say of how a model came to be: metrics and params (of the logged model where it has some), data whose hash
/// is known (a tag "assay.dataset.NAME.DIGEST", with MLflow's digest of the dataset, or "assay.dataset.NAME" where one dataset has that
/// name, of "sha256:…" or "ds1:sha256:…"), when it was trained, source. What a version cannot have, as names with control characters and
/// infinite metrics, is left with the run. Both may be empty, or unknown.
[[nodiscard]] Result<RunFacts> facts_of_run(Registry& registry, const std::string& run, const std::string& logged_model);

}  // namespace assay
