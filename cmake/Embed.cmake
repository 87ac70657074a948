# assay_embed(<target> NAME <function> FILES <file>...)
# Generates <function>.hpp/.cpp in the build tree: `std::span<const EmbeddedFile> <function>()` in namespace
# assay, the files' names (without folder) and bytes, sorted by name. (g++ 12 has no #embed.)
function(assay_embed target)
  cmake_parse_arguments(EMBED "" "NAME" "FILES" ${ARGN})
  set(directory "${CMAKE_CURRENT_BINARY_DIR}/embedded")
  set(output "${directory}/${EMBED_NAME}.cpp")
  set(header "${directory}/embedded/${EMBED_NAME}.hpp")
  string(REPLACE ";" "|" files "${EMBED_FILES}")
  add_custom_command(
    OUTPUT "${output}" "${header}"
    COMMAND ${CMAKE_COMMAND} -D "NAME=${EMBED_NAME}" -D "FILES=${files}" -D "SOURCE=${output}" -D "HEADER=${header}"
            -P "${CMAKE_SOURCE_DIR}/scripts/embed.cmake"
    DEPENDS ${EMBED_FILES} "${CMAKE_SOURCE_DIR}/scripts/embed.cmake"
    VERBATIM)
  set_source_files_properties("${output}" PROPERTIES SKIP_PRECOMPILE_HEADERS ON COMPILE_OPTIONS "$<$<CXX_COMPILER_ID:Clang>:-Wno-overlength-strings>")
  target_sources(${target} PRIVATE "${output}" "${header}")
  target_include_directories(${target} PRIVATE "${directory}")
endfunction()
