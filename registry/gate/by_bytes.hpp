#pragma once

#include "registry/gate/question.hpp"

#include <string>

namespace assay::gate {

/// What the bytes were written as, against what the offered releases read.
void need_formats(const Question& question, Verdict& verdict);
/// The packages that the bytes import names of. One that is also declared as used, and has them all, is judged by its release next.
void need_names(const Question& question, Verdict& verdict);
/// The objects in the bytes: their layouts, state, values and generators, against the rules about content.
void need_contents(const Question& question, Verdict& verdict);

/// Whether what is known of the bytes settles how a release of a package counts: it need not be compared with the recorded one.
[[nodiscard]] bool is_settled_by_bytes(const Question& question, const std::string& package, const std::string& release);

}  // namespace assay::gate
