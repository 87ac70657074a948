#pragma once

#include "base/digest.hpp"
#include "base/json_reader.hpp"
#include "registry/object_need.hpp"
#include "registry/specifiers.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// What happens when a version meets an environment. The last two are never in a rule: the gate finds them itself.
enum class Effect : std::uint8_t {
    load_error,             ///< the file cannot be loaded: refuse
    predict_error,          ///< it loads, and predict raises: refuse
    different_predictions,  ///< it predicts other numbers without an error: refuse
    secondary,              ///< it predicts, but clone, repr or the like fail: warn
    none,                   ///< known to work: allow
    missing_package,        ///< the environment lacks a package that the version uses: refuse
    unproven,               ///< nothing is known of this pair: refuse, or warn within the same minor
};

/// "load-error", "predict-error", "different-predictions", "secondary", "none", "missing-package", "unproven".
[[nodiscard]] std::string_view to_string(Effect effect);

/// What an object must be for a rule to be about it.
struct ObjectCondition {
    std::string kind;                   ///< layout · state · value · generator: what of it is read otherwise
    std::vector<std::string> made_by;   ///< ObjectNeed::made_by is one of these
    std::vector<std::string> lacks;     ///< its state has none of these attributes
    /// attribute → its word is one of these; a word that ends in `*` is a beginning, "*" alone is any
    std::map<std::string, std::vector<std::string>> with;
    /// attribute → its word is none of these; an attribute that is not there is fine
    std::map<std::string, std::vector<std::string>> unless;

    [[nodiscard]] bool holds_for(const ObjectNeed& object) const;
};

/// What is known of a package when a version recorded with one release meets an environment that offers another: of every version
/// (a rule about releases), or of those with an object of some content.
struct Rule {
    std::string id;       ///< "known-break/numpy-2-to-1": unique in its set, stable
    std::string package;  ///< PEP 503 name, or "python"
    SpecifierSet recorded;  ///< of a rule about content: the release that wrote the object
    SpecifierSet offered;
    std::optional<ObjectCondition> content = {};
    Effect effect = Effect::none;
    std::string because;  ///< a true sentence for a person
    std::string fix;      ///< empty when the exact pip line is enough

    /// Names one exact release on both sides (`==1.2.0` → `==1.2.2`), and is therefore more specific than a rule about ranges.
    bool is_pair = false;
};

/// Classes of a package whose objects the rules tell all about, in these releases: where no rule about content applies, they work.
struct Measured {
    std::string package;
    SpecifierSet offered;
    std::set<std::string, std::less<>> made_by;
};

/// A rules file (`assay.rules/1`): data with a digest, replaceable without a new release of Assay.
struct RuleSet {
    std::string name;
    std::vector<Rule> rules;
    std::vector<Measured> measured;
    Digest digest;  ///< of the RFC 8785 bytes

    /// Of the rules about releases, the one that decides for a package, or null when none applies. Releases that are not PEP 440 match only
    /// `===` and empty ranges. The order, first to last: exact pairs before ranges; what breaks before what is known to work; the worse
    /// effect (in the order of Effect); the smaller id. Pointer into this set.
    [[nodiscard]] const Rule* find(std::string_view package, std::string_view recorded, std::string_view offered) const;
    /// The rules about content that apply to an object when `offered` releases of packages are there: worst effect first, then by id.
    /// `recorded` is the release that wrote it, empty when nobody knows: then every rule's `recorded` holds. Pointers into this set.
    [[nodiscard]] std::vector<const Rule*> about(const ObjectNeed& object, std::string_view package, std::string_view recorded,
                                                 std::string_view offered) const;
    /// Whether everything is known of how the offered release reads objects of that class.
    [[nodiscard]] bool is_measured(std::string_view package, std::string_view made_by, std::string_view offered) const;
    /// Whether that is known of any class of the package.
    [[nodiscard]] bool has_measured(std::string_view package, std::string_view offered) const;

    std::multimap<std::string, std::size_t, std::less<>> by_class = {};  ///< ObjectCondition::made_by → index in rules
};

inline constexpr std::size_t max_rules = 10'000;

/// Reads a rules file from a stranger. `invalid`, code "invalid-rules", with every problem and its place ("rules[3].offered"):
/// nothing of a file with a problem is taken.
[[nodiscard]] Result<RuleSet> read_rules(const Json& value);
[[nodiscard]] Result<RuleSet> parse_rules(std::string_view text);

[[nodiscard]] Json to_json(const RuleSet& rules);
/// The RFC 8785 bytes that the digest is of.
[[nodiscard]] std::string canonical_bytes(const RuleSet& rules);

/// The rules that come with Assay (registry/rules/*.json, one set), read once.
[[nodiscard]] const RuleSet& default_rules();
inline constexpr std::string_view default_rules_name = "default";

}  // namespace assay
