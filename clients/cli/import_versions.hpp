#pragma once

#include "clients/cli/import_report.hpp"
#include "clients/cli/push_files.hpp"

#include <string>
#include <vector>

namespace assay {

/// A version that was made before there was a registry: files on this machine, and what somebody wrote down of them.
struct PastVersion {
    std::string what;  ///< for people: "models/churn.json"
    std::string model;
    std::vector<FileToPush> files;
    Json facts = Json::object();  ///< as a registration takes them (docs/api.md)
    Json tags = Json::object();
    std::string description;
};

/// Uploads its files and registers it, unless the model has that very version. What the server refuses is told in the report, and
/// is no error.
[[nodiscard]] Result<void> register_past(Output& output, Connection& server, const Config& config, const PastVersion& version,
                                         ImportReport& report);

/// The same; what is wrong with this version alone, such as a file that cannot be read, is told in the report, too.
[[nodiscard]] Result<void> register_or_tell(Output& output, Connection& server, const Config& config, const PastVersion& version,
                                            ImportReport& report);

/// Whether a file's name is that of a model file: "churn.joblib".
[[nodiscard]] bool is_model_name(const std::string& path);

/// A name for a model of which only the file is known: the stem, or the name of the folder where it is called "model" like all of them.
[[nodiscard]] std::string model_name_of(const std::string& path);

}  // namespace assay
