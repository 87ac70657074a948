#pragma once

#include <string_view>

namespace assay {

/// A file of the source tree compiled into the binary (cmake/Embed.cmake).
struct EmbeddedFile {
    std::string_view name;  ///< without folder: "0001_blobs.sql"
    std::string_view bytes;
};

}  // namespace assay
