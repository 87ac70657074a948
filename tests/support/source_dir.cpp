#include "tests/support/source_dir.hpp"

namespace assay::test {

std::string source_dir() { return ASSAY_SOURCE_DIR; }

}  // namespace assay::test
