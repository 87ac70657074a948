#include "storage/blobs/hash_pipeline.hpp"

#include "tests/contract/blob_store_contract.hpp"

#include <map>

namespace assay::test {

TEST_CASE("the sink sees every byte once, in whole chunks, on the caller's thread") {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, blob_chunk_bytes, blob_chunk_bytes + 1, 20 * blob_chunk_bytes + 9}) {
        CAPTURE(size);
        const std::string bytes = sample_bytes(size);
        PieceSource source(bytes, 77'777);
        std::string seen;
        const auto caller = std::this_thread::get_id();
        const BlobInfo info = must(receive_blob(source, {}, [&](std::uint64_t offset, std::span<const std::byte> chunk) -> Result<void> {
            CHECK(std::this_thread::get_id() == caller);
            CHECK(offset == seen.size());
            CHECK(offset % blob_chunk_bytes == 0);
            CHECK(chunk.size() <= blob_chunk_bytes);
            seen.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
            return {};
        }));
        CHECK(seen == bytes);
        CHECK(info.digest == sha256(bytes));
        CHECK(info.size == size);
        CHECK(info.chunks.size() == (size + blob_chunk_bytes - 1) / blob_chunk_bytes);
    }
}

TEST_CASE("an error of the sink ends the stream, at whichever chunk it comes") {
    const std::string bytes = sample_bytes(9 * blob_chunk_bytes);
    for (std::uint64_t failing = 0; failing < 9; ++failing) {
        MemorySource source(bytes);
        std::uint64_t chunks = 0;
        const auto result = receive_blob(source, {}, [&](std::uint64_t, std::span<const std::byte>) -> Result<void> {
            if (chunks++ == failing) return fail(ErrorKind::no_space, "no-space", "full");
            return {};
        });
        CHECK(error_of(result).code == "no-space");
        CHECK(chunks == failing + 1);
    }
}

TEST_CASE("a stream longer than announced is refused before its end is read") {
    class Endless final : public Source {
    public:
        [[nodiscard]] Result<std::size_t> read(std::span<std::byte> buffer) override {
            given += buffer.size();
            return buffer.size();
        }
        std::uint64_t given = 0;
    };
    for (const std::uint64_t announced : {std::uint64_t{5}, std::uint64_t{blob_chunk_bytes}, std::uint64_t{30 * blob_chunk_bytes}}) {
        Endless source;
        const auto result =
            receive_blob(source, {std::nullopt, announced}, [](std::uint64_t, std::span<const std::byte>) -> Result<void> { return {}; });
        CHECK(error_of(result).code == "size-mismatch");
        CHECK(source.given <= announced + 2 * blob_chunk_bytes);
    }
}

TEST_CASE("a source is not asked again after its end") {
    class Once final : public Source {
    public:
        explicit Once(std::string_view bytes) : bytes_(bytes) {}
        [[nodiscard]] Result<std::size_t> read(std::span<std::byte> buffer) override {
            CHECK_FALSE(ended_);
            const auto count = bytes_.read(buffer);
            ended_ = count && *count == 0;
            return count;
        }

    private:
        MemorySource bytes_;
        bool ended_ = false;
    };
    for (const std::size_t size : {std::size_t{0}, std::size_t{5}, blob_chunk_bytes, 2 * blob_chunk_bytes, 2 * blob_chunk_bytes + 1}) {
        const std::string bytes = sample_bytes(size);
        Once source(bytes);
        CHECK(receive_blob(source, {}, [](std::uint64_t, std::span<const std::byte>) -> Result<void> { return {}; })->size == size);
    }
}

}  // namespace assay::test
