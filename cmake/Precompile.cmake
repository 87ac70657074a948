# assay_precompile(<target> <header>...): the headers that take longest to read are read once for all of the target's sources.
# With clang only: g++ 12 mixes up the optimisation level that such a header was compiled for, and ccache does not keep what it makes.
function(assay_precompile target)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    return()
  endif()
  target_precompile_headers(${target} PRIVATE ${ARGN})
  # So that ccache keeps what was compiled with them (its manual, "Precompiled headers"; its sloppiness is set in CMakePresets.json).
  target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
endfunction()
