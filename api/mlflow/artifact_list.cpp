#include "api/mlflow/artifact_list.hpp"

#include "api/mlflow/locations.hpp"
#include "registry/logged_files.hpp"

namespace assay::mlflow {

Result<Json> files_below(Registry& registry, const std::string& location, const std::string& folder) {
    TRY_ASSIGN(const auto entries, list_logged_files(registry, folder.empty() ? location : location + "/" + folder));
    Json json = {{"root_uri", uri_of(location)}};
    for (const logged_files::Entry& entry : entries) {
        Json file = {{"path", folder.empty() ? entry.name : folder + "/" + entry.name}, {"is_dir", !entry.size}};
        if (entry.size) file["file_size"] = *entry.size;
        json["files"].push_back(std::move(file));
    }
    return json;
}

}  // namespace assay::mlflow
