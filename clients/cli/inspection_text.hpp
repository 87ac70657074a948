#pragma once

#include "clients/cli/output.hpp"

#include <string>

namespace assay {

/// What `assay inspect --json` prints, for a person: what the file is, the verdict with its reasons, the tree of estimators, releases
/// with their evidence, training data. `report` has "verdict", "reasons" and "inspection".
[[nodiscard]] std::string inspection_text(const Output& output, const std::string& name, const Json& report);

/// "model: …", in the colour of the verdict, and one paragraph for each reason.
[[nodiscard]] std::string safety_text(const Output& output, const Json& report);

/// A value of an attribute, as the JSON of an inspection has it, in Python's words and in short: "None", "float64 (3, 2)".
[[nodiscard]] std::string value_text(const Json& value);

}  // namespace assay
