#pragma once

#include "registry/versions.hpp"

namespace assay {

/// Sets a tag of a version, or of the model itself when `ref` is absent. Values have at most 100,000 bytes.
[[nodiscard]] Result<void> set_tag(Registry& registry, const std::string& model, const std::optional<VersionRef>& ref,
                                   const std::string& key, const std::string& value, const std::string& actor);
/// `not_found`, code "tag-not-found".
[[nodiscard]] Result<void> remove_tag(Registry& registry, const std::string& model, const std::optional<VersionRef>& ref,
                                      const std::string& key, const std::string& actor);

}  // namespace assay
