#include "tests/support/test_database.hpp"

#include "base/crypto.hpp"
#include "storage/sql/migrate.hpp"
#include "storage/sql/sqlite.hpp"
#include "storage/tables/blobs.hpp"
#include "storage/tables/models.hpp"
#include "storage/tables/versions.hpp"

namespace assay::test {

TestDatabase::TestDatabase() : database_(must(open_sqlite(folder_ / "assay.db"))) {
    (void)must(migrate(*database_, embedded_migrations()));
}

void TestDatabase::add_model(const std::string& model, std::int64_t count) {
    write([&](SqlWrite& sql) -> Result<void> {
        TRY(models::ensure(sql, model, "2026-01-01T00:00:00Z"));
        for (std::int64_t version = 1; version <= count; ++version) TRY(versions::insert(sql, a_version(model, version), {}));
        return {};
    });
}

std::string TestDatabase::add_blob(int number) {
    const std::string bytes = "blob " + std::to_string(number);
    const Digest digest = sha256(bytes);
    write([&](SqlWrite& sql) { return blobs::upsert(sql, {digest, bytes.size(), {digest}}, "2026-01-01T00:00:00Z"); });
    return digest.to_string();
}

std::string TestDatabase::ask(const std::string& sql, const SqlValues& values) {
    return read([&](SqlSession& session) { return session.first(sql, values, [](const Row& row) { return row.text(0); }); })
        .value_or("no row");
}

VersionRow a_version(const std::string& model, std::int64_t version, VersionState state) {
    const std::string name = model + "@" + std::to_string(version);
    return {
        model, version, sha256(name).to_string(), "{\"of\":\"" + name + "\"}", sha256("content of " + name).to_string(), "run of " + name,
        state, "",      "2026-01-01T00:00:00Z"};
}

}  // namespace assay::test
