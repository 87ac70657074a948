#pragma once

#include "artifact/inspection.hpp"
#include "registry/safety.hpp"
#include "storage/records.hpp"

#include <vector>

namespace assay {

/// What searches ask of an inspection, its parts included (docs/api.md, "Search"), each once: the classes of its objects, by full name and
/// by class name; the names that loading imports, and their packages; levels of training data; the verdict; formats. At most 5,000.
[[nodiscard]] std::vector<InspectionTerm> search_terms(const Inspection& inspection, Safety verdict);

/// The releases that the bytes prove, not the ranges that they imply; each once.
[[nodiscard]] std::vector<InspectionRelease> proven_releases(const Inspection& inspection);

}  // namespace assay
