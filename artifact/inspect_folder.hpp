#pragma once

#include "artifact/inspection.hpp"
#include "artifact/limits.hpp"
#include "base/stream.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace assay {

/// A file of a folder: its path within it ("data/model.pkl"), and how to come to its bytes. Only one at a time is open.
struct FolderFile {
    std::string path;
    std::function<Result<std::unique_ptr<RandomSource>>()> open;
};

/// Inspects the files of a folder as one artifact: each is a part. Format "mlflow" when there is an MLmodel at its root, whose details and
/// releases become the folder's, else "folder". `version-conflict` where the bytes of a model were written by another release of
/// scikit-learn than MLmodel or the requirements say. Fails only when a file cannot be read.
[[nodiscard]] Result<Inspection> inspect_folder(const std::vector<FolderFile>& files, std::string name, const InspectLimits& limits = {});

}  // namespace assay
