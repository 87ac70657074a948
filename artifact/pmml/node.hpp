#pragma once

#include <pugixml.hpp>

#include <string_view>

// Elements by their names without the prefix of a namespace: documents write PMML and p:PMML alike.

namespace assay {

/// "PMML" of "p:PMML".
[[nodiscard]] inline std::string_view local_name(std::string_view name) { return name.substr(name.find(':') + 1); }
[[nodiscard]] inline std::string_view local_name(const pugi::xml_node& node) { return local_name(std::string_view(node.name())); }

/// The first child of that name; an empty node when there is none.
[[nodiscard]] inline pugi::xml_node child_named(const pugi::xml_node& node, std::string_view name) {
    for (const pugi::xml_node& inner : node.children()) {
        if (local_name(inner) == name) return inner;
    }
    return {};
}

}  // namespace assay
