#include "artifact/pipeline/archive_names.hpp"

#include "embedded/embedded_archive_names.hpp"

#include <unordered_map>
#include <vector>

namespace assay::pipeline {

namespace {

struct Names {
    std::vector<std::string_view> by_number;
    std::unordered_map<std::string_view, std::uint16_t> numbers;
};

const Names& names() {
    static const Names all = [] {
        Names found;
        std::string_view text = embedded_archive_names()[0].bytes;
        while (!text.empty()) {
            const std::string_view line = text.substr(0, text.find('\n'));
            found.numbers.emplace(line, static_cast<std::uint16_t>(found.by_number.size()));
            found.by_number.push_back(line);
            text.remove_prefix(line.size() + 1);
        }
        return found;
    }();
    return all;
}

}  // namespace

std::optional<std::uint16_t> archive_number(std::string_view name) {
    const auto found = names().numbers.find(name);
    return found == names().numbers.end() ? std::nullopt : std::optional(found->second);
}

std::string_view archive_name(std::uint16_t number) {
    return number < names().by_number.size() ? names().by_number[number] : std::string_view();
}

}  // namespace assay::pipeline
