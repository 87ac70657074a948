#pragma once

#include "artifact/content.hpp"

#include <string_view>

namespace assay {

/// Whether the bytes announce our own archive of named values (docs/formats.md, "Native archive").
[[nodiscard]] bool begins_like_archive(std::string_view first_bytes);

/// Reads such an archive to its end (format "archive"): its schema, how many values it has, its vectors and matrices. What the format does
/// not allow is an oddity, "archive-layout"; the C++ library, which loads archives, refuses it too.
[[nodiscard]] Result<void> inspect_archive(const Content& content, Inspection& inspection);

}  // namespace assay
