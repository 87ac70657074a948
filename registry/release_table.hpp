#pragma once

#include "registry/release.hpp"
#include "registry/specifiers.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// A release of a package, and what it goes with.
struct ReleaseFact {
    std::string number;  ///< "1.5.2"
    Release release;
    Release first_python;  ///< of those that it has wheels for: "3.9"
    Release last_python;
    std::map<std::string, SpecifierSet> goes_with;  ///< package → releases of it

    [[nodiscard]] bool is_for(const Release& python) const;
};

/// For which Pythons releases have wheels, and which releases of other packages they go with: a data file (registry/provides/releases.txt),
/// made by scripts/make_releases.py. docs/compatibility.md, "The nearest environment".
class ReleaseTable {
public:
    /// `invalid`, code "invalid-release-table", with the line: nothing of a table with a fault is taken.
    [[nodiscard]] static Result<ReleaseTable> parse(std::string_view text);
    /// The table in the binary, read once.
    [[nodiscard]] static const ReleaseTable& builtin();

    /// Oldest first; none of a package without lines.
    [[nodiscard]] std::span<const ReleaseFact> of(std::string_view package) const;
    /// The release, or the next one of the same minor; null when there is none.
    [[nodiscard]] const ReleaseFact* find(std::string_view package, const Release& release) const;

private:
    std::map<std::string, std::vector<ReleaseFact>, std::less<>> packages_;
};

}  // namespace assay
