// Where a part of an upload belongs: Content-Range. The input is the header on the first line and the length of the body on the second.
#include "api/v1/content_range.hpp"
#include "base/text.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <fmt/format.h>

namespace {

using assay::test::require;
using namespace assay;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::vector<std::string> lines = split(assay::test::text_of(data, size), '\n');
    Request request;
    request.headers.set("Content-Range", lines.front());
    if (const auto length = lines.size() > 1 ? parse_integer(lines[1]) : std::nullopt; length && *length >= 0)
        request.content_length = static_cast<std::uint64_t>(*length);
    const auto part = v1::content_range_of(request);
    if (!part) {
        require(part.error().code == "invalid-content-range");
        return 0;
    }
    // Sums of what is accepted stay within 64 bits.
    require(part->length > 0 && part->first + part->length > part->first);
    require(!part->total || part->first + part->length <= *part->total);
    require(!request.content_length || *request.content_length == part->length);
    const std::string total = part->total ? std::to_string(*part->total) : "*";
    Request again;
    again.headers.set("Content-Range", fmt::format("bytes {}-{}/{}", part->first, part->first + part->length - 1, total));
    const auto same = v1::content_range_of(again);
    require(same && same->first == part->first && same->length == part->length && same->total == part->total);
    return 0;
}
