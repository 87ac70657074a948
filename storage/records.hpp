#pragma once

#include "base/clock.hpp"
#include "base/digest.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// The data model on one page: every row as a plain struct, the twin of migrations/. Times are RFC 3339 text.

namespace assay {

enum class BlobState { live, corrupt };
enum class VersionState { ready, quarantined, deleted };

[[nodiscard]] std::string_view to_string(BlobState state);
[[nodiscard]] std::string_view to_string(VersionState state);

/// Of what may be deleted and restored.
enum class LifeState { active, deleted };
[[nodiscard]] std::string_view to_string(LifeState state);

struct ModelRow {
    std::string name;
    std::string description;
    std::string created_at;
    std::int64_t next_version = 1;
    LifeState state = LifeState::active;  ///< deleted: the name is free, its numbers stay taken
    std::int64_t updated_at = 0;          ///< milliseconds since 1970 UTC; 0: not since it was made
};

/// How a version was registered from logged files, or why it was not.
struct RegistrationRow {
    std::string model;
    std::int64_t version = 0;
    std::string source;       ///< as the client named it
    std::string location;     ///< the folder of logged files; empty: none of ours
    std::string run;          ///< empty: none was named
    std::string run_link;
    std::string logged_model; ///< empty: none was named
    std::string stage = "None";
    std::string status = "ready";  ///< ready · failed or dangerous: there is no such version
    std::string message;
    std::string description;  ///< of a failed one
    std::int64_t created_at = 0;
    std::int64_t updated_at = 0;
};

struct VersionRow {
    std::string model;
    std::int64_t version = 0;
    std::string digest;
    std::string manifest;
    std::string content_digest;
    std::string run;
    VersionState state = VersionState::ready;
    std::string description;
    std::string created_at;
};

struct FileRow {
    std::string path;
    std::string digest;
    std::int64_t size = 0;
    std::string media_type;
    friend bool operator==(const FileRow&, const FileRow&) = default;
};

struct AliasRow {
    std::string alias;
    std::int64_t version = 0;
    std::string since;
    std::string actor;
};

struct TagRow {
    std::string key;
    std::string value;
};

struct HistoryRow {
    std::int64_t seq = 0;
    std::string at;
    std::string model;
    std::optional<std::int64_t> version;
    std::string kind;
    std::string key;
    std::optional<std::string> before;
    std::optional<std::string> after;
    std::string actor;
};

// Times of experiments, runs and what they log are milliseconds since 1970 UTC, as the clients said them: any of 64 bits.

struct ExperimentRow {
    std::int64_t id = 0;
    std::string name;
    LifeState state = LifeState::active;
    std::string location;  ///< the folder of logged files
    std::int64_t created_at = 0;
    std::int64_t updated_at = 0;
};

struct RunRow {
    std::string id;
    std::int64_t experiment = 0;
    std::string name;
    std::string status;  ///< running · scheduled · finished · failed · killed
    LifeState state = LifeState::active;
    std::optional<std::int64_t> started_at;
    std::optional<std::int64_t> ended_at;
    std::string actor;
    std::string experiment_name = {};  ///< read only
    std::string location = {};         ///< of the experiment; read only
};

/// A point of a metric.
struct RunMetricRow {
    std::string name;
    std::int64_t step = 0;
    std::int64_t at = 0;
    double value = 0;  ///< finite, or NaN
};

struct RunParamRow {
    std::string name;
    std::string value;
};

/// Data as a run describes it.
struct LoggedDatasetRow {
    std::string name;
    std::string digest;  ///< the client's own, of any kind
    std::string source_type;
    std::string source;
    std::optional<std::string> schema;
    std::optional<std::string> profile;
};

struct RunDatasetRow {
    LoggedDatasetRow dataset;
    std::vector<TagRow> tags;
};

/// A logged model that a run read or made.
struct RunModelRow {
    std::string model;
    std::int64_t step = 0;
};

/// A model that a run has logged, before or without being registered.
struct LoggedModelRow {
    std::string id;
    std::int64_t experiment = 0;
    std::string name;
    std::string type;
    std::string run;       ///< that made it; empty: none was named
    std::string status;    ///< pending · ready · failed
    LifeState state = LifeState::active;
    std::string location;  ///< the folder of logged files
    std::int64_t created_at = 0;
    std::int64_t updated_at = 0;
};

/// A point of a metric that was measured on a logged model.
struct LoggedModelMetricRow {
    RunMetricRow point;
    std::string run;
    std::string dataset_name;    ///< empty: none was named
    std::string dataset_digest;
};

struct LoggedFileRow {
    std::string path;  ///< whole: "1/0d1c…/artifacts/model/MLmodel"
    std::string digest;
    std::int64_t size = 0;
    std::int64_t logged_at = 0;
};

struct DatasetRow {
    std::string id;
    std::string name;
    std::optional<std::int64_t> rows;
};

struct FetchRow {
    std::string model;
    std::int64_t version = 0;
    std::string consumer;
    std::string environment;  ///< digest; empty: none was named
    std::string verdict;
    std::string first_at;
    std::string last_at;
    std::int64_t count = 0;
};

/// What versions need of an environment, and how many ready ones need it.
struct NeedsRow {
    std::int64_t id = 0;
    std::string body;  ///< canonical JSON
    std::int64_t versions = 0;
};

struct ProofRow {
    std::string model;
    std::int64_t version = 0;
    std::string environment;  ///< digest
    std::string considered;   ///< the part of the environment that counts, canonical JSON
    std::string prover;       ///< client · server
    std::string actor;
    std::string outcome;      ///< equal · close · different · load-error · predict-error
    std::string sample;       ///< digest; empty: nothing was replayed
    std::string detail;       ///< canonical JSON
    std::string first_at;
    std::string last_at;
    std::int64_t count = 0;
};

struct WaiverRow {
    std::int64_t id = 0;
    std::string model;
    std::int64_t version = 0;
    std::string environment;  ///< digest; empty: every environment
    std::string considered;   ///< as in ProofRow; empty: every environment
    std::string why;
    std::string actor;
    std::string created_at;
    std::int64_t until_at = 0;  ///< microseconds since 1970 UTC
    std::optional<std::string> ended_at;
    std::optional<std::string> ended_by;
};

/// What reading a blob without running it found.
/// What searches ask of an inspection: "estimator", "import", "training_data", "verdict" or "format", and a value.
struct InspectionTerm {
    std::string kind;
    std::string value;
};

/// A release that the bytes prove.
struct InspectionRelease {
    std::string package;
    std::string release;
    std::optional<std::string> sort_key;  ///< absent when the release is none of PEP 440
};

struct InspectionRow {
    std::string digest;      ///< of the blob
    std::string inspection;  ///< JSON
    std::string verdict;
    std::string reasons;     ///< JSON
    std::string lists;       ///< digest of the lists of names that it was judged by
    std::string inspected_at;
    std::vector<InspectionTerm> terms = {};        ///< written only
    std::vector<InspectionRelease> releases = {};  ///< written only
};

struct TrustRow {
    std::string model;
    std::int64_t version = 0;
    std::string why;
    std::string actor;
    std::string at;
};

/// What a version can be found by, as far as its manifest says it.
struct SearchableRow {
    struct Metric {
        std::string name;
        std::string dataset;  ///< empty: none was named
        double value = 0;
    };
    struct Library {
        std::string package;
        std::string release;
        std::optional<std::string> sort_key;  ///< absent when the release is none of PEP 440
    };
    struct Dataset {
        std::string digest;
        std::string role;
        std::string name;
    };
    std::int64_t created_at = 0;  ///< microseconds since 1970 UTC
    std::optional<std::int64_t> trained_at;
    std::string platform;
    std::vector<Metric> metrics;
    std::vector<std::pair<std::string, std::string>> params;
    std::vector<Library> libraries;
    std::vector<Dataset> datasets;
};

struct EdgeRow {
    std::string source;
    std::string target;
    std::string relation;
};

}  // namespace assay
