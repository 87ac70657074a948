#include "clients/cpp/archive.hpp"

#include "base/text.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/result.hpp"

#include <limits>

namespace assay::test {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Every kind of value that docs/formats.md knows.
Archive complete() {
    Archive archive("example.complete/1");
    archive.put_number("number", -0.0);
    archive.put_integer("integer", INT64_MIN);
    archive.put_text("text", "Adélie");
    archive.put_texts("texts", {"a", ""});
    archive.put_vector("vector", Eigen::Vector2d(0.1, 1e300));
    archive.put_matrix("matrix", (Eigen::MatrixXd(2, 3) << 1, 2, 3, 4, 5, 6).finished());
    return archive;
}

std::string u64(std::uint64_t value) {
    std::string bytes;
    for (unsigned shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(value >> shift);
    return bytes;
}
std::string u32(std::uint32_t value) { return u64(value).substr(0, 4); }
std::string text(const std::string& value) { return u64(value.size()) + value; }

/// An archive with these values, the first of which brings the version of its class.
std::string archive_of(std::uint64_t count, const std::string& values) {
    return "ASSAYARC" + u32(1) + "\x01" + u32(1) + text("x/1") + u64(count) + values;
}
/// One value; `rest` begins with its kind.
std::string value(const std::string& rest) { return archive_of(1, u32(1) + text("a") + rest); }
constexpr char number = 1, texts = 4, vector = 5, matrix = 6;

std::string why(const std::string& bytes) {
    const Error error = error_of(parse_archive(bytes));
    CHECK(error.code == "invalid-archive");
    return error.because;
}

}  // namespace

TEST_CASE("an archive is written as docs/formats.md says, whatever the order of putting") {
    std::string lines;
    const std::string hex = to_hex(must(to_bytes(complete())));
    for (std::size_t i = 0; i < hex.size(); i += 64) lines += hex.substr(i, 64) + "\n";
    check_golden("archive.hex", lines);
    Archive other("x/1");
    other.put_number("b", 2);
    other.put_number("a", 1);
    CHECK(must(to_bytes(other)) == archive_of(2, u32(1) + text("a") + number + std::string("\0\0\0\0\0\0\xf0\x3f", 8) + text("b") + number +
                                                     std::string("\0\0\0\0\0\0\0\x40", 8)));
}

TEST_CASE("an archive that is read and written again has the same bytes") {
    const std::string bytes = must(to_bytes(complete()));
    const Archive read = must(parse_archive(bytes));
    CHECK(read.schema() == "example.complete/1");
    CHECK(must(to_bytes(read)) == bytes);
    CHECK(must(to_bytes(must(parse_archive(must(to_bytes(Archive(""))))))) == must(to_bytes(Archive(""))));
}

TEST_CASE("an archive cut anywhere is refused, and so is one with a byte too many") {
    const std::string bytes = must(to_bytes(complete()));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CAPTURE(size);
        CHECK(error_of(parse_archive(bytes.substr(0, size))).code == "invalid-archive");
    }
    CHECK(why(bytes + 'x') == "at byte " + std::to_string(bytes.size()) + ": it goes on for 1 byte after its end");
}

TEST_CASE("what is no archive, a later format and other numbers are told apart, with the offset") {
    CHECK(why("ASSAYARX" + u32(1) + "\x01") == "at byte 0: it does not begin as an archive does");
    CHECK(why("ASSAYARC" + u32(1)) == "at byte 12: it ends within its header");
    const Error later = error_of(parse_archive("ASSAYARC" + u32(2) + "\x01"));
    CHECK(later.code == "unknown-archive-version");
    CHECK(later.because == "at byte 8: it has format version 2, and 1 is known here");
    CHECK(why("ASSAYARC" + u32(1) + std::string(1, '\0')) == "at byte 12: its numbers are not little-endian");
    CHECK(why("ASSAYARC" + u32(1) + "\x01" + u32(2) + text("x/1") + u64(0)) ==
          "at byte 17: a part of it has version 2, and 1 is known here");
    CHECK(why(archive_of(1, u32(7) + text("a") + std::string(9, 'x'))).ends_with("a part of it has version 7, and 1 is known here"));
}

