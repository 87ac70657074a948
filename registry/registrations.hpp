#pragma once

#include "registry/models.hpp"
#include "registry/versions.hpp"
#include "storage/records.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// Models and versions as people keep them who come from MLflow: a model may be made empty and deleted whole, a version has a stage, and a
// registration that is refused takes its number and says why.

/// What stages there are.
inline constexpr auto stages = std::to_array<std::string_view>({"None", "Staging", "Production", "Archived"});

struct RegisteredModel {
    ModelRow row;
    std::vector<AliasRow> aliases;
    std::vector<TagRow> tags;
};

/// A version, or a registration that failed.
struct RegistrationView {
    RegistrationRow registration;      ///< of a version that was pushed: what stands for it
    std::optional<VersionView> version;  ///< absent: it failed
    std::vector<TagRow> tags = {};       ///< of one that failed
};

/// `conflict`, code "model-exists".
[[nodiscard]] Result<RegisteredModel> create_model(Registry& registry, const std::string& name, const std::string& description,
                                                   const std::vector<TagRow>& tags, const std::string& actor);
/// `not_found`, code "model-not-found", also for one that is deleted.
[[nodiscard]] Result<RegisteredModel> show_registered_model(Registry& registry, const std::string& name);
[[nodiscard]] Result<RegisteredModel> active_model(SqlSession& sql, const std::string& name);
/// With its versions, aliases and tags. The name is free then; its numbers stay taken.
[[nodiscard]] Result<void> delete_model(Registry& registry, const std::string& name, const std::string& actor);
[[nodiscard]] Result<void> touch_model(Registry& registry, const std::string& name);

/// What a version was elsewhere: its number, which must be free, its stage, and when it was made and changed (milliseconds).
struct RegistrationPast {
    std::int64_t version = 0;
    std::string stage = "None";
    std::int64_t created_at = 0;
    std::int64_t updated_at = 0;
};

/// What becomes a version: the files below a folder of logged ones.
struct NewRegistration {
    std::string model;
    std::string source;        ///< as the client named it
    std::string location;      ///< the folder that it means; empty with `copied_from`
    std::optional<VersionRow> copied_from;  ///< the version whose files and facts are taken instead
    std::string run;           ///< empty: none
    std::string run_link;
    std::string logged_model;  ///< empty: none
    std::string description;
    std::vector<TagRow> tags;
    std::string actor;
    bool require_facts = false;
    std::optional<RegistrationPast> past = {};
};
/// Registers a version of the files, with facts from the run, the logged model and the files themselves. What push() would refuse becomes a
/// registration that failed, with the reasons. `not_found`, code "model-not-found".
[[nodiscard]] Result<RegistrationView> register_folder(Registry& registry, const NewRegistration& wanted);

/// `not_found`, code "version-not-found", also for one that is deleted.
[[nodiscard]] Result<RegistrationView> show_registered_version(Registry& registry, const std::string& model, std::int64_t version);
[[nodiscard]] Result<RegistrationView> registered_version(SqlSession& sql, const std::string& model, std::int64_t version);
/// The same, of a model that is known to be there and not deleted.
[[nodiscard]] Result<RegistrationView> version_of_active_model(SqlSession& sql, const std::string& model, std::int64_t version);
[[nodiscard]] Result<RegistrationView> describe_registered_version(Registry& registry, const std::string& model, std::int64_t version,
                                                                   const std::string& text, const std::string& actor);
/// Its aliases go with it.
[[nodiscard]] Result<void> delete_registered_version(Registry& registry, const std::string& model, std::int64_t version,
                                                     const std::string& actor);
/// `stage` as it is kept: None · Staging · Production · Archived. With `archive_others`, those that were in it become Archived.
/// `not_found`, code "version-failed", where Staging or Production is asked for one that failed.
[[nodiscard]] Result<RegistrationView> set_stage(Registry& registry, const std::string& model, std::int64_t version,
                                                 const std::string& stage, bool archive_others, const std::string& actor);
/// The newest of each stage that has one, in the order None, Staging, Production, Archived.
[[nodiscard]] Result<std::vector<RegistrationView>> latest_by_stage(Registry& registry, const std::string& model);
[[nodiscard]] Result<std::vector<RegistrationView>> latest_by_stage(SqlSession& sql, const std::string& model);

/// The version of this digest: what hands out pinned bytes. `not_found`, code "version-not-found".
[[nodiscard]] Result<VersionRow> version_of_digest(Registry& registry, const std::string& digest);
/// The versions that were registered from this folder of logged files, or from one that holds this path; by model and number.
[[nodiscard]] Result<std::vector<RegistrationRow>> registered_from(Registry& registry, const std::string& path);
/// The same with those that failed.
[[nodiscard]] Result<std::vector<RegistrationRow>> tried_from(Registry& registry, const std::string& path);
/// Of a version that was registered from this folder, from one that holds it or from one within it; absent when none was.
[[nodiscard]] Result<std::optional<RegistrationRow>> first_registered(SqlSession& sql, const std::string& path);
/// Files that a version was registered from stay as they are: `conflict`, code "registered".
[[nodiscard]] Result<void> refuse_registered(Registry& registry, const std::string& path);

}  // namespace assay
