#pragma once

#include "artifact/pickle/graph.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// How a pickle uses an imported name: called, made an instance of, given to a call (whose shape says which may be), kept as a value.
enum class ImportUse { call, instantiate, argument, value };

/// A name that a load would import, for one use of it.
struct ImportRecord {
    std::string module;
    std::string name;
    std::string spelled;  ///< as the file spells it, when Python 3 reads another name; else empty
    ImportUse use = ImportUse::value;
    std::uint64_t count = 0;
    std::uint64_t offset = 0;  ///< of the first
    ValueId first = no_value;  ///< the global, or the call of it: where in the tree it is
    bool kept = true;  ///< false for a value that nothing holds: reading stopped before anything was done with it, or it was dropped
};

/// A kind of call that a load would make: the same callable with arguments and state of the same shape.
struct CallRecord {
    std::string module = {};
    bool of_call = false;  ///< what is called is the result of another call, and module.name the first that was called for it
    std::string name = {};
    CallForm form = CallForm::reduce;
    bool folded = false;  ///< a plain value (pickle/fold.hpp): nothing needs to be judged but the name
    std::vector<std::string> arguments = {};  ///< shape_of each; empty when folded
    std::vector<std::string> states = {};  ///< what BUILD gives it, in order: "dict", "slots", "tuple", …
    std::uint64_t count = 0;
    std::uint64_t offset = 0;  ///< of the first
    ValueId first = no_value;
};

/// A key of an object's state that would take the place of something its class has ("predict" holding a function), or chooses what runs.
struct StateRecord {
    std::string code;  ///< "state-code", or "opens-files" where the model would open the files that its input names
    std::string key;
    std::string holds;  ///< as Python would write it
    std::string name;  ///< "module.name" that takes the place, or the class of the object
    std::uint64_t offset = 0;
    ValueId object = no_value;
};

/// Everything that would be imported, called and built, also what the pickle then throws away.
struct PickleUses {
    std::vector<ImportRecord> imports;
    std::vector<CallRecord> calls;
    std::vector<StateRecord> states;
    bool truncated = false;  ///< there is more than InspectLimits::max_distinct
};
[[nodiscard]] PickleUses uses_of(const PickleGraph& graph, const std::vector<ValueId>& roots);

/// The kind of a value as an argument: "none", "bool", "int", "float", "str=latin1" (of a short text), "str", "bytes", "dtype", "array",
/// "scalar", "global=module:name", "object=module:Class", "call=module:name", "list", "tuple", "dict", "set"; the last four as "literal
/// list" … when they hold nothing but such numbers and texts.
[[nodiscard]] std::string shape_of(const PickleGraph& graph, ValueId id);

/// Names that Python itself looks up on an object or its class: `__class__`.
[[nodiscard]] bool is_special_key(std::string_view key);
/// Those of them that describe a function: a text or None in their place changes nothing that runs.
[[nodiscard]] bool is_description_key(std::string_view key);
/// What scikit-learn, a caller or unpickling itself calls on an object: whatever can be called in its place runs.
[[nodiscard]] bool is_method_key(std::string_view key);
/// Attributes by which scikit-learn finds a method or an attribute of another object by its name.
[[nodiscard]] bool is_chooser_key(std::string_view key);
/// Whether a name in such an attribute is one that the libraries put there: "predict_proba", "auto"; for `importance_getter` a path to a
/// fitted attribute, "named_steps.model.coef_".
[[nodiscard]] bool is_choice(std::string_view key, std::string_view name);

}  // namespace assay
