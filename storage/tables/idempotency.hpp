#pragma once

#include "storage/sql/database.hpp"

// The table `idempotency_keys`: registrations that may be asked for again.

namespace assay::idempotency {

struct Row {
    std::string request;  ///< digest of the request it was first used for
    std::string model;
    std::int64_t version = 0;
};

/// What the key was used for; absent when that was before `since`, or never.
[[nodiscard]] Result<std::optional<Row>> find(SqlSession& sql, const std::string& key, const std::string& since);
/// Keeps the key, in place of an older use of it. Also forgets keys older than `forget_before`.
[[nodiscard]] Result<void> insert(SqlWrite& sql, const std::string& key, const Row& row, const std::string& now,
                                  const std::string& forget_before);

}  // namespace assay::idempotency
