#include "storage/tables/idempotency.hpp"

namespace assay::idempotency {

Result<std::optional<Row>> find(SqlSession& sql, const std::string& key, const std::string& since) {
    return sql.first("SELECT request, model, version FROM idempotency_keys WHERE key = $1 AND created_at >= $2", {key, since},
                     [](const assay::Row& row) { return Row{row.text(0), row.text(1), row.integer(2)}; });
}

Result<void> insert(SqlWrite& sql, const std::string& key, const Row& row, const std::string& now, const std::string& forget_before) {
    TRY(sql.run("DELETE FROM idempotency_keys WHERE created_at < $1", {forget_before}));
    TRY(
        sql.run("INSERT INTO idempotency_keys (key, request, model, version, created_at) VALUES ($1, $2, $3, $4, $5) "
                "ON CONFLICT (key) DO UPDATE SET request = excluded.request, model = excluded.model, version = excluded.version, "
                "created_at = excluded.created_at",
                {key, row.request, row.model, row.version, now}));
    return {};
}

}  // namespace assay::idempotency
