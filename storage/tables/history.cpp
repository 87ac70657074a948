#include "storage/tables/history.hpp"

namespace assay::history {

namespace {

#define HISTORY_COLUMNS "seq, at, model, version, kind, key, before, after, actor"

HistoryRow make(const Row& row) {
    return {row.integer(0),       row.text(1),          row.text(2), row.optional_integer(3), row.text(4), row.text(5),
            row.optional_text(6), row.optional_text(7), row.text(8)};
}

std::int64_t below(std::int64_t before) { return before == 0 ? INT64_MAX : before; }

}  // namespace

Result<void> append(SqlWrite& sql, const HistoryRow& row) {
    TRY(sql.run("INSERT INTO history (" HISTORY_COLUMNS ") SELECT coalesce(max(seq), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8 FROM history",
                {row.at, row.model, row.version, row.kind, row.key, row.before, row.after, row.actor}));
    return {};
}

Result<std::vector<HistoryRow>> of_model(SqlSession& sql, const std::string& model, std::int64_t before, std::int64_t limit) {
    return sql.all("SELECT " HISTORY_COLUMNS " FROM history WHERE model = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
                   {model, below(before), limit}, make);
}

Result<std::vector<HistoryRow>> of_key(SqlSession& sql, const std::string& model, const std::string& kind, const std::string& key,
                                       std::int64_t before, std::int64_t limit) {
    return sql.all("SELECT " HISTORY_COLUMNS
                   " FROM history WHERE model = $1 AND kind = $2 AND key = $3 AND seq < $4 ORDER BY seq DESC LIMIT $5",
                   {model, kind, key, below(before), limit}, make);
}

Result<std::vector<std::string>> keys_of(SqlSession& sql, const std::string& model, const std::string& kind) {
    return sql.all("SELECT DISTINCT key FROM history WHERE model = $1 AND kind = $2 ORDER BY key", {model, kind},
                   [](const Row& row) { return row.text(0); });
}

}  // namespace assay::history