TEST_CASE("a size that the bytes cannot hold is refused before anything is allocated for it") {
    const std::uint64_t huge = std::uint64_t{1} << 60U;
    CHECK(why(archive_of(huge, "")).ends_with("1152921504606846976 values are announced, and 0 bytes are left; at most 100000 are read"));
    CHECK(why(archive_of(1, u32(1) + u64(huge) + "a" + std::string(20, 'x')))
              .ends_with("a text of 1152921504606846976 bytes is announced, and 21 are left"));
    CHECK(why(value(texts + u64(huge))).ends_with("a list of 1152921504606846976 texts is announced, and 0 bytes are left"));
    CHECK(why(value(vector + u64(huge)))
              .ends_with("1152921504606846976 x 1 numbers are announced, at most 2147483648 of a dimension are read"));
    CHECK(why(value(vector + u64(3) + u64(0) + u64(0))).ends_with("3 x 1 numbers are announced, and 16 bytes are left"));
    // 2^31 x 2^31 doubles are 2^65 bytes, which is 2 in 64 bits.
    CHECK(why(value(matrix + u64(std::uint64_t{1} << 31U) + u64(std::uint64_t{1} << 31U) + u64(0)))
              .ends_with("2147483648 x 2147483648 numbers are announced, and 8 bytes are left"));
    CHECK(why(value(matrix + u64(huge) + u64(0))).find("of a dimension") != std::string::npos);
    CHECK(must(parse_archive(value(matrix + u64(std::uint64_t{1} << 31U) + u64(0)))).values().size() == 1);
}

TEST_CASE("what is not a number is refused where it stands, unless it is allowed") {
    for (const double bad : {nan, -nan, infinity, -infinity}) {
        Archive archive("x/1");
        archive.put_vector("v", Eigen::Vector3d(1, bad, 3));
        archive.put_number("w", 1);
        CHECK(error_of(to_bytes(archive)).because == "it holds NaN or an infinity");
        const std::string bytes = must(to_bytes(archive, NonFinite::allow));
        const std::string because = why(bytes);
        CHECK(because.find("number 1 of 3 x 1 is ") != std::string::npos);
        const std::size_t at = bytes.find("v") + 1 + 1 + 8 + 8;
        CHECK(because.starts_with("at byte " + std::to_string(at) + ":"));
        CHECK(must(to_bytes(must(parse_archive(bytes, NonFinite::allow)), NonFinite::allow)) == bytes);
        archive.put_vector("v", Eigen::Vector2d(1, 2));
        archive.put_number("w", bad);
        CHECK(error_of(to_bytes(archive)).message == "'w' cannot be archived");
        CHECK(why(must(to_bytes(archive, NonFinite::allow))).find("a number is ") != std::string::npos);
    }
    Archive edges("x/1");  // the largest and the smallest are finite
    edges.put_vector("v", Eigen::Vector3d(std::numeric_limits<double>::max(), std::numeric_limits<double>::denorm_min(), -0.0));
    CHECK(must(to_bytes(must(parse_archive(must(to_bytes(edges)))))) == must(to_bytes(edges)));
}

TEST_CASE("names are ascending, not empty, UTF-8 and short; a kind that there is none of is refused") {
    const std::string one = number + std::string(8, '\0');
    CHECK(why(archive_of(2, u32(1) + text("b") + one + text("a") + one)).ends_with("the names are not in ascending order"));
    CHECK(why(archive_of(2, u32(1) + text("a") + one + text("a") + one)).ends_with("the names are not in ascending order"));
    CHECK(why(archive_of(1, u32(1) + text("") + one + std::string(8, 'x'))).ends_with("a name is empty"));
    CHECK(why(archive_of(1, u32(1) + text("\xff") + one)).ends_with("a text is not UTF-8"));
    CHECK(why(archive_of(1, u32(1) + text(std::string(1001, 'n')) + one)).ends_with("a name has 1001 bytes, at most 1000 are read"));
    CHECK(why(value(std::string(1, '\0') + std::string(8, '\0'))) == "at byte 49: there is no kind 0 of values");
    CHECK(why(value("\x07" + std::string(8, '\0'))).ends_with("there is no kind 7 of values"));
}

TEST_CASE("what could not be read back is not written") {
    Archive archive("x/1");
    archive.put_number("", 1);
    CHECK(error_of(to_bytes(archive)).because == "its name has 0 bytes; 1 to 1000 are possible");
    Archive broken("x/1");
    broken.put_texts("t", {"a", "\xff"});
    CHECK(error_of(to_bytes(broken)).because == "it is not UTF-8");
    CHECK(error_of(to_bytes(Archive("\xff"))).because == "the schema is not UTF-8");
}

}  // namespace assay::test
