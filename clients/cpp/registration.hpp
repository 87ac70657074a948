#pragma once

#include "base/json.hpp"
#include "clients/cpp/client.hpp"
#include "clients/cpp/local_file.hpp"

#include <string>
#include <vector>

namespace assay {

struct PushedFile {
    std::string path;  ///< inside the version
    LocalFile local;
};

/// The body of a registration (docs/api.md, "Register"), without the parents. `invalid`, code "invalid-metric", for a number that is not
/// finite, which JSON cannot say; the rest is for the registry to judge.
[[nodiscard]] Result<Json> registration_of(const NewVersion& version, const std::vector<PushedFile>& files);

void put_parents(Json& registration, const std::vector<NewVersion::Parent>& parents);

}  // namespace assay
