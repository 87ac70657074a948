#pragma once

#include "base/digest.hpp"

#include <span>
#include <string_view>

namespace assay {

/// A file of the source tree compiled into the binary (cmake/Embed.cmake).
struct EmbeddedFile {
    std::string_view name;  ///< without folder: "0001_blobs.sql"
    std::string_view bytes;
};

/// Of the names and bytes of all files, in their order.
[[nodiscard]] Digest digest_of(std::span<const EmbeddedFile> files);

}  // namespace assay
