#pragma once

#include <Eigen/Core>

#include <map>
#include <string>

namespace assay {

/// What a native program has: the libraries that it was compiled with (docs/formats.md, "Environment").
struct NativeEnvironment {
    std::string platform;                         ///< "linux-x86_64"
    std::map<std::string, std::string> packages;  ///< name → release; add what else your models need
};

/// The part that the library knows: the platform, and the releases of assay and of the cereal it was compiled with.
[[nodiscard]] NativeEnvironment library_environment();

/// The environment of the program that calls this: its Eigen is the one that this line is compiled with.
[[nodiscard]] inline NativeEnvironment native_environment() {
    NativeEnvironment environment = library_environment();
    environment.packages["eigen"] =
        std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." + std::to_string(EIGEN_MINOR_VERSION);
    return environment;
}

/// As the registry keeps it: RFC 8785 JSON with the names of packages normalised; what `assay fetch --environment FILE` reads. Its SHA-256
/// names it there.
[[nodiscard]] std::string to_text(const NativeEnvironment& environment);

}  // namespace assay
