#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// The statements of a SQL script, each without its semicolon and without the comments before it; CREATE TRIGGER … END is
/// one statement. `invalid`, code "sql-script", when a string, name, comment or trigger does not end.
[[nodiscard]] Result<std::vector<std::string>> split_statements(std::string_view script);

/// The first word of a statement in lower case: "create".
[[nodiscard]] std::string first_word(std::string_view statement);

}  // namespace assay
