#include "artifact/joblib/in_pickle.hpp"

#include "artifact/file_part.hpp"

#include <memory>

namespace assay {

namespace {

constexpr std::string_view before_size =
    "\x80\x04"
    "cjoblib\nload\ncio\nBytesIO\n\x8e";
constexpr std::size_t size_bytes = 8;

}  // namespace

std::string joblib_in_pickle_head(std::uint64_t size) {
    std::string head(before_size);
    for (unsigned shift = 0; shift < 8 * size_bytes; shift += 8) head += static_cast<char>((size >> shift) & 0xffU);
    return head;
}

Result<std::optional<Content>> joblib_within(const Content& content, std::string_view first_bytes) {
    const std::uint64_t around = before_size.size() + size_bytes + joblib_in_pickle_tail.size();
    if (content.random == nullptr || content.size <= around) return std::nullopt;
    const std::uint64_t size = content.size - around;
    if (!first_bytes.starts_with(joblib_in_pickle_head(size))) return std::nullopt;
    const std::uint64_t tail_at = content.size - joblib_in_pickle_tail.size();
    std::string tail;
    while (tail.size() < joblib_in_pickle_tail.size()) {
        TRY_ASSIGN(const auto some, content.random->read_at(tail_at + tail.size(), joblib_in_pickle_tail.size() - tail.size()));
        if (some.empty()) return std::nullopt;
        tail.append(reinterpret_cast<const char*>(some.data()), some.size());
    }
    if (tail != joblib_in_pickle_tail) return std::nullopt;
    const auto part = std::make_shared<FilePart>(*content.random, before_size.size() + size_bytes, size);
    return Content{[part] { return std::make_unique<RangeSource>(*part); }, part.get(), size};
}

}  // namespace assay
