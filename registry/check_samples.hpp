#pragma once

#include "artifact/sample.hpp"
#include "registry/push.hpp"
#include "registry/registry.hpp"

namespace assay {

/// Reads the samples among the files of a registration: those whose media type, said or implied by the name, is that of a sample. One that
/// is none, or has no outputs, and a second sample become problems of `files[i]`, with the path and the place inside. A blob that is not
/// here is left to the caller to report; one found damaged is marked so. Fails only when the store or the database does.
[[nodiscard]] Result<void> check_samples(Registry& registry, const std::vector<PushFile>& files, Problems& problems);

/// A sample in the store. Fails also when its blob is not here or damaged.
[[nodiscard]] Result<Sample> read_sample_of(Registry& registry, const Digest& digest);

/// What replaying a sample gives, as far as it is known without a model.
struct SampleContent {
    std::int64_t rows = 0;
    std::vector<std::string> methods;
};
/// Of a sample in the store; absent when its blob is not here or damaged.
[[nodiscard]] Result<std::optional<SampleContent>> read_sample_content(Registry& registry, const Digest& digest);

}  // namespace assay
