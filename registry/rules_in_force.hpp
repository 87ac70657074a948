#pragma once

#include "registry/registry.hpp"

#include <optional>
#include <string>

namespace assay {

/// The rules imported last; absent: the built-in ones are in force. Read once when the server starts.
[[nodiscard]] Result<std::optional<RuleSet>> load_rules(Database& database);

/// Puts other rules in force, durably and for every request from now on.
[[nodiscard]] Result<void> import_rules(Registry& registry, const RuleSet& rules, const std::string& actor);

}  // namespace assay
