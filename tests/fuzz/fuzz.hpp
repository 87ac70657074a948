#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string_view>

// A fuzz target is a file <parser>_fuzz.cpp with `extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t*, std::size_t)`: it
// gives a stranger's bytes to a parser and requires what must hold for whatever the parser takes. Its seeds are in corpus/<parser>/.

namespace assay::test {

/// Ends the process, which libFuzzer reports with the input, when what must hold for every input does not.
inline void require(bool holds, std::source_location where = std::source_location::current()) {
    if (holds) return;
    std::fprintf(stderr, "%s:%u: what must hold for every input does not\n", where.file_name(), static_cast<unsigned>(where.line()));
    std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    // libFuzzer's memory has no terminator: a parser that reads one byte too far is caught.
    return size == 0 ? std::string_view() : std::string_view(reinterpret_cast<const char*>(data), size);
}

}  // namespace assay::test
