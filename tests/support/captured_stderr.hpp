#pragma once

#include "tests/support/temp_dir.hpp"

#include <string>

namespace assay::test {

/// While it lives, what this process writes to standard error goes to a file instead, also what spdlog and other threads write.
class CapturedStderr {
public:
    CapturedStderr();
    ~CapturedStderr();
    CapturedStderr(const CapturedStderr&) = delete;
    CapturedStderr& operator=(const CapturedStderr&) = delete;

    /// What was written so far.
    [[nodiscard]] std::string text() const;

private:
    TempDir folder_;
    int kept_;
};

}  // namespace assay::test
