# Warnings are errors in our own code; third-party headers come in as SYSTEM.
add_library(assay_warnings INTERFACE)
target_compile_options(assay_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
  # g++ 12 sees dangling pointers and uninitialised values in libstdc++'s inlined optional, regex and
  # std::expected at -O2 (GCC bugs 105562, 105593, 109224); these two are not ours.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-restrict>
  # clang 19 calls what libstdc++ 12 has inside of std::stable_sort deprecated.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
