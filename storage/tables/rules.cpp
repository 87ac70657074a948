#include "storage/tables/rules.hpp"

namespace assay::rules_table {

Result<std::optional<std::string>> newest(SqlSession& sql) {
    return sql.first("SELECT body FROM rules ORDER BY seq DESC LIMIT 1", {}, [](const Row& row) { return row.text(0); });
}

Result<void> append(SqlWrite& sql, const std::string& body, const std::string& digest, const std::string& now, const std::string& actor) {
    TRY(sql.run("INSERT INTO rules (seq, body, digest, imported_at, actor) SELECT coalesce(max(seq), 0) + 1, $1, $2, $3, $4 FROM rules",
                {body, digest, now, actor}));
    return {};
}

}  // namespace assay::rules_table
