#pragma once

#include "artifact/content.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// PEP 503: "Scikit_Learn" is "scikit-learn".
[[nodiscard]] std::string normalised_package(std::string_view name);

/// A requirement as pip reads it (PEP 508): "numpy==2.1.3 ; python_version >= '3.9'" → numpy, "2.1.3", exact; "pip<=24.0" → pip, "<=24.0".
/// Absent for what names no package: options, paths, URLs.
[[nodiscard]] std::optional<ReleaseEvidence> parse_requirement(std::string_view line, std::string evidence);

/// requirements.txt: pins become release evidence; lines that bring in something else (`-c`, `-e`, a URL) are in details.other.
void read_requirements(std::string_view text, Inspection& inspection);
/// The parsed conda.yaml or python_env.yaml: releases of Python and of pip's packages.
void read_conda_environment(const Json& yaml, Inspection& inspection);
void read_python_environment(const Json& yaml, Inspection& inspection);

}  // namespace assay
