#pragma once

#include "base/result.hpp"

#include <string>

namespace assay {

/// MD5 (RFC 1321) of a file, by OpenSSL, as 32 lowercase hex digits. It proves nothing, and says which file another tool meant.
/// `not_found`, code "file-not-found"; `invalid`, code "no-md5", where the system's policy has switched it off.
[[nodiscard]] Result<std::string> md5_of_file(const std::string& path);

}  // namespace assay
