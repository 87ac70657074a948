#include "artifact/text_format.hpp"

#include "tests/support/result.hpp"

#include <doctest/doctest.h>

#include <string>

namespace assay::test {

namespace {

std::string text_format_of(std::string_view bytes) {
    MemorySource source(bytes);
    return must(text_format(source));
}

}  // namespace

TEST_CASE("text is UTF-8 without control characters, JSON is what begins with a brace or bracket") {
    CHECK(text_format_of("hello\tworld\r\n") == "text");
    CHECK(text_format_of("") == "text");
    CHECK(text_format_of(" \n {\"a\":1}") == "json");
    CHECK(text_format_of("[1]") == "json");
    CHECK(text_format_of("\xef\xbb\xbf{}") == "json");
    CHECK(text_format_of("\xef\xbb\xbfhello") == "text");
    CHECK(text_format_of("pingüino") == "text");
}

TEST_CASE("bytes that are no text are none, wherever they stand") {
    using namespace std::string_view_literals;
    CHECK(text_format_of("a\0b"sv) == "");
    CHECK(text_format_of("a\x1b[31m") == "");
    CHECK(text_format_of("a\x7f") == "");
    CHECK(text_format_of("a\xff") == "");
    CHECK(text_format_of("a\xc3") == "");          // a character that breaks off
    CHECK(text_format_of("\xed\xa0\x80") == "");  // a surrogate
    CHECK(text_format_of(std::string(100'000, 'a') + "\x01") == "");
}

TEST_CASE("a character may lie across two readings") {
    for (const std::size_t lead : {65'533U, 65'534U, 65'535U, 65'536U}) {
        CAPTURE(lead);
        CHECK(text_format_of(std::string(lead, 'a') + "\xf0\x9f\x90\xa7 penguin") == "text");
        CHECK(text_format_of(std::string(lead, 'a') + "\xf0\x9f\x90") == "");
    }
}

TEST_CASE("a source that fails gives its error") {
    struct Broken final : Source {
        [[nodiscard]] Result<std::size_t> read(std::span<std::byte> /*buffer*/) override {
            return fail(ErrorKind::internal, "io-error", "the disk is gone");
        }
    } broken;
    CHECK(error_of(text_format(broken)).code == "io-error");
}

}  // namespace assay::test
