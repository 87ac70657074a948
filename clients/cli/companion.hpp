#pragma once

#include "base/json.hpp"
#include "base/result.hpp"

#include <string>
#include <utility>
#include <vector>

namespace assay {

// The habit of keeping a JSON file beside a model file, with what its maker thought worth knowing:
//
//   {"sklearn_version": "1.5.2", "dataset": "adult-2024-05", "dataset_hash": "sha256:…", "metrics": {"accuracy": 0.86},
//    "trained_at": "2024-05-01"}
//
// and near variants: docs/companion.md lists the names that are understood.

/// FIELD=PATH pairs: what is at PATH ("meta.run.finished", "scores.0.auc") is read as FIELD ("trained_at", "libraries.xgboost").
using CompanionMap = std::vector<std::pair<std::string, std::string>>;

struct Companion {
    std::string name;         ///< of the model; empty: it does not say
    std::string file;         ///< the model file; empty: it does not say
    std::string description;
    Json facts;               ///< as a registration takes them (docs/api.md)
    Json tags = Json::object();
    std::vector<std::string> left;  ///< members that mean nothing here, or cannot be what they are called, with the reason
    std::vector<std::string> lacking;  ///< the PATHs of the map where nothing is
};

/// As Python writes it: NaN and infinities, which are no JSON, are null.
[[nodiscard]] Result<Json> parse_companion(std::string_view text);

/// `invalid`, code "not-a-companion", for what is no object.
[[nodiscard]] Result<Companion> read_companion(Json json, const CompanionMap& map);

/// "FIELD=PATH"
[[nodiscard]] Result<std::pair<std::string, std::string>> companion_map_option(std::string_view text);

}  // namespace assay
