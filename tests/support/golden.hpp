#pragma once

#include <string_view>

namespace assay::test {

/// Compares `text` with tests/golden/<name>, byte for byte, and shows the first line that differs. With ASSAY_ACCEPT=1 in
/// the environment the file is written instead: look at the difference before committing it.
void check_golden(std::string_view name, std::string_view text);

}  // namespace assay::test
