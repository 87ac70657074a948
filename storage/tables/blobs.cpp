#include "storage/tables/blobs.hpp"

#include <fmt/format.h>

namespace assay::blobs {

namespace {

constexpr std::size_t hex_length = 2 * Digest::size_bytes;

std::string join_chunks(const std::vector<Digest>& chunks) {
    std::string text;
    text.reserve(chunks.size() * hex_length);
    for (const Digest& chunk : chunks) text += chunk.hex();
    return text;
}

Result<std::vector<Digest>> split_chunks(std::string_view text) {
    std::vector<Digest> chunks;
    chunks.reserve(text.size() / hex_length);
    for (; !text.empty(); text.remove_prefix(std::min(hex_length, text.size()))) {
        TRY_ASSIGN(const Digest chunk, Digest::parse_hex(text.substr(0, hex_length)));
        chunks.push_back(chunk);
    }
    return chunks;
}

}  // namespace

Result<void> upsert(SqlWrite& sql, const BlobInfo& info, const std::string& now) {
    TRY(
        sql.run("INSERT INTO blobs (digest, size, chunks, state, created_at, verified_at) VALUES ($1, $2, $3, 'live', $4, $4) "
                "ON CONFLICT (digest) DO UPDATE SET state = 'live', verified_at = excluded.verified_at, size = excluded.size, chunks = "
                "excluded.chunks",
                {info.digest.to_string(), static_cast<std::int64_t>(info.size), join_chunks(info.chunks), now}));
    return {};
}

Result<std::optional<Row>> find(SqlSession& sql, const Digest& digest) {
    std::optional<Row> found;
    TRY(sql.each("SELECT size, chunks, state, verified_at FROM blobs WHERE digest = $1", {digest.to_string()},
                 [&](const assay::Row& row) -> Result<void> {
                     TRY_ASSIGN(std::vector<Digest> chunks, split_chunks(row.text(1)));
                     found = Row{BlobInfo{digest, static_cast<std::uint64_t>(row.integer(0)), std::move(chunks)},
                                 row.text(2) == "live" ? BlobState::live : BlobState::corrupt, row.text(3)};
                     return {};
                 }));
    return found;
}

Result<void> set_state(SqlWrite& sql, const Digest& digest, BlobState state) {
    TRY(sql.run("UPDATE blobs SET state = $2 WHERE digest = $1", {digest.to_string(), to_string(state)}));
    return {};
}

Result<void> set_verified(SqlWrite& sql, const Digest& digest, const std::string& now) {
    TRY(sql.run("UPDATE blobs SET verified_at = $2 WHERE digest = $1", {digest.to_string(), now}));
    return {};
}

Result<std::vector<Digest>> list(SqlSession& sql, const std::string& after, std::int64_t limit) {
    std::vector<Digest> digests;
    TRY(sql.each("SELECT digest FROM blobs WHERE digest > $1 ORDER BY digest LIMIT $2", {after, limit},
                 [&](const assay::Row& row) -> Result<void> {
                     TRY_ASSIGN(const Digest digest, Digest::parse(row.text(0)));
                     digests.push_back(digest);
                     return {};
                 }));
    return digests;
}

}  // namespace assay::blobs
