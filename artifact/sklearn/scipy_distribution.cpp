#include "artifact/sklearn/scipy_distribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace assay {

namespace {

constexpr std::string_view opening = "\ndef _parse_args(self, ";

bool is_name(std::string_view word) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !word.empty() && is_letter(word.front()) &&
           std::all_of(word.begin(), word.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

/// "a, b, ": each name with a comma and a space behind it; empty for a distribution without shapes.
bool is_shapes(std::string_view text) {
    while (!text.empty()) {
        const std::size_t comma = text.find(", ");
        if (comma == std::string_view::npos || !is_name(text.substr(0, comma))) return false;
        text.remove_prefix(comma + 2);
    }
    return true;
}

std::string rendered(std::string_view shapes, std::string_view in, std::string_view out) {
    return fmt::format(
        "\ndef _parse_args(self, {0} {1}):\n    return ({0}), {2}\n"
        "\ndef _parse_args_rvs(self, {0} {1}, size=None):\n    return self._argcheck_rvs({0} {2}, size=size)\n"
        "\ndef _parse_args_stats(self, {0} {1}, moments='mv'):\n    return ({0}), {2}, moments\n",
        shapes, in, out);
}

}  // namespace

bool is_canonical_template(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 2> locations = {
        {{"loc=0, scale=1", "loc, scale"}, {"loc=0", "loc, 1"}}};
    if (!text.starts_with(opening)) return false;
    const std::string_view rest = text.substr(opening.size());
    return std::any_of(locations.begin(), locations.end(), [&](const auto& location) {
        const std::size_t end = rest.find(" " + std::string(location.first) + "):\n");
        if (end == std::string_view::npos) return false;
        const std::string_view shapes = rest.substr(0, end);
        return is_shapes(shapes) && text == rendered(shapes, location.first, location.second);
    });
}

bool is_constructor_parameter(std::string_view name) {
    constexpr auto names = std::to_array<std::string_view>({"momtype", "a", "b", "xtol", "badvalue", "name", "longname", "shapes",
                                                            "extradoc", "seed", "moment_tol", "values", "inc", "histogram"});
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace assay
