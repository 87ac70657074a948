#include "clients/cli/reference_path.hpp"

#include "artifact/media_type.hpp"
#include "base/url.hpp"
#include "clients/cpp/connection.hpp"

#include <filesystem>

namespace assay {

std::string path_of(const Reference& reference) {
    // '@' and ':' are allowed in a path as they stand; only the alias itself needs encoding.
    const std::string segment = reference.path_segment();
    const std::string encoded = segment.starts_with('@') ? "@" + encode_component(std::string_view(segment).substr(1)) : segment;
    return Connection::path_of(reference.model) + "/versions/" + encoded;
}

bool means_a_file(const std::string& text) {
    if (text.starts_with("models:/")) return false;
    std::error_code ignored;  // what cannot be looked at is no file for us
    return text.find('/') != std::string::npos || std::filesystem::exists(text, ignored);
}

bool looks_like_file(const std::string& what) {
    return what.find('@') == std::string::npos && media_type_of_name(what) != "application/octet-stream";
}

}  // namespace assay
