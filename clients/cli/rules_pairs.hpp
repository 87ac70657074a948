#pragma once

#include "clients/cli/command.hpp"
#include "registry/rules.hpp"

#include <string>

namespace assay {

/// Loads that were measured, and where their dumps lie.
struct PairsOptions {
    std::string pairs;         ///< CSV: model, format, dumped_with, loaded_with, outcome
    std::string dumps;         ///< DIR/<dumped_with>/<model, / as __>.<format>
    std::string environments;  ///< CSV of names and releases
    std::size_t show = 10;     ///< wrong answers of each kind that are told
};

/// Judges every load by `rules`, and says how often they were wrong: breaks and silent changes that they let through, refusals of loads
/// that work; beside those who judge by releases alone.
[[nodiscard]] Result<ExitCode> test_pairs(CommandContext& context, const RuleSet& rules, const PairsOptions& options);

}  // namespace assay
