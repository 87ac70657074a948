#include "storage/blobs/blob_hasher.hpp"

#include "tests/contract/blob_store_contract.hpp"

namespace assay::test {

namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

/// As every store computes it.
BlobInfo expected(const std::string& bytes) {
    BlobInfo info{sha256(bytes), bytes.size(), {}};
    for (std::size_t at = 0; at < bytes.size(); at += blob_chunk_bytes)
        info.chunks.push_back(sha256(std::string_view(bytes).substr(at, blob_chunk_bytes)));
    return info;
}

}  // namespace

TEST_CASE("the pieces in which bytes come make no difference to what they are") {
    for (const std::size_t size : telling_sizes) {
        const std::string bytes = sample_bytes(size);
        for (const std::size_t piece : {std::size_t{100'003}, blob_chunk_bytes - 1, blob_chunk_bytes, 3 * blob_chunk_bytes + 1}) {
            CAPTURE(size);
            CAPTURE(piece);
            BlobHasher hasher;
            for (std::size_t at = 0; at < bytes.size(); at += piece) hasher.update(bytes_of(std::string_view(bytes).substr(at, piece)));
            CHECK(hasher.size() == size);
            CHECK(hasher.finish() == expected(bytes));
        }
    }
}

TEST_CASE("a hasher that has finished starts over") {
    BlobHasher hasher;
    hasher.update(bytes_of("first"));
    CHECK(hasher.finish() == expected("first"));
    CHECK(hasher.size() == 0);
    hasher.update(bytes_of("second"));
    CHECK(hasher.finish() == expected("second"));
    CHECK(hasher.finish() == expected(""));
}

}  // namespace assay::test
