#pragma once

#include "base/json.hpp"
#include "registry/reference.hpp"
#include "registry/versions.hpp"

#include <string>
#include <vector>

namespace assay {

inline constexpr std::size_t max_compared_versions = 20;

/// One thing that versions may have in common: a value for each of them, null where a version has none.
struct ComparedRow {
    std::string key;  ///< "accuracy on adult-test", "scikit-learn", "model.joblib"
    std::vector<Json> values;
    bool same = false;
};

struct ComparedSection {
    /// facts · metrics · params · libraries · datasets · files · contents (what is in the files: contents.hpp) · lineage · labels (what may
    /// change: aliases, tags, description, state)
    std::string name;
    std::vector<ComparedRow> rows;  ///< in order of their keys
};

struct Comparison {
    std::vector<VersionView> versions;  ///< in the order in which they were asked for
    std::vector<ComparedSection> sections;
};

/// Lays versions side by side, of one model or of several. Files are compared by digest, datasets by their digests (of the content where
/// there is one), lineage by parents and by which of the others a version comes from. `invalid`, code "invalid-request", unless there
/// are 2 to 20 of them; `not_found` as resolve(). Deleted versions can be compared.
[[nodiscard]] Result<Comparison> compare_versions(Registry& registry, const std::vector<Reference>& wanted);

}  // namespace assay
