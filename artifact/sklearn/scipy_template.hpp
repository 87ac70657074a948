#pragma once

#include <string_view>

namespace assay {

/// Whether a `_parse_arg_template` is what SciPy itself writes: three functions that pass their arguments on. A pickled distribution
/// (scipy.stats, in a search's `param_distributions`) carries this text, and loading it *executes* the text, so any other is code of the
/// file's. Source: scipy/stats/_distn_infrastructure.py, parse_arg_template, SciPy 1.5 … 1.17.
[[nodiscard]] bool is_canonical_template(std::string_view text);

}  // namespace assay
