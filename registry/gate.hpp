#pragma once

#include "registry/environment.hpp"
#include "registry/rules.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace assay {

/// What a format of the bytes asks of its reader.
struct FormatNeed {
    std::string range;     ///< PEP 440: ">=3.8"
    std::string evidence;  ///< "pickle protocol 5"
    friend bool operator==(const FormatNeed&, const FormatNeed&) = default;
};

/// What a version says about itself, as far as the gate needs it.
struct Recorded {
    std::string version;  ///< "churn@3"
    std::optional<Digest> digest;                  ///< absent when what several versions need is judged
    std::vector<std::string> uses;                 ///< PEP 503 names, as the manifest lists them
    std::map<std::string, std::string> libraries;  ///< package → release, "python" included
    /// package → what its bytes import of it, "module:name" each, ascending
    std::map<std::string, std::vector<std::string>> names = {};
    /// package, or "python" → which releases of it read the format that its bytes are in
    std::map<std::string, FormatNeed> formats = {};
    std::vector<ObjectNeed> objects = {};  ///< what loading makes, each kind once, ascending
    bool objects_unknown = false;          ///< there may be more of them than are listed

    /// The packages that count: those that it declares as used, and those that its bytes import.
    [[nodiscard]] std::vector<std::string> packages() const;
};

/// One reason in a verdict.
struct Conflict {
    std::string package;
    std::string recorded;                ///< "unknown" when the version does not say
    std::optional<std::string> offered;  ///< absent: the environment lacks the package
    std::string rule;                    ///< a rule's id, or "missing-package", "unproven", "same-minor"
    Effect effect = Effect::unproven;
    std::string because;
    std::vector<std::string> fix;
    std::string wanted = {};  ///< a requirement that makes it go away ("joblib>=1.2"), where the recorded release is not known
};

/// What somebody has found out about the version in an environment that is the same as far as it counts.
struct Proven {
    std::string outcome;  ///< equal · close · different · load-error · predict-error
    std::string by;
    std::string at;       ///< RFC 3339
    std::string message;  ///< of an error; may be empty
};

/// A permission to pass in spite of a refusal.
struct Waived {
    std::int64_t id = 0;
    std::string by;
    std::string why;
    std::string until;  ///< RFC 3339
};

/// What counts beyond the rules.
struct Evidence {
    std::vector<Proven> proofs;
    std::optional<Waived> waiver;
    std::optional<Proven> server;  ///< when its own replay, the latest, gives other predictions
    bool trial = false;  ///< the client will run the smoke test before it uses what it gets
};

/// What decided in place of the rules.
struct Settled {
    std::string kind;  ///< proof · waiver · trial
    std::string by;    ///< empty for a trial
    std::string at;    ///< of a proof
    std::string until; ///< of a waiver
    std::string because;
};

/// The gate's decision on (version, environment), explained.
struct Verdict {
    enum class Decision : std::uint8_t { allow, warn, refuse };
    Decision decision = Decision::allow;
    std::string version;
    std::optional<Digest> digest;
    std::optional<Digest> environment;
    std::vector<Conflict> conflicts;  ///< each one refuses
    std::vector<Conflict> warnings;
    std::vector<std::string> considered;
    std::map<std::string, std::string> ignored;  ///< package → why it was not considered
    std::vector<std::string> fix;                ///< what makes all conflicts go away, best first
    std::optional<Settled> settled;              ///< absent: the rules decided
    std::vector<Conflict> overruled;             ///< what the rules had against it, when something else decided
};

/// "allow", "warn", "refuse".
[[nodiscard]] std::string_view to_string(Verdict::Decision decision);

/// Compares what the version needs with what the environment provides. Pure: same arguments, same verdict.
///
/// A name that the bytes import and the offered release does not have refuses (`names/scikit-learn`); so does a package that the bytes
/// import and the environment lacks, a format of theirs that the offered release does not read (`format/python`), and an object that a
/// rule about content says the offered release reads otherwise. What is known of the bytes then stands in the place of rules about
/// releases: for Python, for packages whose objects in them are all measured (RuleSet::is_measured), and for joblib, SciPy, and NumPy
/// without random generators. Then, per declared package: the same release allows; then the rule that RuleSet::find
/// gives; then the same patch line allows, the same minor warns, anything else refuses as unproven. Python is judged by rules alone, and
/// not at all for a native consumer.
[[nodiscard]] Verdict judge(const Recorded& recorded, const Environment& environment, const RuleSet& rules);

/// Puts what leads to the nearest environment that works, as an exact pip line, in front of the fixes of a refusal.
void advise(Verdict& verdict, const Recorded& recorded, const Environment& environment, const RuleSet& rules);

/// What the server's own replay found: "the server's own replay, at …, gives other predictions than its sample records: 3 of 12 rows
/// differ".
[[nodiscard]] std::string different_in_words(const Proven& server);

/// Puts evidence above the rules, both ways: a proof of difference or failure refuses, else a proof of equality allows; a waiver lets a
/// refusal pass with a warning; a trial lets pass what is refused only because nothing is known. What passes although the server finds
/// other predictions passes with a warning.
void weigh(Verdict& verdict, const Evidence& evidence);

/// "fetch churn@4, trained with scikit-learn 1.5.2" for the newest `limit` of the other versions of the same model that this
/// environment can load; those that would only warn are named when none is allowed. `others` newest first. The words name
/// the packages that `refused` stumbled over.
[[nodiscard]] std::vector<std::string> suggest_versions(const Verdict& refused, std::span<const Recorded> others,
                                                        const Environment& environment, const RuleSet& rules, std::size_t limit = 3);

/// docs/api.md, "Gate verdict".
[[nodiscard]] Json to_json(const Verdict& verdict);

/// A refusal as the error a person meets: kind incompatible, code "incompatible-environment", the first conflict as message
/// and cause, the others as problems by package, `details` the verdict's JSON. The verdict must refuse.
[[nodiscard]] Error to_error(const Verdict& verdict);

}  // namespace assay
