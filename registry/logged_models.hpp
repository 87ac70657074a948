#pragma once

#include "base/json.hpp"
#include "registry/registry.hpp"
#include "storage/records.hpp"

#include <string>
#include <vector>

namespace assay {

struct LoggedModelView {
    LoggedModelRow row;
    std::vector<RunParamRow> params;
    std::vector<TagRow> tags;
    std::vector<LoggedModelMetricRow> metrics;
};

/// `row.state`, its times and, when it is empty, its location are filled in. `not_found`, code "experiment-not-found"; `conflict`, code
/// "experiment-deleted", and "param-changed" for a param that comes twice.
[[nodiscard]] Result<LoggedModelView> create_logged_model(Registry& registry, LoggedModelRow row, const std::vector<RunParamRow>& params,
                                                          const std::vector<TagRow>& tags);

enum class WithDeleted { no, yes };
/// `not_found`, code "logged-model-not-found".
[[nodiscard]] Result<LoggedModelView> show_logged_model(Registry& registry, const std::string& id, WithDeleted deleted = WithDeleted::no);
[[nodiscard]] Result<LoggedModelView> view_of(SqlSession& sql, LoggedModelRow row);
[[nodiscard]] Result<LoggedModelRow> logged_model_row(SqlSession& sql, const std::string& id, WithDeleted deleted = WithDeleted::no);
[[nodiscard]] Result<LoggedModelRow> logged_model_row(Registry& registry, const std::string& id);
/// The folder of logged files for a logged model of an experiment, unless it has another: "1/models/m-8f0e…/artifacts".
[[nodiscard]] std::string artifact_folder(const ExperimentRow& experiment, const std::string& logged_model);

/// `status`: pending · ready · failed.
[[nodiscard]] Result<LoggedModelView> finish_logged_model(Registry& registry, const std::string& id, const std::string& status);
[[nodiscard]] Result<void> delete_logged_model(Registry& registry, const std::string& id);
/// A param that is there already is a `conflict`, code "param-changed"; nothing is added then.
[[nodiscard]] Result<void> add_logged_model_params(Registry& registry, const std::string& id, const std::vector<RunParamRow>& params);
[[nodiscard]] Result<LoggedModelView> set_logged_model_tags(Registry& registry, const std::string& id, const std::vector<TagRow>& tags);
/// Appends to the JSON array that a tag holds; what is no array is replaced.
[[nodiscard]] Result<void> append_to_logged_model_tag(Registry& registry, const std::string& id, const std::string& key, const Json& item);
/// `not_found`, code "tag-not-found".
[[nodiscard]] Result<void> delete_logged_model_tag(Registry& registry, const std::string& id, const std::string& key);

}  // namespace assay
