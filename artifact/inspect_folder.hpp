#pragma once

#include "artifact/inspection.hpp"
#include "artifact/limits.hpp"
#include "base/stream.hpp"

#include <string>
#include <vector>

namespace assay {

/// A file of a folder: its path within it ("data/model.pkl") and its bytes, which outlive the call.
struct FolderFile {
    std::string path;
    RandomSource* bytes = nullptr;
};

/// Inspects the files of a folder as one artifact: each is a part. Format "mlflow" when there is an MLmodel at its root, whose details and
/// releases become the folder's, else "folder". `version-conflict` where the bytes of a model were written by another release of
/// scikit-learn than MLmodel or the requirements say. Fails only when a file cannot be read.
[[nodiscard]] Result<Inspection> inspect_folder(const std::vector<FolderFile>& files, std::string name, const InspectLimits& limits = {});

}  // namespace assay
