# assay_room(<name> SEES <rooms and libraries> [ALONE <regex>])
# One static library per room, of every .cpp below the current folder but examples: a file that exists is built.
# ALONE: those that cannot be compiled together with their neighbours (cmake/Together.cmake).
function(assay_room name)
  cmake_parse_arguments(ROOM "" "ALONE" "SEES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$|/examples/")
  assay_together(sources ALONE "${ROOM_ALONE}" SOURCES ${sources})
  add_library(assay_${name} STATIC ${sources})
  target_include_directories(assay_${name} PUBLIC "${CMAKE_SOURCE_DIR}")
  target_link_libraries(assay_${name} PUBLIC ${ROOM_SEES} PRIVATE assay_warnings)
  set_target_properties(assay_${name} PROPERTIES LINKER_LANGUAGE CXX)
  assay_precompile(assay_${name} <nlohmann/json.hpp> <fmt/format.h> <algorithm> <map> <set> <string> <vector>)
endfunction()
