#include "artifact/byte_cursor.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace assay::test {

namespace {

/// Gives `bytes` in pieces of at most `step`, then fails or ends; counts what is asked of it.
class Pieces final : public Source {
public:
    Pieces(std::string bytes, std::size_t step, bool fails) : bytes_(std::move(bytes)), step_(step), fails_(fails) {}
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> buffer) override {
        if (at_ == bytes_.size() && fails_) return fail(ErrorKind::internal, "io-error", "the disk is gone");
        const std::size_t count = std::min({step_, buffer.size(), bytes_.size() - at_});
        for (std::size_t i = 0; i < count; ++i) buffer[i] = static_cast<std::byte>(bytes_[at_ + i]);
        at_ += count;
        return count;
    }

private:
    std::string bytes_;
    std::size_t step_;
    bool fails_;
    std::size_t at_ = 0;
};

}  // namespace

TEST_CASE("numbers are little-endian, whatever pieces the source gives") {
    for (const std::size_t step : {1U, 3U, 100U}) {
        Pieces source("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x7f", step, false);
        ByteCursor cursor(source, 100);
        CHECK(cursor.u8() == 0x01);
        CHECK(cursor.u16() == 0x0302);
        CHECK(cursor.u32() == 0x07060504U);
        CHECK(cursor.offset() == 107);
        CHECK(cursor.u64() == 0x7f0e0d0c0b0a0908ULL);
        CHECK(cursor.at_end());
    }
}

TEST_CASE("after the end everything is nothing, and the offset stays where the missing bytes should begin") {
    MemorySource source("abc");
    ByteCursor cursor(source);
    CHECK(cursor.u8() == 'a');
    CHECK(cursor.u32() == 0);
    CHECK_FALSE(cursor.ok());
    CHECK(cursor.offset() == 1);
    CHECK(cursor.u8() == 0);
    CHECK(cursor.take(1).empty());
    CHECK(cursor.peek(1).empty());
    CHECK(cursor.some(1).empty());
    cursor.skip(1);
    CHECK_FALSE(cursor.line(10));
    CHECK(cursor.offset() == 1);
    CHECK_FALSE(cursor.source_error());
    CHECK_FALSE(cursor.at_end());  // a failure is no end
}

TEST_CASE("to look for the end is no failure") {
    MemorySource source("a");
    ByteCursor cursor(source);
    CHECK_FALSE(cursor.at_end());
    CHECK(cursor.peek(5) == "a");
    CHECK(cursor.take(1) == "a");
    CHECK(cursor.at_end());
    CHECK(cursor.at_end());
    CHECK(cursor.ok());
    CHECK(cursor.peek(5).empty());
    CHECK(cursor.ok());
}

TEST_CASE("a source that fails is not one that ended") {
    Pieces source("ab", 2, true);
    ByteCursor cursor(source);
    CHECK(cursor.take(2) == "ab");
    CHECK_FALSE(cursor.at_end());
    CHECK_FALSE(cursor.ok());
    REQUIRE(cursor.source_error());
    CHECK(cursor.source_error()->code == "io-error");
}

TEST_CASE("skipping goes beyond the buffer without reading, and stops at the end") {
    const std::string bytes = std::string(200'000, 'x') + "yz";
    MemoryBytes memory(bytes);
    RangeSource source(memory);
    ByteCursor cursor(source);
    CHECK(cursor.u8() == 'x');
    cursor.skip(199'999);
    CHECK(cursor.offset() == 200'000);
    CHECK(cursor.take(2) == "yz");
    cursor.skip(0);
    CHECK(cursor.ok());
    cursor.skip(1);
    CHECK_FALSE(cursor.ok());
    CHECK(cursor.offset() == 200'002);

    RangeSource again(memory);
    ByteCursor far(again);
    far.skip(UINT64_MAX);
    CHECK_FALSE(far.ok());
    CHECK(far.offset() == bytes.size());
}

TEST_CASE("a take is whole or nothing, and never more than the buffer") {
    const std::string bytes(ByteCursor::buffer_bytes + 10, 'q');
    MemorySource source(bytes);
    ByteCursor cursor(source);
    CHECK(cursor.take(ByteCursor::buffer_bytes).size() == ByteCursor::buffer_bytes);
    CHECK(cursor.peek(ByteCursor::buffer_bytes).size() == 10);
    CHECK(cursor.some(4).size() == 4);
    CHECK(cursor.some(UINT64_MAX).size() == 6);
    MemorySource again(bytes);
    ByteCursor other(again);
    CHECK(other.take(ByteCursor::buffer_bytes + 1).empty());
    CHECK_FALSE(other.ok());
}

TEST_CASE("a line ends at its newline, and has a limit") {
    const std::string longest(70'000, 'l');
    const std::string text = "first\n\n" + longest + "\nrest";
    MemorySource kept(text);
    ByteCursor cursor(kept);
    CHECK(cursor.line(5) == "first");
    CHECK(cursor.line(0) == "");
    CHECK(cursor.line(70'000) == longest);
    CHECK_FALSE(cursor.line(100));  // "rest" has no newline
    CHECK_FALSE(cursor.ok());

    MemorySource again(text);
    ByteCursor strict(again);
    CHECK_FALSE(strict.line(4));
    CHECK(strict.ok());  // it did not end: the line is too long
}

}  // namespace assay::test
