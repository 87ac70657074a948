#include "registry/check_samples.hpp"

#include "artifact/media_type.hpp"
#include "artifact/sample.hpp"
#include "base/text.hpp"
#include "registry/blobs.hpp"

#include <fmt/format.h>

#include <mutex>

namespace assay {

namespace {

/// What a sample becomes in memory is several times its bytes.
std::mutex one_at_a_time;

bool is_sample(const PushFile& file) {
    return (file.media_type.empty() ? media_type_of_name(file.path) : std::string_view(file.media_type)) == sample_media_type;
}

/// The whole blob, verified. Absent when it is not here, or is found damaged.
Result<std::optional<std::string>> read_blob(Registry& registry, const Digest& digest) {
    const auto unless_damaged = [&](Error error) -> Result<std::optional<std::string>> {
        if (error.code == "blob-corrupt") {
            TRY(mark_if_corrupt(registry, digest));
            return std::nullopt;
        }
        if (error.kind == ErrorKind::not_found) return std::nullopt;
        return fail(std::move(error));
    };
    auto reader = open_blob(registry, digest);
    if (!reader) return unless_damaged(std::move(reader).error());
    std::string bytes;
    while (bytes.size() < (*reader)->size()) {
        auto chunk = (*reader)->read_at(bytes.size(), blob_chunk_bytes);
        if (!chunk) return unless_damaged(std::move(chunk).error());
        bytes.append(reinterpret_cast<const char*>(chunk->data()), chunk->size());
    }
    return bytes;
}

void add_problems(const PushFile& file, const Error& error, Problems& problems) {
    const std::string path = printable(file.path, 200);
    if (error.problems.empty()) {
        problems.push_back(
            {file.field, fmt::format("{} is not a sample: {}{}{}", path, error.message, error.because.empty() ? "" : ": ", error.because),
             error.fixes.empty() ? "" : error.fixes.front()});
    }
    for (const FieldProblem& problem : error.problems)
        problems.push_back({file.field, fmt::format("{}: {} {}", path, problem.field, problem.message), problem.fix});
}

}  // namespace

Result<Sample> read_sample_of(Registry& registry, const Digest& digest) {
    TRY_ASSIGN(const auto bytes, read_blob(registry, digest));
    if (!bytes) return fail(ErrorKind::not_found, "blob-missing", "the sample is not in the store, or damaged");
    return parse_sample(*bytes, SampleOutputs::required);
}

Result<std::optional<SampleContent>> read_sample_content(Registry& registry, const Digest& digest) {
    const std::scoped_lock lock(one_at_a_time);
    TRY_ASSIGN(const auto bytes, read_blob(registry, digest));
    if (!bytes) return std::nullopt;
    TRY_ASSIGN(const Sample sample, parse_sample(*bytes, SampleOutputs::required));
    SampleContent content{static_cast<std::int64_t>(sample.rows), {}};
    for (const auto& [method, output] : sample.outputs) content.methods.push_back(method);
    return content;
}

Result<void> check_samples(Registry& registry, const std::vector<PushFile>& files, Problems& problems) {
    const PushFile* first = nullptr;
    for (const PushFile& file : files) {
        if (!is_sample(file)) continue;
        if (first != nullptr) {
            problems.push_back({file.field,
                                fmt::format("{} is a second sample beside {}", printable(file.path, 200), printable(first->path, 200)),
                                "a version has one sample; name what is none of ours otherwise"});
            return {};
        }
        first = &file;
        TRY_ASSIGN(const auto size, stat_blob(registry, file.digest));
        if (!size) continue;
        const SampleLimits limits;
        if (*size > limits.max_bytes) {
            problems.push_back({file.field,
                                fmt::format("{} has {} bytes; a sample has at most {}", printable(file.path, 200), *size, limits.max_bytes),
                                "give fewer rows"});
            continue;
        }
        const std::scoped_lock lock(one_at_a_time);
        TRY_ASSIGN(const auto bytes, read_blob(registry, file.digest));
        if (!bytes) continue;
        if (const auto sample = parse_sample(*bytes, SampleOutputs::required, limits); !sample)
            add_problems(file, sample.error(), problems);
    }
    return {};
}

}  // namespace assay
