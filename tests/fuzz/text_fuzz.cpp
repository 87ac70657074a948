// Percent-encoding, base64, digests, times, numbers and Unicode: what is written reads back, and what is read is written alike.
#include "artifact/media_type.hpp"
#include "base/clock.hpp"
#include "base/digest.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using assay::test::require;

void encodings(std::string_view text) {
    require(assay::from_base64(assay::to_base64(text)) == text);
    if (const auto bytes = assay::from_base64(text)) require(assay::to_base64(*bytes) == text);

    const std::string encoded = assay::encode_component(text);
    const auto decoded = assay::decode_component(encoded);
    require(decoded.has_value() == (assay::is_utf8(text) && text.find('\0') == std::string_view::npos));
    if (decoded) require(*decoded == text);
    require(encoded != "." && encoded != ".." && encoded.find('/') == std::string::npos);
    if (const auto once = assay::decode_component(text)) {
        require(assay::is_utf8(*once) && once->find('\0') == std::string::npos);
        require(assay::decode_component(assay::encode_component(*once)) == *once);
    }
    if (decoded) require(assay::decode_component(assay::encode_path(text)) == *decoded);
}

void values(std::string_view text) {
    if (const auto digest = assay::Digest::parse(text)) require(digest->to_string() == text);
    if (const auto digest = assay::Digest::parse_hex(text)) require(digest->hex() == text);
    if (const auto time = assay::Timestamp::parse(text)) {
        require(time->microseconds >= 0);
        const auto again = assay::Timestamp::parse(time->to_string());
        require(again && *again == *time && again->to_string() == time->to_string());
    }
    if (const auto number = assay::parse_integer(text)) require(assay::parse_integer(std::to_string(*number)) == number);
    if (const auto number = assay::parse_number(text)) require(*number - *number == 0);  // finite
    require(!assay::media_type_of_name(text).empty());
}

void unicode(std::string_view text) {
    for (const std::size_t most : {std::size_t{0}, std::size_t{5}, std::size_t{100}, std::size_t{100'000}}) {
        const std::string shown = assay::printable(text, most);
        require(assay::is_utf8(shown) && !assay::has_control_characters(shown));
    }
    const auto composed = assay::to_nfc(text);
    require(composed.has_value() == assay::is_utf8(text));
    if (!composed) return;
    require(assay::is_utf8(*composed) && assay::to_nfc(*composed) == *composed);
    require(assay::utf8_length(text) <= text.size());
    (void)assay::is_word_text(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = assay::test::text_of(data, size);
    encodings(text);
    values(text);
    unicode(text);
    return 0;
}
