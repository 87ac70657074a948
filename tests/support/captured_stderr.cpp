#include "tests/support/captured_stderr.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>

namespace assay::test {

CapturedStderr::CapturedStderr() : kept_(::dup(STDERR_FILENO)) {
    std::fflush(stderr);
    const int file = ::open((folder_ / "stderr").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    REQUIRE(file >= 0);
    REQUIRE(::dup2(file, STDERR_FILENO) == STDERR_FILENO);
    ::close(file);
}

CapturedStderr::~CapturedStderr() {
    std::fflush(stderr);
    ::dup2(kept_, STDERR_FILENO);
    ::close(kept_);
}

std::string CapturedStderr::text() const {
    std::fflush(stderr);
    std::ifstream file(folder_ / "stderr", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace assay::test
