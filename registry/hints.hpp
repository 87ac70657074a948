#pragma once

#include <cstdint>
#include <string>

// What a reader can do next, in words for both who reads them: the command for a person at the CLI, the route for an HTTP client.

namespace assay {

/// "assay alias set churn production VERSION, or PUT /v1/models/churn/aliases/production"
[[nodiscard]] std::string hint_to_set_alias(const std::string& model, const std::string& alias);
[[nodiscard]] std::string hint_to_read_alias_history(const std::string& model, const std::string& alias);
[[nodiscard]] std::string hint_to_undelete(const std::string& model, std::int64_t version);
[[nodiscard]] std::string hint_to_list_versions(const std::string& model);
[[nodiscard]] std::string hint_to_list_models();

}  // namespace assay
