#pragma once

#include "registry/embedded_releases.hpp"
#include "registry/facts.hpp"
#include "registry/versions.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace assay {

struct PushFile {
    std::string path;
    Digest digest;
    std::string media_type;  ///< empty: by the file's name
    std::string field = "files";  ///< where the request names it ("files[3]"), for its problems
};

/// The run a push belongs to: an existing one by id, or one that is made.
struct PushRun {
    std::string id;  ///< 32 hex digits of an existing run; empty: make one
    std::string name;
    std::string experiment = "Default";
    std::vector<RunMetricRow> metrics;
    std::map<std::string, std::string> params;
};

struct PushRequest {
    std::string model;
    std::vector<PushFile> files;
    Facts facts;
    PushRun run;
    std::string description;
    std::map<std::string, std::string> tags;
    std::vector<std::string> aliases;
    bool if_changed = false;  ///< no version when the newest one is the same
    bool if_new = false;      ///< no version when any is the same: what is taken over twice
    std::optional<RegistrationRow> registration;  ///< recorded with the version, when it was registered from logged files
    std::optional<std::int64_t> version;  ///< its number where it comes from; `conflict`, code "number-taken", when it is not free
    std::optional<WhenMissing> missing_facts;  ///< instead of what the policy says of facts that are missing
    Claims claims = Claims::inform;
    std::string idempotency_key;  ///< empty: none
    std::string request_digest;  ///< of the request, to tell a repetition from another use of the key
    std::string actor;
};

/// Reads the body of a registration; every problem is added.
[[nodiscard]] PushRequest read_push_request(const Json& body, Problems& problems);

struct Pushed {
    VersionView version;
    bool created = true;  ///< false: if_changed or if_new found the same version
    std::vector<std::string> warnings;
};

/// Registers a version of files whose blobs are here already, in one transaction: version, run, metrics, lineage,
/// tags and aliases, all or nothing. Everything that is wrong with the request is reported at once, after the
/// `problems` found while reading it (`invalid`, code "push-refused", or `conflict`, code "blob-missing", when only blobs
/// are missing); nothing is stored then.
[[nodiscard]] Result<Pushed> push(Registry& registry, const PushRequest& request, Problems problems = {});

}  // namespace assay
