#include "api/v1/content_range.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace assay::v1 {

namespace {

std::unexpected<Error> refuse(std::string because) {
    return fail(Error(ErrorKind::invalid, "invalid-content-range", "the part of the upload cannot be placed")
                    .with_because(std::move(because))
                    .with_fix("send Content-Range: bytes FIRST-LAST/TOTAL, where FIRST is the Upload-Offset")
                    .with_problems({{"Content-Range", "is missing or malformed", ""}}));
}

/// Digits alone: no sign, no space, at most 2^63.
std::optional<std::uint64_t> number_of(std::string_view text) {
    if (!all_digits(text)) return std::nullopt;
    const auto number = parse_integer(text);
    if (!number) return std::nullopt;
    return static_cast<std::uint64_t>(*number);
}

}  // namespace

Result<UploadPart> content_range_of(const Request& request) {
    constexpr std::string_view unit = "bytes ";
    const auto header = request.headers.find("Content-Range");
    if (!header) return refuse("there is no Content-Range header");
    if (!header->starts_with(unit)) return refuse("Content-Range does not begin with 'bytes '");
    const std::string_view text = trim(std::string_view(*header).substr(unit.size()));
    const std::size_t dash = text.find('-');
    const std::size_t slash = text.find('/');
    if (dash == std::string_view::npos || slash == std::string_view::npos || slash < dash)
        return refuse("Content-Range is not FIRST-LAST/TOTAL");
    const auto first = number_of(text.substr(0, dash));
    const auto last = number_of(text.substr(dash + 1, slash - dash - 1));
    const std::string_view total_text = text.substr(slash + 1);
    const auto total = total_text == "*" ? std::nullopt : number_of(total_text);
    if (!first || !last || (!total && total_text != "*")) return refuse("Content-Range holds something else than numbers");
    if (*last < *first) return refuse("it ends before it begins");
    if (total && *last >= *total) return refuse("it ends beyond its own total");
    const UploadPart part{*first, *last - *first + 1, total};
    if (request.content_length && *request.content_length != part.length) {
        return refuse(fmt::format("it is {} bytes long, the body has {}", part.length, *request.content_length));
    }
    return part;
}

}  // namespace assay::v1
