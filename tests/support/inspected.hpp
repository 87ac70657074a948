#pragma once

#include "artifact/inspect.hpp"
#include "tests/support/result.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace assay::test {

/// The inspection of bytes in memory.
[[nodiscard]] inline Inspection inspected(std::string_view bytes, std::string name = "file", const InspectLimits& limits = {}) {
    MemoryBytes memory(bytes);
    return must(inspect(memory, std::move(name), limits));
}

/// The codes of its oddities, each once, sorted.
[[nodiscard]] inline std::vector<std::string> codes(const Inspection& inspection) {
    std::vector<std::string> all;
    for (const Oddity& oddity : inspection.oddities) all.push_back(oddity.code);
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

/// Those of its parts too.
[[nodiscard]] inline std::vector<std::string> all_codes(const Inspection& inspection) {
    std::vector<std::string> all = codes(inspection);
    for (const Inspection& part : inspection.parts) {
        for (std::string& code : all_codes(part)) all.push_back(std::move(code));
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

}  // namespace assay::test
