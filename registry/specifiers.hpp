#pragma once

#include "registry/release.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// A range of releases as PEP 440 writes it: clauses joined by commas, all of which must hold.
/// `==1.2`, `!=1.2.*`, `<=`, `>=`, `<`, `>`, `~=1.4.2`, `===text`; the empty set holds everything.
///
/// Decides exactly as `packaging.specifiers.SpecifierSet` (26.3) does, which a table of its answers tests:
/// - `==`, `!=` and `<=` ignore a local label unless `==`/`!=` name one;
/// - `<V` excludes the pre-releases of V unless V is one; `>V` excludes V's local labels, and its post-releases unless V is one;
/// - `==V.*` and `~=V` compare release numbers padded with zeros, and the epoch;
/// - pre-releases are held like other releases unless the caller says `prereleases = false`: of a single candidate PEP 440
///   asks for that, since there is no final release to prefer.
/// `===` compares text without regard to the case of ASCII letters.
class SpecifierSet {
public:
    enum class Operator { equal, not_equal, less_equal, greater_equal, less, greater, compatible, identical };

    /// `invalid`, code "invalid-specifier", names the clause: not a clause, longer than 256 bytes, or a number beyond 64 bits.
    [[nodiscard]] static Result<SpecifierSet> parse(std::string_view text);

    [[nodiscard]] bool contains(const Release& release, bool prereleases = true) const;
    /// The same for any text; what is not PEP 440 is held only by `===` and by the empty set.
    [[nodiscard]] bool contains_text(std::string_view text, bool prereleases = true) const;

    [[nodiscard]] bool empty() const { return clauses_.empty(); }
    /// The clauses in the order given, without spaces: ">=1.2,<1.3".
    [[nodiscard]] std::string to_string() const;
    /// The releases that its clauses name.
    [[nodiscard]] std::vector<Release> boundaries() const;

private:
    struct Clause {
        Operator op = Operator::equal;
        std::string text;                ///< as given, without spaces around it
        std::optional<Release> release;  ///< absent only for `===`
        bool wildcard = false;
        bool holds(const Release& candidate) const;
    };
    [[nodiscard]] static Result<Clause> parse_clause(std::string_view text);
    [[nodiscard]] bool holds_all(std::string_view text, const Release* release, bool prereleases) const;

    std::vector<Clause> clauses_;
};

/// How two ranges lie to each other, as far as final releases tell: some release is in both; every release of `inner` is in `outer`. Ranges
/// with `===` hold no release that another clause names, and overlap with none.
[[nodiscard]] bool overlap(const SpecifierSet& one, const SpecifierSet& other);
[[nodiscard]] bool is_within(const SpecifierSet& inner, const SpecifierSet& outer);

}  // namespace assay
