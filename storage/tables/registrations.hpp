#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The table `registrations`.

namespace assay::registrations {

[[nodiscard]] Result<void> insert(SqlWrite& sql, const RegistrationRow& registration);
[[nodiscard]] Result<std::optional<RegistrationRow>> find(SqlSession& sql, const std::string& model, std::int64_t version);
/// Stage, description, message and time of change as they are in `registration`.
[[nodiscard]] Result<void> update(SqlWrite& sql, const RegistrationRow& registration);
[[nodiscard]] Result<void> remove(SqlWrite& sql, const std::string& model, std::int64_t version);
[[nodiscard]] Result<void> remove_all(SqlWrite& sql, const std::string& model);
/// By number.
[[nodiscard]] Result<std::vector<RegistrationRow>> in_stage(SqlSession& sql, const std::string& model, const std::string& stage);
/// Those of any stage but "None", and those that failed; by number.
[[nodiscard]] Result<std::vector<RegistrationRow>> out_of_the_ordinary(SqlSession& sql, const std::string& model);
/// Of versions that were registered from this folder of logged files, by model and number.
[[nodiscard]] Result<std::vector<RegistrationRow>> from_location(SqlSession& sql, const std::string& location);
/// The first that succeeded, of those from a logged model.
[[nodiscard]] Result<std::optional<RegistrationRow>> first_of_logged_model(SqlSession& sql, const std::string& id);
/// The first that succeeded, by location, of those from folders within one.
[[nodiscard]] Result<std::optional<RegistrationRow>> first_within(SqlSession& sql, const std::string& folder);

}  // namespace assay::registrations
