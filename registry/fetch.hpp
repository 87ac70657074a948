#pragma once

#include "registry/environments.hpp"
#include "registry/gate.hpp"
#include "registry/versions.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace assay {

/// What a client says of the environment it will load in.
struct UnknownEnvironment {};  ///< it said nothing
struct NoEnvironment {};       ///< it said that there is none to judge
using EnvironmentClaim = std::variant<UnknownEnvironment, NoEnvironment, Digest, Environment>;

/// The environment that a claim names or brings; absent for the first two. A digest that no environment has is `incompatible`, code
/// "environment-unknown".
[[nodiscard]] Result<std::optional<Environment>> environment_of(SqlSession& sql, const EnvironmentClaim& claim);

enum class RecordFetch {
    no,
    yes,
    unless_recent,  ///< the same consumer got the same verdict within ten minutes: the files of one fetch count once
};

/// Whether the client will let the smoke test decide, so that a version refused only as unproven is handed out.
enum class Trial { no, yes };

struct Checked {
    Verdict verdict;
    VersionRow version;
};

/// The gate's verdict on a ready version and an environment. UnknownEnvironment is refused (by the rule
/// "unknown-environment"), NoEnvironment allowed without judging; a digest that no environment has is `incompatible`, code
/// "environment-unknown". Proofs and waivers are weighed. `record` keeps the consumer and what it was told.
[[nodiscard]] Result<Checked> check_version(Registry& registry, const std::string& model, const VersionRef& ref,
                                            const EnvironmentClaim& claim, RecordFetch record, const std::string& consumer,
                                            Trial trial = Trial::no);
/// Of a version that was just read.
[[nodiscard]] Result<Checked> check_version(Registry& registry, const VersionRow& version, const EnvironmentClaim& claim,
                                            RecordFetch record, const std::string& consumer);

/// The verdict by rules, proofs and waivers on a ready version in an environment.
[[nodiscard]] Result<Verdict> judge_version(const Registry& registry, SqlSession& sql, const VersionRow& row,
                                            const Environment& environment, const RuleSet& rules, Trial trial = Trial::no);

struct FetchedFile {
    Verdict verdict;  ///< allow or warn
    VersionRow version;
    FileRow file;
    std::unique_ptr<BlobReader> reader;  ///< verified; must not outlive the registry's blob store
};

/// Opens a file of a version through the gate and records the fetch. `incompatible` with the verdict as details when it
/// refuses; `not_found`, code "file-not-found"; `integrity`, code "blob-corrupt", when the blob is known to be damaged.
[[nodiscard]] Result<FetchedFile> fetch_file(Registry& registry, const std::string& model, const VersionRef& ref, const std::string& path,
                                             const EnvironmentClaim& claim, RecordFetch record, const std::string& consumer,
                                             Trial trial = Trial::no);

[[nodiscard]] Result<std::vector<FetchRow>> list_fetches(Registry& registry, const std::string& model, const VersionRef& ref,
                                                         std::int64_t limit);

}  // namespace assay
