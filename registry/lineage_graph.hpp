#pragma once

#include <string>
#include <vector>

namespace assay {

/// A thing in the lineage: a dataset, a run, a version or a consumer.
struct LineageNode {
    std::string id;      ///< "version:churn@3"
    std::string kind;    ///< dataset · run · version · consumer
    std::string label;   ///< "churn@3"
    std::string detail;  ///< second line for people; may be empty
    std::string state;   ///< ready · deleted · quarantined · refused, or empty
};

/// Points downstream: `to` came from `from`.
struct LineageEdge {
    std::string from;
    std::string to;
    std::string relation;
};

struct LineageGraph {
    std::string of;  ///< id of the node that was asked about
    std::vector<LineageNode> nodes;
    std::vector<LineageEdge> edges;
    bool truncated = false;  ///< there is more than was asked for
};

}  // namespace assay
