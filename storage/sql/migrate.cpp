#include "storage/sql/migrate.hpp"

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "storage/sql/script.hpp"

#include <fmt/format.h>

#include <array>

namespace assay {
namespace {

constexpr std::array transaction_words{"begin", "commit", "end", "rollback", "savepoint", "release", "attach", "detach", "vacuum"};

struct Recorded {
    std::int64_t number = 0;
    std::string name;
    std::string digest;
};

/// NNNN_name.sql, numbered as its place in the list says. A mistake here is one in the source tree.
Result<void> check_names(std::span<const EmbeddedFile> files) {
    for (std::size_t i = 0; i < files.size(); ++i) {
        const std::string expected = fmt::format("{:04}_", i + 1);
        if (!files[i].name.starts_with(expected) || !files[i].name.ends_with(".sql")) {
            return fail(ErrorKind::internal, "migration-list",
                        fmt::format("the migration '{}' stands where {}….sql is expected", files[i].name, expected));
        }
    }
    return {};
}

Result<void> check_recorded(const std::vector<Recorded>& recorded, std::span<const EmbeddedFile> files) {
    if (!recorded.empty() && recorded.back().number > static_cast<std::int64_t>(files.size())) {
        return fail(Error(ErrorKind::conflict, "schema-newer",
                          fmt::format("the database's current schema is {}, this assay knows {}", recorded.back().number, files.size()))
                        .with_because("a newer assay has opened this database before")
                        .with_fix("use a newer assay")
                        .with_fix("restore a backup from before the upgrade"));
    }
    for (std::size_t i = 0; i < recorded.size(); ++i) {
        const Recorded& row = recorded[i];
        if (row.number != static_cast<std::int64_t>(i + 1)) {
            return fail(ErrorKind::integrity, "migration-missing",
                        fmt::format("the database has recorded migration {}, but not migration {}", row.number, i + 1));
        }
        const std::string digest = sha256(files[i].bytes).to_string();
        if (row.digest != digest) {
            return fail(Error(ErrorKind::integrity, "migration-edited",
                              fmt::format("the database was migrated by another '{}' than this assay's '{}'", row.name, files[i].name))
                            .with_because(fmt::format("recorded {}, here {}: the history was edited", row.digest, digest))
                            .with_fix("use the assay that made this database")
                            .with_fix("restore a backup that this assay made"));
        }
    }
    return {};
}

Result<void> apply(SqlWrite& session, const EmbeddedFile& file, std::size_t number, Timestamp now) {
    TRY_ASSIGN(const auto statements, split_statements(file.bytes));
    for (const std::string& statement : statements) {
        const std::string word = first_word(statement);
        for (const char* forbidden : transaction_words) {
            if (word == forbidden) {
                return fail(ErrorKind::internal, "migration-list",
                            fmt::format("'{}' runs in one transaction and must not say {}", file.name, word));
            }
        }
        TRY(session.run(statement, {}));
    }
    TRY(session.run("INSERT INTO schema_migrations (number, name, digest, applied_at) VALUES ($1, $2, $3, $4)",
                    {static_cast<std::int64_t>(number), file.name, sha256(file.bytes).to_string(), now.to_string()}));
    TRY(session.run(fmt::format("PRAGMA user_version = {}", number), {}));  // for people and tools that read the file's header
    return {};
}

}  // namespace

Result<int> migrate(Database& database, std::span<const EmbeddedFile> files, const Clock& clock) {
    TRY(check_names(files));
    TRY(database.write([](SqlWrite& session) {
        return session.run(
            "CREATE TABLE IF NOT EXISTS schema_migrations ("
            "number BIGINT PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL, applied_at TEXT NOT NULL)",
            {});
    }));
    TRY_ASSIGN(const auto recorded, database.read([](SqlSession& session) {
        return session.all("SELECT number, name, digest FROM schema_migrations ORDER BY number", {},
                           [](const Row& row) { return Recorded{row.integer(0), row.text(1), row.text(2)}; });
    }));
    TRY(check_recorded(recorded, files));
    const auto apply_at = [&](SqlWrite& session, std::size_t i) -> Result<void> {
        TRY_WHILE(apply(session, files[i], i + 1, clock.now()), fmt::format("migrating the database with '{}'", files[i].name));
        return {};
    };
    if (recorded.empty()) {  // a new database: one wait for the disk, not one for each
        TRY(database.write([&](SqlWrite& session) -> Result<void> {
            for (std::size_t i = 0; i < files.size(); ++i) TRY(apply_at(session, i));
            return {};
        }));
        return static_cast<int>(files.size());
    }
    for (std::size_t i = recorded.size(); i < files.size(); ++i)
        TRY(database.write([&](SqlWrite& session) { return apply_at(session, i); }));
    return static_cast<int>(files.size());
}

}  // namespace assay
