# cmake --install build/release --prefix PREFIX: the binary, the C++ library with its headers and CMake package, and the systemd unit.
include(CMakePackageConfigHelpers)
install(TARGETS assay RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/Assay")
install(TARGETS assay_sdk EXPORT AssayTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY "${CMAKE_BINARY_DIR}/clients/cpp/include/assay" DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT AssayTargets NAMESPACE Assay:: DESTINATION ${package})
configure_package_config_file("${CMAKE_SOURCE_DIR}/cmake/AssayConfig.cmake.in" "${CMAKE_BINARY_DIR}/AssayConfig.cmake" INSTALL_DESTINATION ${package})
write_basic_package_version_file("${CMAKE_BINARY_DIR}/AssayConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_BINARY_DIR}/AssayConfig.cmake" "${CMAKE_BINARY_DIR}/AssayConfigVersion.cmake" DESTINATION ${package})

# The unit names the binary by its full path, which is known when --prefix is.
install(CODE "set(assay_binary \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/assay\")
configure_file(\"${CMAKE_SOURCE_DIR}/cmake/assay.service.in\" \"${CMAKE_BINARY_DIR}/assay.service\" @ONLY)")
install(FILES "${CMAKE_BINARY_DIR}/assay.service" DESTINATION lib/systemd/system)

# What a shell and man(1) find by themselves.
set(completions "${CMAKE_SOURCE_DIR}/clients/cli/completion")
install(FILES "${completions}/assay.bash" DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME assay)
install(FILES "${completions}/_assay" DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES "${completions}/assay.fish" DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(DIRECTORY "${CMAKE_BINARY_DIR}/man/" DESTINATION ${CMAKE_INSTALL_MANDIR})
