#include "storage/sql/integrity.hpp"

#include <fmt/format.h>

namespace assay {
namespace {

constexpr std::size_t max_findings = 100;

Result<std::vector<FieldProblem>> find_problems(SqlSession& session, IntegrityCheck check) {
    std::vector<FieldProblem> found;
    const bool full = check == IntegrityCheck::full;
    const char* look_through = full ? "PRAGMA integrity_check(100)" : "PRAGMA quick_check(100)";
    const auto checked = session.each(look_through, {}, [&](const Row& row) -> Result<void> {
        if (row.text(0) != "ok") found.push_back({"sqlite", row.text(0), ""});
        return {};
    });
    if (!checked) {
        if (checked.error().code != "database-corrupt") return fail(checked.error());
        found.push_back({"sqlite", checked.error().message, ""});  // too damaged even to be looked through
        return found;
    }
    if (!full) return found;
    TRY(session.each("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check() LIMIT 100", {}, [&](const Row& row) -> Result<void> {
        if (found.size() >= max_findings) return {};
        const std::string where = row.is_null(1) ? "a row" : fmt::format("row {}", row.integer(1));
        found.push_back({row.text(0), fmt::format("{} refers to a row of {} that does not exist", where, row.text(2)), ""});
        return {};
    }));
    return found;
}

}  // namespace

Result<void> check_integrity(Database& database, IntegrityCheck check) {
    TRY_ASSIGN(auto found, database.read([&](SqlSession& session) { return find_problems(session, check); }));
    if (found.empty()) return {};
    return fail(Error(ErrorKind::integrity, "database-corrupt", fmt::format("the database is damaged in {} places", found.size()))
                    .with_problems(std::move(found))
                    .with_fix("restore a backup")
                    .with_fix("assay rebuild, which makes a new database from the stored manifests"));
}

}  // namespace assay
