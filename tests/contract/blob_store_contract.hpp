#pragma once

#include "base/crypto.hpp"
#include "storage/blobs/blob_store.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <thread>

namespace assay::test {

/// A store under test and the hands to damage it with.
class BlobStoreUnderTest {
public:
    virtual ~BlobStoreUnderTest() = default;
    virtual BlobStore& store() = 0;
    /// Changes the stored bytes behind the store's back.
    virtual void damage(const Digest& digest, const std::function<void(std::string&)>& change) = 0;
    /// Everything that a failed or finished put might have left beside the blobs themselves.
    virtual std::vector<std::string> litter() = 0;
};

/// Bytes that differ in every chunk, the same for the same arguments.
inline std::string sample_bytes(std::size_t size, std::uint64_t seed = 1) {
    std::string bytes(size, '\0');
    std::uint64_t state = seed * 0x9E3779B97F4A7C15U + 1;
    for (char& byte : bytes) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        byte = static_cast<char>(state >> 56U);
    }
    return bytes;
}

/// A source that gives `bytes` in pieces of at most `piece` and then fails, if it is told to.
class PieceSource final : public Source {
public:
    PieceSource(std::string_view bytes, std::size_t piece, std::optional<Error> error = std::nullopt)
        : rest_(bytes), piece_(piece), error_(std::move(error)) {}
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> buffer) override {
        if (rest_.empty() && error_) return fail(*error_);
        MemorySource piece(rest_.substr(0, piece_));
        TRY_ASSIGN(const std::size_t count, piece.read(buffer));
        rest_.remove_prefix(count);
        return count;
    }

private:
    std::string_view rest_;
    std::size_t piece_;
    std::optional<Error> error_;
};

inline BlobInfo put_bytes(BlobStore& store, std::string_view bytes, const PutExpectation& expectation = {}) {
    MemorySource source(bytes);
    return must(store.put(source, expectation));
}

inline Result<std::string> read_blob(BlobStore& store, const BlobInfo& info) {
    TRY_ASSIGN(const auto reader, store.open(info));
    std::string bytes;
    while (bytes.size() < reader->size()) {
        TRY_ASSIGN(const auto part, reader->read_at(bytes.size(), blob_chunk_bytes));
        if (part.empty()) break;
        bytes.append(reinterpret_cast<const char*>(part.data()), part.size());
    }
    return bytes;
}

inline std::set<Digest> blobs_of(BlobStore& store) {
    std::set<Digest> found;
    must(store.for_each([&](const Digest& digest, std::uint64_t) -> Result<void> {
        found.insert(digest);
        return {};
    }));
    return found;
}

inline constexpr std::array<std::size_t, 6> telling_sizes{
    0, 1, blob_chunk_bytes - 1, blob_chunk_bytes, blob_chunk_bytes + 1, 5 * blob_chunk_bytes};

