# What /docs shows the API with: the files of the package that cmake/viewer.txt pins, as scripts/fetch_viewer unpacked them.
# Sets ASSAY_VIEWER_FILES. A binary without its documentation is never built silently.
file(STRINGS "${CMAKE_SOURCE_DIR}/cmake/viewer.txt" viewer_pin REGEX "^drf-spectacular-sidecar==")
string(REGEX REPLACE "^[^=]+==([0-9.]+) .*" "\\1" viewer_version "${viewer_pin}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/cmake/viewer.txt")
set(ASSAY_VIEWER_FILES "")
foreach(name swagger-ui-bundle.js swagger-ui.css favicon-32x32.png LICENSE)
  set(file "${CMAKE_SOURCE_DIR}/build/viewer/${viewer_version}/${name}")
  if(NOT EXISTS "${file}")
    message(FATAL_ERROR "The viewer of /docs, version ${viewer_version}, is not here (${file}).\n"
                        "Run scripts/fetch_viewer once, with a network; scripts/install_deps does so too.")
  endif()
  list(APPEND ASSAY_VIEWER_FILES "${file}")
endforeach()
