#pragma once

#include "artifact/pipeline/fitted.hpp"

#include <optional>
#include <string>

namespace assay::pipeline {

/// The nodes of trees as an archive keeps them.
struct PackedNodes {
    DType dtype;
    std::string bytes;
};

/// An array of structures with those fields alone that were `asked` for, all when that is empty, and with integers as narrow as their
/// values allow. Absent for every other array, and where a field is of a type that is not known.
[[nodiscard]] std::optional<PackedNodes> pack_nodes(const FittedArray& array, const std::set<std::string, std::less<>>& asked);

}  // namespace assay::pipeline
