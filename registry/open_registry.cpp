#include "registry/open_registry.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "registry/experiments.hpp"
#include "registry/gc.hpp"
#include "registry/restore.hpp"
#include "registry/rules.hpp"
#include "registry/rules_in_force.hpp"
#include "registry/search.hpp"
#include "storage/sql/integrity.hpp"
#include "storage/sql/migrate.hpp"
#include "storage/sql/sqlite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>

namespace assay {

namespace {

constexpr std::string_view database_files[] = {"", "-wal", "-shm"};

Result<void> remove_database(Fs& fs, const std::string& database) {
    for (const std::string_view suffix : database_files) {
        const std::string path = database + std::string(suffix);
        TRY_ASSIGN(const auto there, fs.stat(path));
        if (there) TRY(fs.remove(path));
    }
    return {};
}

/// Moves a database, and a WAL also when it is alone, to a name that says when, and gives that; absent when there was nothing.
Result<std::optional<std::string>> set_aside(Fs& fs, const std::string& database, const Clock& clock) {
    std::string stamp = clock.now().to_string();
    std::ranges::replace(stamp, ':', '-');
    std::string kept = fmt::format("{}.lost-{}", database, stamp);
    for (int again = 2;; ++again) {
        TRY_ASSIGN(const auto taken, fs.stat(kept));
        if (!taken) break;
        kept = fmt::format("{}.lost-{}-{}", database, stamp, again);
    }
    bool any = false;
    // The WAL first: without it the database is only older, while a WAL beside another database would damage that.
    for (const std::string suffix : {"-wal", "-shm", ""}) {
        TRY_ASSIGN(const auto there, fs.stat(database + suffix));
        if (!there) continue;
        TRY(fs.rename(database + suffix, kept + suffix));
        any = any || there->size > 0;
    }
    return any ? std::optional(kept) : std::nullopt;
}

Result<void> refuse_living(Fs& fs, const std::string& path) {
    TRY_ASSIGN(const auto there, fs.stat(path));
    if (!there || there->size == 0) return {};
    const auto database = open_sqlite(path);
    if (!database || !check_integrity(**database, IntegrityCheck::quick)) return {};
    const auto versions = (*database)->read(
        [](SqlSession& sql) { return sql.first("SELECT count(*) FROM versions", {}, [](const Row& row) { return row.integer(0); }); });
    if (!versions || versions->value_or(0) == 0) return {};
    return fail(Error(ErrorKind::conflict, "database-lives",
                      "the database is not lost: it holds " + counted(static_cast<std::uint64_t>(**versions), "version"))
                    .with_because("one made from the manifests would lack what only a database holds: " + std::string(not_restored))
                    .with_fix("`assay fsck --data DIR --repair` adds versions that it lacks")
                    .with_fix("--force replaces it all the same"));
}

Result<void> refuse_lost(Fs& fs, const DataDirectory& directory) {
    TRY_ASSIGN(const auto database, fs.stat(directory.database()));
    if (database) return {};
    TRY_ASSIGN(const auto models, fs.list(directory.manifests()));
    if (models.empty()) return {};
    return fail(Error(ErrorKind::integrity, "database-lost", fmt::format("the database of '{}' is gone", printable(directory.path(), 300)))
                    .with_because("there are manifests of versions, and no assay.db that knows them")
                    .with_fix("put the backup of assay.db back")
                    .with_fix(fmt::format("assay rebuild --data {}", printable(directory.path(), 300))));
}

}  // namespace

Result<std::unique_ptr<OpenRegistry>> OpenRegistry::open(const std::string& path, const OpenOptions& options) {
    auto opened = std::unique_ptr<OpenRegistry>(new OpenRegistry());
    if (options.must_exist) {
        TRY_ASSIGN(const auto format, opened->fs_.stat(path + "/FORMAT"));
        if (!format)
            return fail(ErrorKind::not_found, "no-data-directory", "'" + printable(path, 300) + "' is not a data directory of Assay");
    }
    // What comes with the program is read while the disk is waited for.
    std::future<Result<SafetyLists>> builtin = std::async(std::launch::async, SafetyLists::builtin);
    TRY_ASSIGN(opened->directory_, DataDirectory::open(path, {.allow_volatile = options.allow_volatile}));
    const DataDirectory& directory = *opened->directory_;
    std::string database = directory.database();
    if (options.database == DatabaseIn::fresh) {
        if (!options.replace_living) TRY(refuse_living(opened->fs_, database));
        database = opened->fresh_database();
        TRY(remove_database(opened->fs_, database));  // of a rebuild that was cut off
        opened->fresh_ = true;
    } else {
        TRY(refuse_lost(opened->fs_, directory));
    }
    TRY_ASSIGN(opened->blobs_, DiskBlobStore::open(opened->fs_, directory.blobs(), directory.quarantine(), directory.uploads()));
    TRY_ASSIGN(opened->manifests_, ManifestStore::open(opened->fs_, directory.manifests()));
    TRY_ASSIGN(opened->uploads_, UploadSessions::open(*opened->blobs_, opened->clock_, options.uploads));
    TRY_ASSIGN(opened->database_, open_sqlite(database));
    TRY_ASSIGN(opened->schema_, migrate(*opened->database_, embedded_migrations(), opened->clock_));
    TRY(check_integrity(*opened->database_, IntegrityCheck::quick));
    TRY_ASSIGN(SafetyLists safety_lists, builtin.get());
    TRY_ASSIGN(std::optional<RuleSet> rules, load_rules(*opened->database_));
    // Half of a start, for which only the first that asks at the gate would have to wait.
    if (!rules) opened->reading_rules_ = std::async(std::launch::async, [] { (void)default_rules(); });
    // NOLINTNEXTLINE(modernize-make-unique): an aggregate, made with braces
    opened->registry_.reset(new Registry{*opened->database_,
                                         *opened->blobs_,
                                         *opened->manifests_,
                                         *opened->uploads_,
                                         opened->clock_,
                                         options.policy,
                                         RulesInForce(std::move(rules)),
                                         std::move(safety_lists),
                                         {}});
    TRY(catch_up_search(*opened->registry_));
    TRY(ensure_default_experiment(*opened->registry_));
    TRY(date_old_deletions(*opened->registry_));
    return opened;
}

OpenRegistry::~OpenRegistry() {
    if (!fresh_) return;
    close_database();
    const auto removed = remove_database(fs_, fresh_database());
    if (!removed) log(LogLevel::warning, "an unfinished database stays", {{"path", fresh_database()}, {"error", removed.error().message}});
}

void OpenRegistry::close_database() {
    registry_.reset();
    database_.reset();
}

Result<std::optional<std::string>> OpenRegistry::replace_database(std::unique_ptr<OpenRegistry> opened) {
    Fs& fs = opened->fs_;
    const DataDirectory& directory = *opened->directory_;
    opened->close_database();
    const std::string fresh = opened->fresh_database();
    TRY_ASSIGN(const auto wal, fs.stat(fresh + "-wal"));
    if (wal && wal->size > 0)
        return fail(ErrorKind::internal, "wal-not-empty", "the new database could not be completed: its WAL is not empty");
    TRY_ASSIGN(const auto kept, set_aside(fs, directory.database(), opened->clock_));
    TRY(fs.rename(fresh, directory.database()));
    TRY(remove_database(fs, fresh));  // what SQLite leaves beside it
    opened->fresh_ = false;
    TRY(fs.sync_directory(directory.path()));
    return kept;
}

}  // namespace assay
