#pragma once

#include <string>

namespace assay::test {

/// The root of the repository that the tests were built from. Known to one file only, so that the others compile to the same in every
/// folder.
[[nodiscard]] std::string source_dir();

}  // namespace assay::test
