#pragma once

#include "base/digest.hpp"
#include "base/embedded_file.hpp"
#include "registry/release.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay {

/// Which names unpickling finds in which releases of a package: data files (registry/provides/names/*.txt), made by scripts/make_names.py
/// by asking each release. docs/compatibility.md, "Names".
class NameTables {
public:
    enum class Answer : std::uint8_t {
        has,
        lacks,
        unknown,  ///< the release is none of those that were asked nor between two that agree, or no release has the name
    };

    /// `invalid`, code "invalid-name-table", with file and line: nothing of tables with a fault is taken. The name of a file is that of its
    /// package: "scikit-learn.txt".
    [[nodiscard]] static Result<NameTables> parse(std::span<const EmbeddedFile> files);
    /// The tables in the binary, read once.
    [[nodiscard]] static const NameTables& builtin();

    /// Of all files.
    [[nodiscard]] const Digest& digest() const { return digest_; }
    /// The package ("scikit-learn") whose table has modules of this one's top level ("sklearn.svm._classes"); absent without a table.
    [[nodiscard]] std::optional<std::string> package_of(std::string_view module) const;
    /// Whether a release of the package has the name, "module:name". A release between two that were asked and say the same says so too; a
    /// local label
    /// ("1.5.2+cu118") changes nothing.
    [[nodiscard]] Answer find(std::string_view package, std::string_view release, std::string_view name) const;
    /// The releases that were asked, oldest first; none without a table.
    [[nodiscard]] std::span<const std::string> releases(std::string_view package) const;
    /// Of those, the ones that have all the names, each "module:name".
    [[nodiscard]] std::vector<std::string> having(std::string_view package, std::span<const std::string> names) const;

private:
    using Mask = std::vector<bool>;  ///< by place in releases
    struct Table {
        std::vector<std::string> numbers;
        std::vector<Release> releases;  ///< ascending
        std::vector<Mask> masks;  ///< of each line
        std::vector<std::pair<std::string, std::uint32_t>> names;  ///< "module:name", ascending, and its place in masks

        [[nodiscard]] const Mask* find(std::string_view name) const;  ///< null of a name that no release has
    };

    [[nodiscard]] static Result<Table> read_table(std::string_view text, std::set<std::string>& top_levels);

    Digest digest_{Digest::Bytes{}};
    std::map<std::string, Table, std::less<>> tables_;
    std::map<std::string, std::string, std::less<>> packages_;  ///< top-level module → package
};

}  // namespace assay
