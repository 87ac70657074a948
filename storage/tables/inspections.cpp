#include "storage/tables/inspections.hpp"

namespace assay::inspections {

Result<void> put(SqlWrite& sql, const InspectionRow& row) {
    TRY(sql.run(
        "INSERT INTO inspections (digest, inspection, verdict, reasons, lists, inspected_at) VALUES ($1, $2, $3, $4, $5, $6) "
        "ON CONFLICT (digest) DO UPDATE SET inspection = excluded.inspection, verdict = excluded.verdict, reasons = excluded.reasons, "
        "lists = excluded.lists, inspected_at = excluded.inspected_at",
        {row.digest, row.inspection, row.verdict, row.reasons, row.lists, row.inspected_at}));
    TRY(sql.run("DELETE FROM blob_terms WHERE digest = $1", {row.digest}));
    for (const InspectionTerm& term : row.terms) {
        TRY(sql.run("INSERT INTO blob_terms (kind, value, digest) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                    {term.kind, term.value, row.digest}));
    }
    TRY(sql.run("DELETE FROM blob_releases WHERE digest = $1", {row.digest}));
    for (const InspectionRelease& release : row.releases) {
        TRY(sql.run("INSERT INTO blob_releases (package, sort_key, release, digest) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                    {release.package, release.sort_key, release.release, row.digest}));
    }
    return {};
}

Result<std::optional<InspectionRow>> find(SqlSession& sql, const std::string& digest) {
    return sql.first(
        "SELECT digest, inspection, verdict, reasons, lists, inspected_at FROM inspections WHERE digest = $1", {digest},
        [](const Row& row) { return InspectionRow{row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5)}; });
}

Result<void> trust(SqlWrite& sql, const TrustRow& row) {
    TRY(
        sql.run("INSERT INTO trusts (model, version, why, actor, at) VALUES ($1, $2, $3, $4, $5) "
                "ON CONFLICT (model, version) DO UPDATE SET why = excluded.why, actor = excluded.actor, at = excluded.at",
                {row.model, row.version, row.why, row.actor, row.at}));
    return {};
}

Result<std::optional<TrustRow>> find_trust(SqlSession& sql, const std::string& model, std::int64_t version) {
    return sql.first("SELECT model, version, why, actor, at FROM trusts WHERE model = $1 AND version = $2", {model, version},
                     [](const Row& row) { return TrustRow{row.text(0), row.integer(1), row.text(2), row.text(3), row.text(4)}; });
}

}  // namespace assay::inspections
