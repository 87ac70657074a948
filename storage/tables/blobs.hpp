#pragma once

#include "storage/blobs/blob_store.hpp"
#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The table `blobs`: what is known of each stored blob.

namespace assay::blobs {

struct Row {
    BlobInfo info;
    BlobState state = BlobState::live;
    std::string verified_at;
};

/// Inserts the blob as live, or makes it live again (it was just written and hashed).
[[nodiscard]] Result<void> upsert(SqlWrite& sql, const BlobInfo& info, const std::string& now);
[[nodiscard]] Result<std::optional<Row>> find(SqlSession& sql, const Digest& digest);
[[nodiscard]] Result<void> set_state(SqlWrite& sql, const Digest& digest, BlobState state);
[[nodiscard]] Result<void> set_verified(SqlWrite& sql, const Digest& digest, const std::string& now);
/// Up to `limit` digests greater than `after` (empty: from the start), ascending.
[[nodiscard]] Result<std::vector<Digest>> list(SqlSession& sql, const std::string& after, std::int64_t limit);

}  // namespace assay::blobs
