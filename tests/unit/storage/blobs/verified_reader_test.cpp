#include "storage/blobs/verified_reader.hpp"

#include "base/crypto.hpp"
#include "tests/support/result.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace assay::test {

namespace {

/// Stored bytes that can be damaged, and that count how often they are read.
struct Stored {
    std::string bytes;
    std::vector<std::uint64_t> reads = {};

    [[nodiscard]] BlobInfo info() const {
        BlobInfo info{sha256(bytes), bytes.size(), {}};
        for (std::size_t at = 0; at < bytes.size(); at += blob_chunk_bytes) {
            info.chunks.push_back(sha256(std::string_view(bytes).substr(at, blob_chunk_bytes)));
        }
        return info;
    }
    [[nodiscard]] StoredBytes source() {
        return [this](std::uint64_t offset, std::span<std::byte> buffer) -> Result<std::size_t> {
            reads.push_back(offset);
            const std::size_t start = std::min<std::size_t>(offset, bytes.size());
            const std::size_t count = std::min(buffer.size(), bytes.size() - start);
            std::memcpy(buffer.data(), bytes.data() + start, count);
            return count;
        };
    }
};

/// Two whole chunks and one of 100 bytes, no two bytes in a row alike.
Stored three_chunks() {
    Stored stored{std::string(2 * blob_chunk_bytes + 100, '\0')};
    for (std::size_t i = 0; i < stored.bytes.size(); ++i) stored.bytes[i] = static_cast<char>((i * 31 + (i >> 9U)) & 0xff);
    return stored;
}

std::string text(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace

TEST_CASE("verified bytes end with their chunk, with what was asked for or with the blob, whichever is first") {
    Stored stored = three_chunks();
    const auto reader = must(make_verified_reader(stored.info(), stored.source()));
    CHECK(reader->size() == stored.bytes.size());
    struct Case {
        std::uint64_t offset;
        std::size_t most;
        std::size_t count;
    };
    const std::size_t size = stored.bytes.size();
    for (const Case& one : {Case{0, 10, 10},
                            {0, 5 * blob_chunk_bytes, blob_chunk_bytes},
                            {blob_chunk_bytes - 3, 10, 3},
                            {blob_chunk_bytes, 10, 10},
                            {2 * blob_chunk_bytes, 1000, 100},
                            {size - 1, 10, 1},
                            {size, 10, 0},
                            {size + blob_chunk_bytes, 10, 0},
                            {UINT64_MAX, 10, 0},
                            {5, 0, 0}}) {
        CAPTURE(one.offset);
        CHECK(text(must(reader->read_at(one.offset, one.most))) == stored.bytes.substr(std::min<std::size_t>(one.offset, size), one.count));
    }
}

TEST_CASE("a chunk is read and hashed once while reads stay inside it") {
    Stored stored = three_chunks();
    const auto reader = must(make_verified_reader(stored.info(), stored.source()));
    for (const std::uint64_t offset : {0U, 17U, 99999U}) (void)must(reader->read_at(offset, 100));
    (void)must(reader->read_at(2 * blob_chunk_bytes + 5, 10));
    (void)must(reader->read_at(3, 10));
    CHECK(stored.reads == std::vector<std::uint64_t>{0, 2 * blob_chunk_bytes, 0});
}

TEST_CASE("a chunk with one bit changed is refused before a byte of it leaves, every time, and its neighbours are served") {
    Stored stored = three_chunks();
    const BlobInfo info = stored.info();
    const auto reader = must(make_verified_reader(info, stored.source()));
    (void)must(reader->read_at(blob_chunk_bytes, 1));  // good in the window before
    stored.bytes[blob_chunk_bytes + 7] = static_cast<char>(stored.bytes[blob_chunk_bytes + 7] ^ 1);
    (void)must(reader->read_at(0, 1));
    for (int twice = 0; twice < 2; ++twice) {
        const Error error = error_of(reader->read_at(blob_chunk_bytes + 100, 1));
        CHECK(error.kind == ErrorKind::integrity);
        CHECK(error.code == "blob-corrupt");
        CHECK(error.message.find(info.digest.to_string()) != std::string::npos);
        CHECK(error.because == "bytes 1048576 to 2097151 are not what was stored");
    }
    CHECK(must(reader->read_at(0, 4)).size() == 4);
    CHECK(must(reader->read_at(2 * blob_chunk_bytes, 4)).size() == 4);
}

TEST_CASE("a copy that ends too early is corrupt, not shorter") {
    Stored stored = three_chunks();
    const BlobInfo info = stored.info();
    const auto reader = must(make_verified_reader(info, stored.source()));
    stored.bytes.resize(blob_chunk_bytes + 5);
    const Error error = error_of(reader->read_at(blob_chunk_bytes, 1));
    CHECK(error.code == "blob-corrupt");
    CHECK(error.because == "it ends after 1048581 of 2097252 bytes");
}

TEST_CASE("an error of the disk is handed on as it is") {
    Stored stored = three_chunks();
    const auto reader = must(make_verified_reader(stored.info(), [](std::uint64_t, std::span<std::byte>) {
        return Result<std::size_t>(fail(ErrorKind::internal, "io-error", "the disk is gone"));
    }));
    CHECK(error_of(reader->read_at(0, 1)).code == "io-error");
}

TEST_CASE("a blob needs one digest for each of its chunks") {
    Stored stored = three_chunks();
    for (const std::size_t count : {0U, 2U, 4U}) {
        BlobInfo info = stored.info();
        info.chunks.resize(count, sha256("x"));
        CHECK(error_of(make_verified_reader(info, stored.source())).code == "chunk-list-wrong");
    }
    const BlobInfo empty{sha256(""), 0, {}};
    CHECK(must(must(make_verified_reader(empty, stored.source()))->read_at(0, 10)).empty());
}

}  // namespace assay::test
