#pragma once

#include "registry/registry.hpp"
#include "storage/records.hpp"

#include <optional>
#include <string>
#include <vector>

namespace assay {

struct ModelView {
    ModelRow row;
    std::optional<std::int64_t> latest;  ///< highest ready version
    std::int64_t ready_versions = 0;
    std::vector<AliasRow> aliases;
    std::vector<TagRow> tags;
};

/// The row of a model; `not_found`, code "model-not-found".
[[nodiscard]] Result<ModelRow> find_model(SqlSession& sql, const std::string& name);

/// As find_model.
[[nodiscard]] Result<ModelView> show_model(Registry& registry, const std::string& name);
/// By name, after `after` (empty: from the start), whose name holds `contains` (empty: all), letters of ASCII in any case.
[[nodiscard]] Result<std::vector<ModelView>> list_models(Registry& registry, const std::string& after, const std::string& contains,
                                                         std::int64_t limit);
/// What a model or a version may be described with: `invalid` (code "invalid-description") when it is too long.
[[nodiscard]] Result<void> check_description(const std::string& text);
[[nodiscard]] Result<ModelView> describe_model(Registry& registry, const std::string& name, const std::string& text,
                                               const std::string& actor);
/// What changed about a model and its versions, newest first, with seq below `before` (0: from the newest).
[[nodiscard]] Result<std::vector<HistoryRow>> model_history(Registry& registry, const std::string& name, std::int64_t before,
                                                            std::int64_t limit);

}  // namespace assay
