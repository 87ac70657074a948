#include "tests/simulation/crash_simulation/registrar.hpp"

#include "base/crypto.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

namespace assay::simulation {

namespace {

Result<std::int64_t> next_number(SqlSession& session, const std::string& model) {
    TRY_ASSIGN(const auto highest, session.first("SELECT COALESCE(MAX(number), 0) FROM version WHERE model = $1", {model},
                                                 [](const Row& row) { return row.integer(0); }));
    return highest.value_or(0) + 1;
}

std::string manifest_of(const std::string& model, std::int64_t number, const std::vector<std::string>& files) {
    std::string text = fmt::format("model {} version {}\n", to_hex(model), number);
    for (const std::string& bytes : files) text += fmt::format("{} {}\n", sha256(bytes).to_string(), bytes.size());
    return text;
}

Result<void> insert_rows(SqlWrite& write, const VersionRecord& record, const std::vector<std::string>& files) {
    TRY(write.run("INSERT INTO version (model, number, manifest_digest) VALUES ($1, $2, $3)",
                  {record.model, record.number, sha256(record.manifest).to_string()}));
    for (std::size_t i = 0; i < files.size(); ++i) {
        TRY(write.run("INSERT INTO file (model, number, path, blob) VALUES ($1, $2, $3, $4)",
                      {record.model, record.number, fmt::format("file-{}", i), sha256(files[i]).to_string()}));
    }
    return {};
}

Result<void> store_files(Stores stores, const std::vector<std::string>& files, const Listener& listener) {
    for (const std::string& bytes : files) {
        MemorySource source(bytes);
        TRY_ASSIGN(const BlobInfo info, stores.blobs.put(source, {sha256(bytes), bytes.size()}));
        listener.blob_stored(info);
    }
    return {};
}

}  // namespace

Result<void> make_schema(Database& database) {
    return database.write([](SqlWrite& write) -> Result<void> {
        TRY(
            write.run("CREATE TABLE IF NOT EXISTS version (model TEXT NOT NULL, number BIGINT NOT NULL, manifest_digest TEXT NOT NULL, "
                      "PRIMARY KEY (model, number))",
                      {}));
        TRY(
            write.run("CREATE TABLE IF NOT EXISTS file (model TEXT NOT NULL, number BIGINT NOT NULL, path TEXT NOT NULL, "
                      "blob TEXT NOT NULL, PRIMARY KEY (model, number, path))",
                      {}));
        TRY(write.run("CREATE INDEX IF NOT EXISTS file_by_blob ON file (blob)", {}));
        return {};
    });
}

Result<void> register_version(Stores stores, const std::string& model, const std::vector<std::string>& files, Mutant mutant,
                              const Listener& listener) {
    VersionRecord record{model, 0, {}, files.size()};
    if (mutant != Mutant::commit_before_link) TRY(store_files(stores, files, listener));

    TRY_ASSIGN(record.number, stores.database.read([&](SqlSession& session) { return next_number(session, model); }));
    // A registration cut short by a crash may have left its manifest: the number is passed over.
    TRY_ASSIGN(record.number, stores.manifests.next_free(model, record.number));
    record.manifest = manifest_of(model, record.number, files);
    TRY_ASSIGN(PreparedManifest prepared, stores.manifests.prepare(record.manifest));
    TRY(stores.manifests.open_model(model));
    listener.manifest_begun(record);

    const auto committed = stores.database.write([&](SqlWrite& write) -> Result<void> {
        TRY(insert_rows(write, record, files));
        if (mutant == Mutant::commit_before_link) return {};
        TRY(stores.manifests.publish(prepared, model, record.number));
        write.before_commit("manifests/" + model, [&] { return stores.manifests.sync_model(model); });
        if (mutant == Mutant::ack_before_commit) {
            write.before_commit("acknowledge", [&]() -> Result<void> {
                listener.acknowledged();
                return {};
            });
        }
        return {};
    });
    TRY(committed);
    if (mutant == Mutant::commit_before_link) {
        TRY(store_files(stores, files, listener));
        TRY(stores.manifests.publish(prepared, model, record.number));
        TRY(stores.manifests.sync_model(model));
    }
    if (mutant != Mutant::ack_before_commit) listener.acknowledged();
    return {};
}

}  // namespace assay::simulation
