#pragma once

#include "base/error.hpp"

namespace assay {

/// The documented exit codes (docs/formats.md); scripts branch on them.
enum class ExitCode : int {
    ok = 0,
    other = 1,
    usage = 2,
    not_found = 3,
    incompatible = 4,
    integrity = 5,
    unsafe = 6,
    permission = 7,
    conflict = 8,
    prediction_differs = 9,
    network = 10,
};

[[nodiscard]] ExitCode exit_code_of(ErrorKind kind);

}  // namespace assay
