#pragma once

#include "base/json.hpp"
#include "storage/records.hpp"

#include <string>
#include <vector>

namespace assay {

/// What a tag holds that is a list in JSON, with one more item; what is no list is replaced by one.
[[nodiscard]] std::string with_appended(const std::vector<TagRow>& tags, const std::string& key, const Json& item);

}  // namespace assay
