#include "registry/package_name.hpp"

#include "base/text.hpp"

namespace assay {

std::string normalise_package(std::string_view name) {
    std::string normalised;
    for (const char c : to_lower_ascii(name)) {
        const bool separator = c == '-' || c == '_' || c == '.';
        if (!separator) {
            normalised += c;
        } else if (normalised.empty() || normalised.back() != '-') {
            normalised += '-';
        }
    }
    return normalised;
}

}  // namespace assay
