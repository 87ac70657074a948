#pragma once

#include "base/digest.hpp"
#include "base/embedded_file.hpp"
#include "registry/argument_shape.hpp"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// The exact names that a pickle may use, and how: data files below registry/safety/lists/ (their format: docs/security.md), made by
/// scripts/make_safety_lists.py. No prefixes, no wildcards. A name may be used only as what it is listed as.
class SafetyLists {
public:
    /// What BUILD may give to an object or to what a call returned.
    /// distribution: a dict, or the pair that SciPy up to 1.5 writes; pairs: a dict, and entries (of a dict of a class of its own); any:
    /// one state of any kind of data, but neither entries nor items, for which Python looks up methods on the object.
    enum class State { none, dict, distribution, pairs, any };
    struct Class {
        State state = State::dict;
        std::optional<ArgumentShape> arguments;  ///< of NEWOBJ; none at all when absent
    };
    struct Callable {
        bool fold = false;  ///< only where the reader itself makes the value (artifact/pickle/fold.hpp)
        ArgumentShape arguments;
        State state = State::dict;
    };

    /// `invalid`, code "invalid-safety-list", with file and line.
    [[nodiscard]] static Result<SafetyLists> parse(std::span<const EmbeddedFile> files);
    /// The lists in the binary.
    [[nodiscard]] static Result<SafetyLists> builtin();

    /// Of all files: verdicts are stored with it.
    [[nodiscard]] const Digest& digest() const { return digest_; }

    // Names are "module:name".
    [[nodiscard]] const Class* find_class(std::string_view name) const;
    [[nodiscard]] std::span<const Callable> callables(std::string_view name) const;
    [[nodiscard]] bool is_function(std::string_view name) const { return functions_.contains(name); }
    [[nodiscard]] bool is_type(std::string_view name) const { return types_.contains(name); }
    /// Why a name is dangerous; absent when nothing is known against it.
    [[nodiscard]] std::optional<std::string_view> danger(std::string_view name) const;
    [[nodiscard]] std::size_t size() const { return classes_.size() + callables_.size() + functions_.size() + types_.size(); }

private:
    [[nodiscard]] Result<void> add_line(std::string_view line);
    [[nodiscard]] Result<void> add_class(std::string_view name, std::string_view rest);
    [[nodiscard]] Result<void> add_callable(std::string_view name, std::string_view rest);

    Digest digest_{Digest::Bytes{}};
    std::map<std::string, Class, std::less<>> classes_;
    std::map<std::string, std::vector<Callable>, std::less<>> callables_;
    std::set<std::string, std::less<>> functions_;
    std::set<std::string, std::less<>> types_;
    std::map<std::string, std::string, std::less<>> dangerous_;
};

}  // namespace assay
