#pragma once

#include "api/http.hpp"
#include "base/json.hpp"
#include "registry/registrations.hpp"

#include <string>

// Registered models and their versions as MLflow's JSON has them.

namespace assay::mlflow {

enum class WithAliasNames { no, yes };
[[nodiscard]] Json view(const RegistrationView& version, WithAliasNames aliases = WithAliasNames::yes);
[[nodiscard]] Json view(const RegisteredModel& model, const std::vector<RegistrationView>& latest);

/// "versions/<64 hex digits>": the folder of a version's own files, which never change.
[[nodiscard]] std::string folder_of(const VersionRow& version);

/// An error about a model or a version in their words.
[[nodiscard]] std::unexpected<Error> registry_error(Error error, const std::string& model, const std::string& version = {});

/// Name and number as MLflow checks them.
[[nodiscard]] Result<std::string> registered_name(const std::string& name);
[[nodiscard]] Result<std::int64_t> version_number(const std::string& text);

/// A stage in any case as it is kept.
[[nodiscard]] Result<std::string> canonical_stage(const std::string& stage);
/// A tag of a model or a version.
[[nodiscard]] Result<TagRow> registry_tag(const Json& tag);

/// Who changes something: what the client says, else its address.
[[nodiscard]] std::string actor_of(const Request& request);

}  // namespace assay::mlflow
