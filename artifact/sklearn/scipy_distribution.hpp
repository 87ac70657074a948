#pragma once

#include <string_view>

namespace assay {

/// Whether a `_parse_arg_template` is what SciPy itself writes: three functions that pass their arguments on. A pickled distribution
/// (scipy.stats, in a search's `param_distributions`) carries this text, and loading it *executes* the text, so any other is code of the
/// file's. Source: scipy/stats/_distn_infrastructure.py, parse_arg_template, SciPy 1.5 … 1.17.
[[nodiscard]] bool is_canonical_template(std::string_view text);

/// Whether SciPy up to 1.5 writes such a parameter of a distribution's constructor. There the state is a pair: the parameters, which
/// loading passes to `__init__` (it takes for `shapes` nothing but identifiers), and a random state. SciPy since 1.6 reads the pair too,
/// but tries
/// `__dict__.update` with it first, which may set an attribute named by one of two keys: no other names, therefore.
[[nodiscard]] bool is_constructor_parameter(std::string_view name);

}  // namespace assay
