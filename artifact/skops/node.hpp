#pragma once

#include "base/json.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// The loaders of skops 0.3 … 0.16: what each makes of its node when the file is loaded. Source: skops, skops/io/_general.py, _numpy.py,
/// _scipy.py, _sklearn.py, _quantile_forest.py and old/.
enum class SkopsLoader {
    cached,            ///< what another node made
    json,              ///< a value in JSON text
    dict,              ///< `cls()` filled with `key_type(key)` → value
    default_dict,      ///< collections.defaultdict with its factory
    deprecated_dict,   ///< scikit-learn < 1.2: _DictWithDeprecatedKeys(**main)
    list,              ///< `cls([…])`
    set,               ///< `cls([…])`
    tuple,             ///< a tuple, or `cls(*…)` of a named tuple
    slice,
    bytes,             ///< a member of the zip
    byte_array,        ///< a member of the zip
    function,          ///< a name; in protocol 0 the one in `content`
    type,              ///< a name
    partial,           ///< functools.partial(func, *args, **kwds)
    method,            ///< getattr(object, name)
    operator_function, ///< operator.cls(*attrs)
    object,            ///< `cls.__new__(cls)` and its state
    constructor,       ///< `cls(*content)`
    array,             ///< `cls(array)` of a .npy member, or an array of objects
    masked_array,
    dtype,
    random_state,      ///< `cls()` and set_state
    random_generator,  ///< `cls(numpy.random.<a name in the content>(…))`
    sparse_matrix,     ///< a .npz member
    tree,              ///< sklearn.tree._tree.Tree(*args) and its state
    loss,              ///< `cls(*args)`
    quantile_forest,   ///< quantile_forest's own (*args) and its state
};

/// Absent for a name that no release of skops has.
[[nodiscard]] std::optional<SkopsLoader> parse_skops_loader(std::string_view name);

/// Whether the value is a node: an object with a text `__loader__`.
[[nodiscard]] bool is_skops_node(const Json& json);
/// Text of a member; empty when there is none.
[[nodiscard]] std::string skops_text(const Json& node, const char* key);
/// What its `__loader__` names; absent when there is none, or none that is known.
[[nodiscard]] std::optional<SkopsLoader> skops_loader(const Json& node);
/// "sklearn.svm._classes.SVC"
[[nodiscard]] std::string skops_class(const Json& node);
/// A member of any kind, or null.
[[nodiscard]] const Json& skops_member(const Json& node, const char* key);
/// The state of an ObjectNode or of what is made by __reduce__: name → node; null when it is no dict.
[[nodiscard]] const Json& skops_state(const Json& node);
/// The nodes of a list, tuple, set or array of objects; an empty array when it is none.
[[nodiscard]] const Json& skops_items(const Json& node);
/// The value of a JsonNode; absent for other nodes and for what is no JSON.
[[nodiscard]] std::optional<Json> skops_value(const Json& node);

}  // namespace assay
