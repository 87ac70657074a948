#pragma once

#include "artifact/pipeline/fitted.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace assay::pipeline {

/// Whether the bytes announce the archive of a pipeline.
[[nodiscard]] bool begins_like_pipeline_archive(std::string_view first_bytes);

struct ArchivedFitted {
    std::unique_ptr<FittedSource> values;
    Digest made_from;  ///< SHA-256 of the file that it is a copy of
};

/// Reads the archive of a pipeline strictly. It takes no more memory than a small multiple of `bytes`, whatever they say, and its values
/// are no circle. `invalid`, code "invalid-archive", with the cause and the offset; code "unknown-archive-version" when a later release
/// wrote it.
[[nodiscard]] Result<ArchivedFitted> read_archive(std::string bytes);

}  // namespace assay::pipeline
