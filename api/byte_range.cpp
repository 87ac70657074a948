#include "api/byte_range.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

Error not_satisfiable(std::string because, std::uint64_t size) {
    return Error(ErrorKind::invalid, "range-not-satisfiable", fmt::format("the requested range is not one of the file's {} bytes", size))
        .with_because(std::move(because));
}

}  // namespace

Result<std::optional<ByteRange>> range_of(const Request& request, std::uint64_t size, const std::string& etag) {
    const auto header = request.headers.find("Range");
    if (request.method != Method::get) return std::nullopt;  // nothing else has ranges
    if (!header || !header->starts_with("bytes=")) return std::nullopt;
    if (const auto condition = request.headers.find("If-Range"); condition && *condition != etag) return std::nullopt;
    const std::string_view text = trim(std::string_view(*header).substr(6));
    if (text.find(',') != std::string_view::npos) return fail(not_satisfiable("only one range can be asked for at a time", size));
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto first = parse_integer(text.substr(0, dash));
    const auto last = parse_integer(text.substr(dash + 1));
    if (dash == 0) {  // the last N bytes
        if (!last || *last < 0) return std::nullopt;
        if (*last == 0 || size == 0) return fail(not_satisfiable("it is empty", size));
        const std::uint64_t length = std::min<std::uint64_t>(static_cast<std::uint64_t>(*last), size);
        return ByteRange{size - length, length};
    }
    const bool open_ended = dash + 1 == text.size();
    if (!first || *first < 0 || (!open_ended && (!last || *last < *first))) return std::nullopt;
    const auto start = static_cast<std::uint64_t>(*first);
    if (start >= size) return fail(not_satisfiable(fmt::format("it begins at byte {}", start), size));
    const std::uint64_t end = open_ended ? size : std::min<std::uint64_t>(size, static_cast<std::uint64_t>(*last) + 1);
    return ByteRange{start, end - start};
}

}  // namespace assay
