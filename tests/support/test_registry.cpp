#include "tests/support/test_registry.hpp"

#include "base/crypto.hpp"
#include "storage/blobs/disk_blob_store.hpp"
#include "storage/blobs/memory_blob_store.hpp"
#include "storage/sql/migrate.hpp"
#include "storage/sql/sqlite.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace assay::test {

std::string digest_text(std::string_view text) { return sha256(text).to_string(); }

VersionRef version_ref(const std::string& text) { return must(VersionRef::parse(text)); }

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE_MESSAGE(file.good(), "cannot read ", path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_file(const std::string& path, std::string_view bytes) {
    namespace fs = std::filesystem;
    if (fs::exists(path)) fs::permissions(path, fs::perms::owner_write, fs::perm_options::add);
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << bytes;
    file.close();
    REQUIRE_MESSAGE(file.good(), "cannot write ", path);
}

void damage_file(const std::string& path) {
    std::string bytes = read_file(path);
    REQUIRE(!bytes.empty());
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    write_file(path, bytes);
}

PushBuilder::PushBuilder(std::string model) : model_(std::move(model)) {
    body_ = {{"files", Json::array()},
             {"facts",
              {{"uses", {"scikit-learn", "numpy", "joblib"}},
               {"libraries", {{"python", "3.11.7"}, {"scikit-learn", "1.7.2"}, {"numpy", "2.3.1"}, {"joblib", "1.5.1"}}},
               {"platform", "linux-x86_64"},
               {"trained_at", "2026-11-22T21:14:03Z"},
               {"datasets", Json::array()},
               {"metrics", Json::array()}}}};
    with_file("model.joblib", "the bytes of a model");
    with_dataset("training", "adult", digest_text("adult"));
    with_dataset("evaluation", "adult-test", digest_text("adult-test"));
    with_metric("accuracy", 0.861);
}

PushBuilder& PushBuilder::with_file(const std::string& path, const std::string& bytes) {
    body_["files"].push_back({{"path", path}, {"digest", digest_text(bytes)}});
    uploads_.push_back(bytes);
    return *this;
}
PushBuilder& PushBuilder::with_missing_blob(const std::string& path) {
    body_["files"].push_back({{"path", path}, {"digest", digest_text("nobody uploaded " + path)}});
    return *this;
}
PushBuilder& PushBuilder::without_files() { return with("/files", Json::array()); }
PushBuilder& PushBuilder::with_artifact(const std::string& bytes) {
    uploads_.push_back(bytes);
    return with("/files/0/digest", digest_text(bytes));
}
PushBuilder& PushBuilder::with_metric(const std::string& name, double value, const std::optional<std::string>& dataset) {
    Json metric = {{"name", name}, {"value", value}};
    if (dataset) metric["dataset"] = *dataset;
    body_["facts"]["metrics"].push_back(std::move(metric));
    return *this;
}
PushBuilder& PushBuilder::with_dataset(const std::string& role, const std::string& name, const std::optional<std::string>& digest,
                                       const std::optional<std::string>& table_digest) {
    Json dataset = {{"role", role}, {"name", name}};
    if (digest) dataset["digest"] = *digest;
    if (table_digest) dataset["table_digest"] = *table_digest;
    body_["facts"]["datasets"].push_back(std::move(dataset));
    return *this;
}
PushBuilder& PushBuilder::without_datasets() {
    body_["facts"]["metrics"] = Json::array();
    return with("/facts/datasets", Json::array());
}
PushBuilder& PushBuilder::with_library(const std::string& package, const std::string& release) {
    body_["facts"]["libraries"][package] = release;
    return *this;
}
PushBuilder& PushBuilder::with_parent(const std::string& version, const std::string& relation) {
    body_["facts"]["parents"].push_back({{"version", version}, {"relation", relation}});
    return *this;
}
PushBuilder& PushBuilder::with_run(const std::string& id) { return with("/run/id", id); }
PushBuilder& PushBuilder::with_alias(const std::string& alias) {
    body_["aliases"].push_back(alias);
    return *this;
}
PushBuilder& PushBuilder::with_tag(const std::string& key, const std::string& value) {
    body_["tags"][key] = value;
    return *this;
}
PushBuilder& PushBuilder::with_key(const std::string& idempotency_key) {
    key_ = idempotency_key;
    return *this;
}
PushBuilder& PushBuilder::if_changed() { return with("/if_changed", true); }
PushBuilder& PushBuilder::without(const std::string& fact) {
    body_["facts"].erase(fact);
    return *this;
}
PushBuilder& PushBuilder::with(const std::string& pointer, Json value) {
    body_[Json::json_pointer(pointer)] = std::move(value);
    return *this;
}

Environment an_environment(const std::map<std::string, std::string>& packages, const std::string& python) {
    Environment environment{python, "cpython", "linux-x86_64", {{"scikit-learn", "1.7.2"}, {"numpy", "2.3.1"}, {"joblib", "1.5.1"}}};
    for (const auto& [name, release] : packages) environment.packages[name] = release;
    return environment;
}

TestRegistry::TestRegistry(Blobs blobs, const Policy& policy) : kind_(blobs), policy_(policy) { open(); }
TestRegistry::~TestRegistry() { close(); }

void TestRegistry::open() {
    directory_ = must(DataDirectory::open(folder_ / "data", {.allow_volatile = true}));
    if (kind_ == Blobs::on_disk) {
        blobs_ = must(DiskBlobStore::open(fs_, directory_->blobs(), directory_->quarantine(), directory_->uploads()));
    } else if (!blobs_) {
        blobs_ = std::make_unique<MemoryBlobStore>();
    }
    manifests_ = must(ManifestStore::open(fs_, directory_->manifests()));
    uploads_ = must(UploadSessions::open(*blobs_, clock, {}));
    database_ = must(open_sqlite(directory_->database()));
    (void)must(migrate(*database_, embedded_migrations(), clock));
    registry_.reset(new Registry{
        *database_, *blobs_, *manifests_, *uploads_, clock, policy_, RulesInForce(std::nullopt), must(SafetyLists::builtin()), {}});
}

void TestRegistry::close() {
    registry_.reset();
    database_.reset();
    uploads_.reset();
    manifests_.reset();
    if (kind_ == Blobs::on_disk) blobs_.reset();
    directory_.reset();
}

void TestRegistry::while_closed(const std::function<void()>& damage) {
    close();
    damage();
    open();
}
void TestRegistry::restart() {
    while_closed([] {});
}
void TestRegistry::lose_database() {
    while_closed([&] {
        for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(database_path() + suffix);
    });
}

std::string TestRegistry::copy_of_database() {
    std::string bytes;
    while_closed([&] { bytes = read_file(database_path()); });
    return bytes;
}
void TestRegistry::replace_database(const std::string& bytes) {
    while_closed([&] { write_file(database_path(), bytes); });
}

Digest TestRegistry::put(std::string_view bytes) {
    MemorySource source(bytes);
    return must(put_blob(*registry_, source, {})).info.digest;
}

Result<Pushed> TestRegistry::try_push(const PushBuilder& builder) {
    for (const std::string& bytes : builder.uploads()) put(bytes);
    Problems problems;
    PushRequest request = read_push_request(builder.body(), problems);
    request.model = builder.model();
    request.actor = "trainer@lab";
    request.idempotency_key = builder.idempotency_key();
    request.request_digest = digest_text(builder.model() + builder.body().dump());
    return assay::push(*registry_, std::move(request), std::move(problems));
}
VersionView TestRegistry::push(const PushBuilder& builder) { return must(try_push(builder)).version; }

std::vector<std::string> TestRegistry::refusal(const PushBuilder& builder) {
    const Error error = error_of(try_push(builder));
    std::vector<std::string> lines;
    for (const FieldProblem& problem : error.problems) lines.push_back(problem.field + ": " + problem.message);
    return lines;
}

VersionView TestRegistry::show(const std::string& model, const std::string& text) {
    return must(show_version(*registry_, model, version_ref(text)));
}
void TestRegistry::alias(const std::string& model, const std::string& alias, std::int64_t version) {
    (void)must(set_alias(*registry_, model, alias, VersionRef{VersionRef::Number{version}}, {}, "trainer@lab"));
}
void TestRegistry::remove(const std::string& model, const std::string& text, WithAliases with_aliases) {
    must(delete_version(*registry_, model, version_ref(text), with_aliases, "trainer@lab"));
}
void TestRegistry::undelete(const std::string& model, const std::string& text) {
    (void)must(undelete_version(*registry_, model, version_ref(text), "trainer@lab"));
}

Result<FetchedFile> TestRegistry::try_fetch(const std::string& model, const std::string& text, const EnvironmentClaim& claim,
                                            const std::string& consumer, const std::string& path) {
    return fetch_file(*registry_, model, version_ref(text), path, claim, RecordFetch::unless_recent, consumer);
}

Result<std::string> TestRegistry::try_read(const std::string& model, const std::string& text, const std::string& path) {
    TRY_ASSIGN(const FetchedFile file, try_fetch(model, text, NoEnvironment{}, "scorer@host", path));
    std::string bytes;
    while (bytes.size() < file.reader->size()) {
        TRY_ASSIGN(const auto part, file.reader->read_at(bytes.size(), blob_chunk_bytes));
        bytes.append(reinterpret_cast<const char*>(part.data()), part.size());
    }
    return bytes;
}

Digest TestRegistry::know(const Environment& environment) {
    const Digest digest = must(digest_of(environment));
    return must(put_environment(*registry_, digest, environment)).digest;
}

std::int64_t TestRegistry::execute(const std::string& sql, const SqlValues& values) {
    return must(database_->write([&](SqlWrite& session) { return session.run(sql, values); }));
}
std::string TestRegistry::ask(const std::string& sql, const SqlValues& values) {
    return must(
               database_->read([&](SqlSession& session) { return session.first(sql, values, [](const Row& row) { return row.text(0); }); }))
        .value_or("no row");
}

std::string TestRegistry::blob_path(const Digest& digest) const {
    return directory_->blobs() + "/" + digest.hex().substr(0, 2) + "/" + digest.hex();
}
std::string TestRegistry::manifest_path(const std::string& model, std::int64_t version) const {
    return directory_->manifests() + "/" + ManifestStore::directory_of(model) + "/" + std::to_string(version) + ".json";
}
std::string TestRegistry::tombstone_path(const std::string& model, std::int64_t version) const {
    return directory_->manifests() + "/" + ManifestStore::directory_of(model) + "/" + std::to_string(version) + ".deleted.json";
}
std::string TestRegistry::database_path() const { return folder_ / "data/assay.db"; }

}  // namespace assay::test
