#pragma once

#include "base/json.hpp"
#include "base/result.hpp"
#include "registry/runs.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What MLflow accepts as names, ids and values, with its messages. Source: MLflow 3.17, mlflow/utils/validation.py. Lengths are of
// characters.

namespace assay::mlflow {

/// "'params[0].key' exceeds the maximum length of 250 characters".
[[nodiscard]] Result<void> check_length(std::string_view what, std::size_t limit, std::string_view value);
/// The first `limit` characters.
[[nodiscard]] std::string cut(std::string value, std::size_t limit);
/// Characters of a param's or tag's value where MLflow has no limit.
inline constexpr std::size_t max_kept_value = 1'000'000;

/// The name of a metric, param or tag: `path` is where it was given ("metrics[0].name").
[[nodiscard]] Result<void> check_key(std::string_view name, std::string_view path);
/// A path that stays what it is when it is normalised.
[[nodiscard]] bool is_normal_path(std::string_view name);

[[nodiscard]] Result<void> check_run_id(std::string_view id);
/// The number of an experiment; refused unless it is an integer.
[[nodiscard]] Result<std::int64_t> experiment_id(const std::string& text);
/// Of a list of them.
[[nodiscard]] Result<std::vector<std::int64_t>> experiment_ids(const std::vector<std::string>& texts);
/// An error about an experiment, or about a logged model, in their words.
[[nodiscard]] std::unexpected<Error> experiment_error(Error error, std::int64_t id);
[[nodiscard]] std::unexpected<Error> logged_model_error(Error error, const std::string& id);

/// A tag of a run, its value cut to what MLflow keeps. `path` is empty for one alone.
[[nodiscard]] Result<TagRow> run_tag(const Json& tag, const std::string& path);
[[nodiscard]] Result<RunParamRow> run_param(const Json& param, const std::string& path);
/// As {"key","value"}.
[[nodiscard]] Json view(const TagRow& tag);
[[nodiscard]] Json view(const std::vector<TagRow>& tags);

/// "adjective-animal-number", for what was given no name.
[[nodiscard]] std::string random_name();

}  // namespace assay::mlflow
