#include "registry/tag_list.hpp"

#include <algorithm>

namespace assay {

std::string with_appended(const std::vector<TagRow>& tags, const std::string& key, const Json& item) {
    Json list = Json::array();
    if (const auto held = std::ranges::find(tags, key, &TagRow::key); held != tags.end()) {
        auto before = parse_json(held->value);
        if (before && before->is_array()) list = *std::move(before);
    }
    list.push_back(item);
    return to_text(list);
}

}  // namespace assay
