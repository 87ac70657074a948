#pragma once

#include "base/digest.hpp"
#include "base/result.hpp"
#include "base/stream.hpp"

#include <string>

namespace assay::pipeline {

/// A copy of a model file as data alone: of what is read to re-create it everything, and nothing else; no code, no pickle, and of classes
/// the numbers of those that are re-created here (docs/formats.md, "Pipeline archive"). The same file gives the same bytes on every
/// machine, and so does an archive itself. `invalid`, code "not-decodable", for a model that is not re-created. Nothing of the file is run.
[[nodiscard]] Result<std::string> archive_of(RandomSource& file);

}  // namespace assay::pipeline
