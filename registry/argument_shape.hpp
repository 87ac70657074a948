#pragma once

#include "base/result.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// Arguments that a call may have: "(int, array, int)", "(class, literal*)", "(=latin1|bytes)". Words: none bool int float str bytes tuple
/// list dict set array dtype class function type object literal any; `A|B` either; `A*` as last one: any number of A; `=text` this very
/// string; `=module:name` this very name; `any` and `object` whatever is itself allowed. A `literal` is none, bool, int, float, str, bytes
/// or a container of nothing else.
class ArgumentShape {
public:
    /// Whether a list allows "module:name" as a "class", a "function" or a "type".
    using IsA = std::function<bool(std::string_view kind, std::string_view name)>;

    /// `invalid`, code "invalid-shape".
    [[nodiscard]] static Result<ArgumentShape> parse(std::string_view text);

    /// `arguments` as artifact/pickle/uses.hpp describes them (shape_of).
    [[nodiscard]] bool matches(const std::vector<std::string>& arguments, const IsA& is_a) const;

private:
    struct Slot {
        std::vector<std::string> words;
        bool repeated = false;
    };
    [[nodiscard]] static bool fits(const Slot& slot, std::string_view argument, const IsA& is_a);

    std::vector<Slot> slots_;
};

}  // namespace assay
