#pragma once

#include "registry/gate/question.hpp"

namespace assay::gate {

/// The interpreter counts through the pickle protocol that it writes and reads: by rules, and never by distance alone.
void need_python(const Question& question, Verdict& verdict);
/// The packages that the push declares as used, and that the bytes do not settle.
void need_packages(const Question& question, Verdict& verdict);

}  // namespace assay::gate
