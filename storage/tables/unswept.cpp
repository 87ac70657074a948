#include "storage/tables/unswept.hpp"

namespace assay::unswept {

Result<void> add(SqlWrite& sql, const UnsweptRow& row) {
    TRY(sql.run("INSERT INTO unswept (kind, id, folder) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", {row.kind, row.id, row.folder}));
    return {};
}

Result<std::optional<UnsweptRow>> first(SqlSession& sql) {
    return sql.first("SELECT kind, id, folder FROM unswept ORDER BY kind, id LIMIT 1", {},
                     [](const Row& row) { return UnsweptRow{row.text(0), row.text(1), row.text(2)}; });
}

Result<void> remove(SqlWrite& sql, const UnsweptRow& row) {
    TRY(sql.run("DELETE FROM unswept WHERE kind = $1 AND id = $2", {row.kind, row.id}));
    return {};
}

}  // namespace assay::unswept
