#include "storage/tables/environments.hpp"

namespace assay::environments {

Result<bool> insert(SqlWrite& sql, const std::string& digest, const std::string& body, const std::string& now) {
    TRY_ASSIGN(const std::int64_t changed,
               sql.run("INSERT INTO environments (digest, body, created_at) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING",
                       {digest, body, now}));
    return changed > 0;
}

Result<std::optional<std::string>> find(SqlSession& sql, const std::string& digest) {
    return sql.first("SELECT body FROM environments WHERE digest = $1", {digest}, [](const Row& row) { return row.text(0); });
}

}  // namespace assay::environments
