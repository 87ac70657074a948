#pragma once

#include <string>
#include <string_view>

namespace assay::test {

/// Compares `text` byte for byte with the file tests/golden/`name`; the test fails with both when they differ. With
/// ASSAY_UPDATE_GOLDEN=1 in the environment the file is written instead: a changed public format is a decision, to be
/// read in the diff.
void check_golden(const std::string& name, std::string_view text);

}  // namespace assay::test