/// What every BlobStore must do; `Fixture` is a BlobStoreUnderTest over an empty store.
template <class Fixture>
void blob_store_contract() {
    Fixture fixture;
    BlobStore& store = fixture.store();

    SUBCASE("bytes of every telling size come back as they went in") {
        for (const std::size_t size : telling_sizes) {
            CAPTURE(size);
            const std::string bytes = sample_bytes(size);
            PieceSource source(bytes, 100'003);
            const BlobInfo info = must(store.put(source, {sha256(bytes), size}));
            CHECK(info.digest == sha256(bytes));
            CHECK(info.size == size);
            REQUIRE(info.chunks.size() == (size + blob_chunk_bytes - 1) / blob_chunk_bytes);
            for (std::size_t i = 0; i < info.chunks.size(); ++i) {
                CHECK(info.chunks[i] == sha256(std::string_view(bytes).substr(i * blob_chunk_bytes, blob_chunk_bytes)));
            }
            CHECK(must(read_blob(store, info)) == bytes);
            CHECK(must(store.stat(info.digest)) == size);
            const BlobInfo described = must(store.describe(info.digest));
            CHECK(described.digest == info.digest);
            CHECK(described.size == info.size);
            CHECK(described.chunks == info.chunks);
        }
        CHECK(blobs_of(store).size() == telling_sizes.size());
        CHECK(fixture.litter().empty());
    }

    SUBCASE("a partial blob becomes a blob like any other, whoever holds it in between") {
        for (const std::size_t size : telling_sizes) {
            CAPTURE(size);
            const std::string bytes = sample_bytes(size, 7);
            const auto append = [&](PartialBlob& partial, std::size_t to) {
                must(partial.append(std::as_bytes(std::span(bytes)).subspan(partial.size(), to - partial.size())));
            };
            const std::string name = "partial-" + std::to_string(size);
            append(*must(store.begin_partial(name)), size / 3);
            CHECK(error_of(store.begin_partial(name)).kind == ErrorKind::conflict);
            const auto partial = must(store.open_partial(name));
            CHECK(partial->size() == size / 3);
            append(*partial, size / 2);
            append(*partial, size);
            CHECK(partial->is_usable());
            CHECK(error_of(store.complete(*partial, {sha256("others"), size})).code == "digest-mismatch");
            CHECK(error_of(store.complete(*partial, {sha256(bytes), size + 1})).code == "size-mismatch");
            CHECK_FALSE(must(store.stat(sha256(bytes))));
            const BlobInfo info = must(store.complete(*partial, {sha256(bytes), size}));
            CHECK(must(store.describe(info.digest)) == info);
            CHECK(must(read_blob(store, info)) == bytes);
            CHECK(must(store.complete(*must(store.open_partial(name)), {sha256(bytes), size})) == info);  // as after a crash
            const auto entries = must(store.partials());
            REQUIRE(entries.size() == 1);
            CHECK(entries[0].name == name);
            CHECK(entries[0].size == size);
            must(store.remove_partial(name));
            must(store.remove_partial(name));
            CHECK(must(read_blob(store, info)) == bytes);
        }
        CHECK(must(store.partials()).empty());
        CHECK(error_of(store.open_partial("absent")).code == "partial-blob-not-found");
        CHECK(blobs_of(store).size() == telling_sizes.size());
        CHECK(fixture.litter().empty());
    }

    SUBCASE("a partial blob heals a damaged copy of its bytes") {
        const BlobInfo info = put_bytes(store, "hello");
        fixture.damage(info.digest, [](std::string& bytes) { bytes[0] = 'j'; });
        const auto partial = must(store.begin_partial("healer"));
        must(partial->append(std::as_bytes(std::span(std::string_view("hello")))));
        CHECK(must(store.complete(*partial, {info.digest, 5})) == info);
        CHECK(must(read_blob(store, info)) == "hello");
    }

    SUBCASE("bytes that are not what was announced are refused and leave nothing") {
        for (const std::size_t size : {std::size_t{10}, blob_chunk_bytes, 3 * blob_chunk_bytes + 5}) {
            CAPTURE(size);
            const std::string bytes = sample_bytes(size);
            const auto refused = [&](const PutExpectation& expectation) {
                MemorySource source(bytes);
                const Error error = error_of(store.put(source, expectation));
                CHECK(error.kind == ErrorKind::integrity);
                return error.code;
            };
            CHECK(refused({sha256("something else"), std::nullopt}) == "digest-mismatch");
            CHECK(refused({sha256("something else"), size}) == "digest-mismatch");
            CHECK(refused({std::nullopt, size + 1}) == "size-mismatch");
            CHECK(refused({std::nullopt, size - 1}) == "size-mismatch");
            CHECK(refused({sha256(bytes), 0}) == "size-mismatch");
        }
        CHECK(blobs_of(store).empty());
        CHECK(fixture.litter().empty());
    }

    SUBCASE("a source that fails half-way leaves nothing and its own error") {
        for (const std::size_t size : {std::size_t{0}, std::size_t{10}, blob_chunk_bytes, 6 * blob_chunk_bytes + 5}) {
            CAPTURE(size);
            const std::string bytes = sample_bytes(size);
            PieceSource source(bytes, 65'536, Error(ErrorKind::network, "connection-lost", "the client went away"));
            CHECK(error_of(store.put(source, {})).code == "connection-lost");
        }
        CHECK(blobs_of(store).empty());
        CHECK(fixture.litter().empty());
    }

    SUBCASE("the same bytes from eight threads at once are one blob") {
        for (const std::size_t size : {std::size_t{1000}, 2 * blob_chunk_bytes + 7}) {
            const std::string bytes = sample_bytes(size, 7);
            std::atomic<int> good = 0;
            {
                std::vector<std::jthread> threads;
                for (int i = 0; i < 8; ++i) {
                    threads.emplace_back([&] {
                        MemorySource source(bytes);
                        const auto info = store.put(source, {});
                        if (info && info->digest == sha256(bytes) && read_blob(store, *info) == bytes) ++good;
                    });
                }
            }
            CHECK(good == 8);
        }
        CHECK(blobs_of(store).size() == 2);
        CHECK(fixture.litter().empty());
    }

    SUBCASE("different bytes from eight threads at once are all kept") {
        std::atomic<int> good = 0;
        {
            std::vector<std::jthread> threads;
            for (std::uint64_t i = 0; i < 8; ++i) {
                threads.emplace_back([&, i] {
                    for (std::uint64_t j = 0; j < 16; ++j) {
                        const std::string bytes = sample_bytes(2000 + i, i * 100 + j);
                        MemorySource source(bytes);
                        const auto info = store.put(source, {});
                        if (info && read_blob(store, *info) == bytes) ++good;
                    }
                });
            }
        }
        CHECK(good == 128);
        CHECK(blobs_of(store).size() == 128);
    }

    SUBCASE("reads of any range give exactly those bytes, never across a chunk") {
        const std::string bytes = sample_bytes(3 * blob_chunk_bytes + 100);
        const BlobInfo info = put_bytes(store, bytes);
        const auto reader = must(store.open(info));
        struct Range {
            std::uint64_t offset;
            std::size_t max;
            std::size_t expected;
        };
        for (const Range& range : {Range{0, 1, 1}, Range{blob_chunk_bytes - 1, 10, 1}, Range{blob_chunk_bytes, 10, 10},
                                   Range{5, blob_chunk_bytes, blob_chunk_bytes - 5}, Range{3 * blob_chunk_bytes + 99, 10, 1},
                                   Range{3 * blob_chunk_bytes, 5'000'000, 100}, Range{7, 0, 0}, Range{bytes.size(), 1, 0},
                                   Range{bytes.size() + 1, 1, 0}, Range{~std::uint64_t{0}, 1, 0}}) {
            CAPTURE(range.offset);
            const auto part = must(reader->read_at(range.offset, range.max));
            REQUIRE(part.size() == range.expected);
            const std::string_view read(reinterpret_cast<const char*>(part.data()), part.size());
            if (!read.empty()) CHECK(read == std::string_view(bytes).substr(range.offset, range.expected));
        }
    }

    SUBCASE("a flipped bit is found in its chunk and the other chunks are served") {
        const std::string bytes = sample_bytes(3 * blob_chunk_bytes);
        const BlobInfo info = put_bytes(store, bytes);
        fixture.damage(info.digest, [](std::string& stored) { stored[blob_chunk_bytes + 17] ^= 4; });
        const auto reader = must(store.open(info));
        CHECK(must(reader->read_at(0, 100)).size() == 100);
        const Error error = error_of(reader->read_at(blob_chunk_bytes + 500'000, 1));
        CHECK(error.kind == ErrorKind::integrity);
        CHECK(error.code == "blob-corrupt");
        CHECK(error_of(reader->read_at(blob_chunk_bytes, 1)).code == "blob-corrupt");
        CHECK(must(reader->read_at(2 * blob_chunk_bytes, 100)).size() == 100);
        CHECK(must(store.describe(info.digest)).digest != info.digest);
    }

    SUBCASE("a shortened or lengthened copy is found when it is opened") {
        const BlobInfo info = put_bytes(store, sample_bytes(5000));
        for (const std::size_t size : {std::size_t{4999}, std::size_t{5001}, std::size_t{0}}) {
            fixture.damage(info.digest, [&](std::string& stored) { stored.resize(size, 'x'); });
            CHECK(error_of(store.open(info)).code == "blob-corrupt");
        }
    }

    SUBCASE("putting the bytes again heals a damaged copy, also one of another length") {
        const std::string bytes = sample_bytes(2 * blob_chunk_bytes);
        const BlobInfo info = put_bytes(store, bytes);
        fixture.damage(info.digest, [](std::string& stored) { stored[3] ^= 1; });
        CHECK(put_bytes(store, bytes).chunks == info.chunks);
        CHECK(must(read_blob(store, info)) == bytes);
        fixture.damage(info.digest, [](std::string& stored) { stored.pop_back(); });
        put_bytes(store, bytes);
        CHECK(must(read_blob(store, info)) == bytes);
        CHECK(blobs_of(store).size() == 1);
    }

    SUBCASE("eight threads healing the same damaged copy leave one good blob") {
        const std::string bytes = sample_bytes(9000);
        const BlobInfo info = put_bytes(store, bytes);
        for (int round = 0; round < 20; ++round) {
            fixture.damage(info.digest, [](std::string& stored) { stored[3] ^= 1; });
            std::atomic<int> good = 0;
            {
                std::vector<std::jthread> threads;
                for (int i = 0; i < 8; ++i) {
                    threads.emplace_back([&] {
                        MemorySource source(bytes);
                        if (store.put(source, {}) && read_blob(store, info) == bytes) ++good;
                    });
                }
            }
            CHECK(good == 8);
        }
        CHECK(blobs_of(store).size() == 1);
    }

    SUBCASE("a reader keeps its copy when the blob is quarantined, and a new put restores it") {
        const std::string bytes = sample_bytes(100);
        const BlobInfo info = put_bytes(store, bytes);
        fixture.damage(info.digest, [](std::string& stored) { stored[0] ^= 1; });
        const auto reader = must(store.open(info));
        must(store.quarantine(info.digest));
        CHECK(error_of(reader->read_at(0, 1)).code == "blob-corrupt");
        CHECK_FALSE(must(store.stat(info.digest)));
        CHECK(blobs_of(store).empty());
        CHECK(error_of(store.open(info)).code == "blob-not-found");
        must(store.quarantine(info.digest));  // not here any more: success
        put_bytes(store, bytes);
        CHECK(must(read_blob(store, info)) == bytes);
    }

    SUBCASE("a good copy is not taken out of the way") {
        const BlobInfo info = put_bytes(store, sample_bytes(100));
        must(store.quarantine(info.digest));
        CHECK(must(store.stat(info.digest)) == 100);
    }

    SUBCASE("what was never put is absent, in every question") {
        const Digest digest = sha256("never put");
        CHECK_FALSE(must(store.stat(digest)));
        CHECK(error_of(store.describe(digest)).code == "blob-not-found");
        const Error error = error_of(store.open({digest, 9, {digest}}));
        CHECK(error.kind == ErrorKind::not_found);
        CHECK(error.code == "blob-not-found");
    }

    SUBCASE("a chunk list of the wrong length is an error of the metadata, not of the blob") {
        BlobInfo info = put_bytes(store, sample_bytes(100));
        info.chunks.clear();
        CHECK(error_of(store.open(info)).code == "chunk-list-wrong");
    }

    SUBCASE("for_each visits every blob with its size and stops at the first error") {
        const BlobInfo small = put_bytes(store, sample_bytes(10));
        const BlobInfo empty = put_bytes(store, "");
        std::map<Digest, std::uint64_t> seen;
        must(store.for_each([&](const Digest& digest, std::uint64_t size) -> Result<void> {
            seen.emplace(digest, size);
            return {};
        }));
        CHECK(seen == std::map<Digest, std::uint64_t>{{small.digest, 10}, {empty.digest, 0}});
        int visits = 0;
        const auto stopped = store.for_each([&](const Digest&, std::uint64_t) -> Result<void> {
            ++visits;
            return fail(ErrorKind::internal, "enough", "enough");
        });
        CHECK(error_of(stopped).code == "enough");
        CHECK(visits == 1);
    }
}

}  // namespace assay::test
