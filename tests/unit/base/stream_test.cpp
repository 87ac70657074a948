#include "base/stream.hpp"

#include "tests/support/result.hpp"

#include <array>
#include <string>

namespace assay::test {

namespace {

/// One byte at a time, then an error instead of the end.
class FailingSource final : public Source {
public:
    explicit FailingSource(std::size_t good) : left_(good) {}
    Result<std::size_t> read(std::span<std::byte> buffer) override {
        if (left_ == 0) return fail(ErrorKind::network, "connection-broke", "the client went away");
        --left_;
        buffer[0] = std::byte{'x'};
        return 1;
    }

private:
    std::size_t left_;
};

}  // namespace

TEST_CASE("memory is read to its end in pieces of the buffer's size, and then stays at its end") {
    const std::string bytes("ab\0cd", 5);
    MemorySource source(bytes);
    std::array<std::byte, 2> buffer{};
    std::string read;
    for (const std::size_t expected : {2U, 2U, 1U, 0U, 0U}) {
        const std::size_t count = must(source.read(buffer));
        CHECK(count == expected);
        read.append(reinterpret_cast<const char*>(buffer.data()), count);
    }
    CHECK(read == bytes);
}

TEST_CASE("an empty buffer takes nothing and loses nothing") {
    MemorySource source("a");
    CHECK(must(source.read({})) == 0);
    CHECK(must(read_all(source, 10)) == "a");
}

TEST_CASE("read_all takes exactly as much as it may, and refuses one byte more") {
    for (const std::size_t size : {0U, 1U, 16383U, 16384U, 16385U, 50000U}) {
        const std::string bytes(size, 'b');
        MemorySource fits(bytes);
        CHECK(must(read_all(fits, size)) == bytes);
        if (size == 0) continue;
        MemorySource too_long(bytes);
        const Error error = error_of(read_all(too_long, size - 1));
        CHECK(error.kind == ErrorKind::too_large);
        CHECK(error.code == "too-large");
    }
}

TEST_CASE("read_all hands on the error of its source, and no part of the bytes") {
    FailingSource source(3);
    CHECK(error_of(read_all(source, 100)).code == "connection-broke");
    FailingSource longer(30);
    CHECK(error_of(read_all(longer, 10)).code == "too-large");
}

}  // namespace assay::test
