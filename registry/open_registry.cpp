#include "registry/open_registry.hpp"

#include "base/text.hpp"
#include "registry/rules_in_force.hpp"
#include "storage/sql/integrity.hpp"
#include "storage/sql/migrate.hpp"
#include "storage/sql/sqlite.hpp"

#include <algorithm>

namespace assay {

namespace {

/// Moves a database that is to be replaced out of the way, its WAL with it.
Result<void> set_aside(Fs& fs, const std::string& database, const Clock& clock) {
    std::string stamp = clock.now().to_string();
    std::ranges::replace(stamp, ':', '-');
    for (const std::string& suffix : {std::string(), std::string("-wal"), std::string("-shm")}) {
        TRY_ASSIGN(const auto there, fs.stat(database + suffix));
        if (there) TRY(fs.rename(database + suffix, database + ".lost-" + stamp + suffix));
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<OpenRegistry>> OpenRegistry::open(const std::string& path, const OpenOptions& options) {
    auto opened = std::unique_ptr<OpenRegistry>(new OpenRegistry());
    if (options.must_exist) {
        TRY_ASSIGN(const auto format, opened->fs_.stat(path + "/FORMAT"));
        if (!format)
            return fail(ErrorKind::not_found, "no-data-directory", "'" + printable(path, 300) + "' is not a data directory of Assay");
    }
    TRY_ASSIGN(opened->directory_, DataDirectory::open(path, {.allow_volatile = options.allow_volatile}));
    const DataDirectory& directory = *opened->directory_;
    if (options.database == DatabaseIn::fresh) TRY(set_aside(opened->fs_, directory.database(), opened->clock_));
    TRY_ASSIGN(opened->blobs_, DiskBlobStore::open(opened->fs_, directory.blobs(), directory.quarantine()));
    TRY_ASSIGN(opened->manifests_, ManifestStore::open(opened->fs_, directory.manifests()));
    TRY_ASSIGN(opened->database_, open_sqlite(directory.database()));
    TRY_ASSIGN(opened->schema_, migrate(*opened->database_, embedded_migrations(), opened->clock_));
    TRY(check_integrity(*opened->database_, IntegrityCheck::quick));
    TRY_ASSIGN(RuleSet rules, load_rules(*opened->database_));
    opened->registry_.reset(new Registry{
        *opened->database_, *opened->blobs_, *opened->manifests_, opened->clock_, options.policy, RulesInForce(std::move(rules)), {}});
    return opened;
}

}  // namespace assay
