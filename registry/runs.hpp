#pragma once

#include "registry/registry.hpp"
#include "storage/records.hpp"

#include <string>
#include <vector>

namespace assay {

struct RunView {
    RunRow row;
    std::vector<RunMetricRow> metrics;
    std::vector<RunParamRow> params;
    std::vector<std::string> versions;  ///< "churn@3"
};

/// `not_found`, code "run-not-found".
[[nodiscard]] Result<RunView> show_run(Registry& registry, const std::string& id);

}  // namespace assay
