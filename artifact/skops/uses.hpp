#pragma once

#include "artifact/content.hpp"

#include <functional>
#include <string>

namespace assay {

/// Walks every object of a skops schema, reached by a load or not, and adds to the inspection what its loader would import and call.
/// `visit` sees each node with its path ("steps[0][1].mean_").
void find_skops_uses(const Json& schema, Inspection& inspection, const InspectLimits& limits,
                     const std::function<void(const Json& node, const std::string& path)>& visit);

/// The kind of a node as an argument, in the words of shape_of (artifact/pickle/uses.hpp).
[[nodiscard]] std::string skops_shape(const Json& node);

}  // namespace assay
