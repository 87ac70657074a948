#pragma once

#include "base/json.hpp"
#include "clients/cli/environment.hpp"
#include "clients/cpp/files_to_push.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the options of `assay push` say, as the members of a registration (docs/api.md). Each is `invalid` with what was wrong.

namespace assay {

/// "accuracy=0.86" or "accuracy=0.86@adult-test" → {"name","value"[,"dataset"]}. The value is finite.
[[nodiscard]] Result<Json> metric_option(std::string_view text);

/// "training=data/adult.csv" (a file, hashed here, named by its stem) or "training=adult@sha256:…" (also "ds1:sha256:…").
[[nodiscard]] Result<Json> dataset_option(std::string_view text);

/// "churn@2" or "churn@2:retrained_from" → {"version"[,"relation"]}.
[[nodiscard]] Result<Json> parent_option(std::string_view text);

/// "key=value", split at the first '='; `what` names the option in messages.
[[nodiscard]] Result<std::pair<std::string, std::string>> key_value_option(std::string_view text, std::string_view what);

/// The packages that a model file is taken to use when nobody says so: scikit-learn, numpy and joblib, as far as they are installed, for a
/// pickle, joblib or skops file; none for other files.
[[nodiscard]] std::vector<std::string> assumed_uses(const std::vector<FileToPush>& files, const LocalEnvironment& environment);

/// Python and the releases of what is used or usually matters, from an environment.
[[nodiscard]] Json libraries_of(const LocalEnvironment& environment, const std::vector<std::string>& uses);

}  // namespace assay
