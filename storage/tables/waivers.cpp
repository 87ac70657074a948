#include "storage/tables/waivers.hpp"

namespace assay::waivers {

namespace {

#define WAIVER_COLUMNS "id, model, version, environment, considered, why, actor, created_at, until_at, ended_at, ended_by"

WaiverRow make(const Row& row) {
    return {row.integer(0), row.text(1), row.integer(2), row.text(3),          row.text(4),          row.text(5),
            row.text(6),    row.text(7), row.integer(8), row.optional_text(9), row.optional_text(10)};
}

}  // namespace

Result<std::int64_t> insert(SqlWrite& sql, const WaiverRow& waiver) {
    TRY_ASSIGN(const auto id,
               sql.first("INSERT INTO waivers (" WAIVER_COLUMNS
                         ") SELECT coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, NULL, NULL FROM waivers RETURNING id",
                         {waiver.model, waiver.version, waiver.environment, waiver.considered, waiver.why, waiver.actor, waiver.created_at,
                          waiver.until_at},
                         [](const Row& row) { return row.integer(0); }));
    return id.value_or(0);
}

Result<std::optional<WaiverRow>> find(SqlSession& sql, std::int64_t id) {
    return sql.first("SELECT " WAIVER_COLUMNS " FROM waivers WHERE id = $1", {id}, make);
}

Result<void> end(SqlWrite& sql, std::int64_t id, const std::string& at, const std::string& actor) {
    TRY(sql.run("UPDATE waivers SET ended_at = $2, ended_by = $3 WHERE id = $1", {id, at, actor}));
    return {};
}

Result<std::optional<WaiverRow>> in_force(SqlSession& sql, const std::string& model, std::int64_t version, const std::string& considered,
                                          std::int64_t now) {
    return sql.first("SELECT " WAIVER_COLUMNS
                     " FROM waivers WHERE model = $1 AND version = $2 AND until_at > $4 AND ended_at IS NULL "
                     "AND (considered = '' OR considered = $3) ORDER BY until_at DESC, id LIMIT 1",
                     {model, version, considered, now}, make);
}

Result<std::vector<WaiverRow>> list(SqlSession& sql, const Wanted& wanted, std::int64_t limit) {
    const std::int64_t before = wanted.before == 0 ? INT64_MAX : wanted.before;
    return sql.all("SELECT " WAIVER_COLUMNS
                   " FROM waivers WHERE id < $1 AND ($2 = '' OR model = $2) AND ($3 = 0 OR version = $3) "
                   "AND ($4 = 0 OR (until_at > $4 AND ended_at IS NULL)) ORDER BY id DESC LIMIT $5",
                   {before, wanted.model, wanted.version, wanted.holding_at, limit}, make);
}

}  // namespace assay::waivers
