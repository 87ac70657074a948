#pragma once

#include "base/digest.hpp"
#include "registry/registrations.hpp"
#include "registry/registry.hpp"
#include "storage/records.hpp"

#include <map>
#include <string>
#include <vector>

namespace assay {

// What another server kept, with its ids, its times and every point of its metrics. Each can be imported again: what is here already is
// completed; what is only here stays; nothing is deleted.

struct ImportedExperiment {
    ExperimentRow row;  ///< its id there, which it keeps when it is free here; no location
    std::vector<TagRow> tags;
};

struct ImportedRun {
    RunRow row;  ///< of an experiment here
    std::vector<RunParamRow> params;
    std::vector<TagRow> tags;
    std::map<std::string, std::vector<RunMetricRow>> metrics;  ///< points by name
    std::vector<RunDatasetRow> datasets;
    std::vector<RunModelRow> inputs;
    std::vector<RunModelRow> outputs;
};

struct ImportedLoggedModel {
    LoggedModelRow row;  ///< of an experiment here; no location
    std::vector<RunParamRow> params;
    std::vector<TagRow> tags;
    std::vector<LoggedModelMetricRow> metrics;
};

/// A file of a run or a logged model, whose blob is here.
struct ImportedFile {
    std::string path;  ///< of logged files
    Digest digest;
};

struct ImportedModel {
    std::string name;
    std::string description;
    std::vector<TagRow> tags;
    std::int64_t updated_at = 0;
};

/// Where an experiment, a run or a logged model is here: a folder of logged files.
struct ImportedPlace {
    std::int64_t experiment = 0;
    std::string location;
    bool added = false;  ///< it was not here before
};

/// What came of each of a batch: all of it is committed at once, and one that cannot be imported keeps none of the others back.
template <class T>
using Imported = Result<std::vector<Result<T>>>;

/// An experiment of that name is the same one.
[[nodiscard]] Imported<ImportedPlace> import_experiments(Registry& registry, const std::vector<ImportedExperiment>& experiments);
/// `conflict`, code "id-taken", when there is a run of that id in another experiment; "param-changed" when a param has another value here,
/// and then nothing of the run is imported; `not_found`, code "experiment-not-found".
[[nodiscard]] Imported<ImportedPlace> import_runs(Registry& registry, const std::vector<ImportedRun>& runs);
/// As import_runs.
[[nodiscard]] Imported<ImportedPlace> import_logged_models(Registry& registry, const std::vector<ImportedLoggedModel>& models);
/// The path of each. `conflict`, code "blob-missing", when a blob is not here; codes of log_file() and refuse_registered().
[[nodiscard]] Imported<std::string> import_files(Registry& registry, const std::vector<ImportedFile>& files);
/// True when it was not here before.
[[nodiscard]] Result<bool> import_model(Registry& registry, const ImportedModel& model, const std::string& actor);

struct ImportedRegistration {
    RegistrationView version;
    bool added = false;
};
/// Registers with the number and the times that `wanted.past` says. A version of that number and source is the same one. `conflict`, code
/// "number-taken", when the number is that of another version, or below one.
[[nodiscard]] Result<ImportedRegistration> import_version(Registry& registry, const NewRegistration& wanted);

}  // namespace assay
