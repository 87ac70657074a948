#pragma once

#include <string>

namespace assay {

/// The name that Python 3 imports for a name in a pickle of protocol 0, 1 or 2 (`pickle.load(…, fix_imports=True)`, the default):
/// "__builtin__", "unicode" becomes "builtins", "str". Returns whether it changed.
bool to_python_3(std::string& module, std::string& name);

}  // namespace assay
