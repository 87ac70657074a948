#include "api/v1/accept.hpp"

#include "base/text.hpp"

#include <string>

namespace assay::v1 {

namespace {

/// How exactly a media range names a type: 0 not at all, 1 by */*, 2 by type/*, 3 whole.
int exactness(std::string_view range, std::string_view type) {
    if (range == "*/*") return 1;
    if (equals_ignoring_case(range, type)) return 3;
    const std::size_t slash = type.find('/');
    return range.size() == slash + 2 && range.ends_with("/*") && equals_ignoring_case(range.substr(0, slash), type.substr(0, slash)) ? 2
                                                                                                                                     : 0;
}

/// From 0 to 1; what is malformed counts as not accepted.
double quality(const std::vector<std::string>& parameters) {
    for (std::size_t i = 1; i < parameters.size(); ++i) {
        const std::string_view parameter = trim(parameters[i]);
        if (parameter.size() < 2 || !equals_ignoring_case(parameter.substr(0, 2), "q=")) continue;
        const auto value = parse_number(parameter.substr(2));
        return value && *value >= 0 && *value <= 1 ? *value : 0;
    }
    return 1;
}

}  // namespace

std::string_view preferred(std::string_view accept, std::span<const std::string_view> offered) {
    std::string_view best = offered.front();
    double best_quality = 0;
    for (const std::string_view type : offered) {
        int most_exact = 0;
        double found = 0;
        for (const std::string& element : split(accept, ',')) {
            const std::vector<std::string> parameters = split(element, ';');
            const int exact = exactness(trim(parameters.front()), type);
            if (exact <= most_exact) continue;
            most_exact = exact;
            found = quality(parameters);
        }
        if (found > best_quality) {
            best = type;
            best_quality = found;
        }
    }
    return best;
}

}  // namespace assay::v1
