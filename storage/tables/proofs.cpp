#include "storage/tables/proofs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace assay::proofs {

namespace {

#define PROOF_COLUMNS "model, version, environment, considered, prover, actor, outcome, sample, detail, first_at, last_at, count"

ProofRow make(const Row& row) {
    return {row.text(0), row.integer(1), row.text(2), row.text(3), row.text(4),  row.text(5),
            row.text(6), row.text(7),    row.text(8), row.text(9), row.text(10), row.integer(11)};
}

}  // namespace

Result<bool> record(SqlWrite& sql, const ProofRow& proof, const std::string& now) {
    TRY_ASSIGN(const auto count,
               sql.first("INSERT INTO proofs (" PROOF_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, 1) "
                         "ON CONFLICT (model, version, environment, prover, actor, outcome) DO UPDATE SET sample = excluded.sample, "
                         "detail = excluded.detail, last_at = excluded.last_at, count = proofs.count + 1 RETURNING count",
                         {proof.model, proof.version, proof.environment, proof.considered, proof.prover, proof.actor, proof.outcome,
                          proof.sample, proof.detail, now},
                         [](const Row& row) { return row.integer(0); }));
    return count.value_or(0) == 1;
}

Result<std::optional<ProofRow>> find(SqlSession& sql, const ProofRow& like) {
    return sql.first("SELECT " PROOF_COLUMNS
                     " FROM proofs WHERE model = $1 AND version = $2 AND environment = $3 AND prover = $4 "
                     "AND actor = $5 AND outcome = $6",
                     {like.model, like.version, like.environment, like.prover, like.actor, like.outcome}, make);
}

Result<std::vector<ProofRow>> of_version(SqlSession& sql, const std::string& model, std::int64_t version, std::int64_t limit) {
    return sql.all("SELECT " PROOF_COLUMNS
                   " FROM proofs WHERE model = $1 AND version = $2 "
                   "ORDER BY last_at DESC, environment, prover, actor, outcome LIMIT $3",
                   {model, version, limit}, make);
}

Result<std::optional<ProofRow>> latest_by(SqlSession& sql, const std::string& model, std::int64_t version, const std::string& prover) {
    return sql.first("SELECT " PROOF_COLUMNS
                     " FROM proofs WHERE model = $1 AND version = $2 AND prover = $3 ORDER BY last_at DESC, environment, outcome LIMIT 1",
                     {model, version, prover}, make);
}

Result<std::optional<ProofRow>> latest_answer_by(SqlSession& sql, const std::string& model, std::int64_t version,
                                                 const std::string& prover) {
    return sql.first(
        "SELECT " PROOF_COLUMNS
        " FROM proofs WHERE model = $1 AND version = $2 AND prover = $3 AND outcome <> 'not-replayable' ORDER BY last_at DESC, "
        "environment, outcome LIMIT 1",
        {model, version, prover}, make);
}

Result<std::vector<std::pair<std::string, std::int64_t>>> server_differs(SqlSession& sql, std::int64_t limit) {
    return sql.all(
        "SELECT DISTINCT p.model, p.version FROM proofs p JOIN version_needs n ON n.model = p.model AND n.version = p.version "
        "WHERE p.prover = 'server' AND p.outcome = 'different' AND NOT EXISTS (SELECT 1 FROM proofs q WHERE q.model = p.model AND "
        "q.version = p.version AND q.prover = 'server' AND q.outcome NOT IN ('different', 'not-replayable') AND q.last_at >= p.last_at) "
        "ORDER BY p.model, p.version LIMIT $1",
        {limit}, [](const Row& row) { return std::pair(row.text(0), row.integer(1)); });
}

Result<std::vector<ProofRow>> in_environment(SqlSession& sql, const std::string& model, std::int64_t version, const std::string& considered,
                                             std::int64_t limit) {
    return sql.all("SELECT " PROOF_COLUMNS
                   " FROM proofs WHERE model = $1 AND version = $2 AND considered = $3 AND outcome <> 'not-replayable' "
                   "ORDER BY (outcome IN ('equal', 'close')), last_at DESC, environment, prover, actor, outcome LIMIT $4",
                   {model, version, considered, limit}, make);
}

Result<std::vector<ByNeeds>> by_needs(SqlSession& sql, const std::vector<std::string>& considered) {
    constexpr std::size_t batch = 500;
    std::vector<ByNeeds> all;
    for (std::size_t first = 0; first < considered.size(); first += batch) {
        std::string marks;
        SqlValues values;
        for (std::size_t i = first; i < std::min(considered.size(), first + batch); ++i) {
            values.emplace_back(considered[i]);
            marks += fmt::format("{}${}", marks.empty() ? "" : ", ", values.size());
        }
        TRY_ASSIGN(
            auto some,
            sql.all("SELECT needs, considered, failed, count(*) FROM (SELECT n.needs AS needs, p.considered AS considered, "
                    "max(CASE WHEN p.outcome IN ('equal', 'close') THEN 0 ELSE 1 END) AS failed "
                    "FROM proofs p JOIN version_needs n ON n.model = p.model AND n.version = p.version WHERE p.outcome <> 'not-replayable' "
                    "AND p.considered IN (" +
                        marks + ") GROUP BY p.model, p.version, p.considered, n.needs) one GROUP BY needs, considered, failed",
                    values, [](const Row& row) { return ByNeeds{row.integer(0), row.text(1), row.integer(2) != 0, row.integer(3)}; }));
        std::ranges::move(some, std::back_inserter(all));
    }
    return all;
}

}  // namespace assay::proofs
