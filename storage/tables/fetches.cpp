#include "storage/tables/fetches.hpp"

namespace assay::fetches {

Result<void> record(SqlWrite& sql, const FetchRow& fetch, const std::string& now) {
    TRY(sql.run(
        "INSERT INTO fetches (model, version, consumer, environment, verdict, first_at, last_at, count) VALUES ($1, $2, $3, $4, $5, $6, "
        "$6, 1) "
        "ON CONFLICT (model, version, consumer, environment, verdict) DO UPDATE SET last_at = excluded.last_at, count = fetches.count + 1",
        {fetch.model, fetch.version, fetch.consumer, fetch.environment, fetch.verdict, now}));
    return {};
}

Result<bool> recorded_since(SqlSession& sql, const FetchRow& fetch, const std::string& since) {
    TRY_ASSIGN(const auto found, sql.first("SELECT 1 FROM fetches WHERE model = $1 AND version = $2 AND consumer = $3 AND environment = $4 "
                                           "AND verdict = $5 AND last_at >= $6",
                                           {fetch.model, fetch.version, fetch.consumer, fetch.environment, fetch.verdict, since},
                                           [](const Row&) { return true; }));
    return found.value_or(false);
}

Result<std::vector<FetchRow>> of_version(SqlSession& sql, const std::string& model, std::int64_t version, std::int64_t limit) {
    return sql.all(
        "SELECT model, version, consumer, environment, verdict, first_at, last_at, count FROM fetches WHERE model = $1 AND version = $2 "
        "ORDER BY last_at DESC, consumer, environment, verdict LIMIT $3",
        {model, version, limit}, [](const Row& row) {
            return FetchRow{row.text(0), row.integer(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6), row.integer(7)};
        });
}

}  // namespace assay::fetches
