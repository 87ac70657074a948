#pragma once

#include "base/error.hpp"

namespace assay {

class Arguments;
struct ParseProblem;

/// What was wrong with a line, as one of our errors: `invalid`, code "usage". `whole` is the whole line, whose parse() answered `problem`.
/// The fixes are the word that was probably meant, the forms of the command and where it is explained.
[[nodiscard]] Error misuse_of(const Arguments& whole, const ParseProblem& problem);

}  // namespace assay
