#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// Runs a program (looked up in PATH) with `input` on its standard input and returns what it wrote to its standard output, at most
/// 16 MiB. Its standard error goes where ours goes. `not_found` (code "program-not-found") when there is no such program;
/// `invalid` (code "program-failed") when it does not end with status 0.
[[nodiscard]] Result<std::string> run_program(const std::vector<std::string>& arguments, std::string_view input);

}  // namespace assay
