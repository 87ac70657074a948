#pragma once

#include "artifact/pickle/graph.hpp"

#include <string>
#include <vector>

namespace assay {

/// Where in the object tree values are: "steps[1][1].tree_" from the root, "['weights'][0]" in a dict, ".args[0]" among the arguments of a
/// call. A value that is in several places has the one nearest to the root.
class PicklePaths {
public:
    /// `graph` outlives it. Reads every value once; 12 bytes of memory for each.
    PicklePaths(const PickleGraph& graph, const std::vector<ValueId>& roots);

    /// Empty for a root. "(dropped)" for what the pickle makes and throws away: it would have run all the same.
    [[nodiscard]] std::string path_of(ValueId id) const;
    [[nodiscard]] bool reached(ValueId id) const { return id < steps_.size() && steps_[id].how != How::unreached; }

private:
    enum class How : std::uint8_t { unreached, root, element, of_key, attribute, key, argument, callee, inside };
    struct Step {
        ValueId parent = no_value;
        std::uint32_t slot = 0;  ///< the index of an element or argument, the key of what stands under one
        How how = How::unreached;
    };

    [[nodiscard]] std::string text_of(const Step& step) const;

    const PickleGraph& graph_;
    std::vector<Step> steps_;
};

}  // namespace assay
