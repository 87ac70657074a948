#pragma once

#include "registry/aliases.hpp"
#include "registry/blobs.hpp"
#include "registry/fetch.hpp"
#include "registry/push.hpp"
#include "registry/registry.hpp"
#include "storage/data_directory.hpp"
#include "storage/fs/posix_fs.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace assay::test {

/// The body of a registration, as a client would send it. It starts complete: one file "model.joblib", the releases of
/// scikit-learn 1.7.2, numpy 2.3.1 and joblib 1.5.1, a training and an evaluation data set, one metric and a date.
class PushBuilder {
public:
    explicit PushBuilder(std::string model);

    PushBuilder& with_file(const std::string& path, const std::string& bytes);
    /// A file whose blob nobody has uploaded.
    PushBuilder& with_missing_blob(const std::string& path);
    PushBuilder& without_files();
    /// The bytes of "model.joblib": another artifact.
    PushBuilder& with_artifact(const std::string& bytes);
    PushBuilder& with_metric(const std::string& name, double value, const std::optional<std::string>& dataset = "adult-test");
    PushBuilder& with_dataset(const std::string& role, const std::string& name, const std::optional<std::string>& digest,
                              const std::optional<std::string>& table_digest = std::nullopt);
    PushBuilder& without_datasets();  ///< and without the metric that names one
    PushBuilder& with_library(const std::string& package, const std::string& release);
    PushBuilder& with_parent(const std::string& version, const std::string& relation = "retrained_from");
    PushBuilder& with_run(const std::string& id);
    PushBuilder& with_alias(const std::string& alias);
    PushBuilder& with_tag(const std::string& key, const std::string& value);
    PushBuilder& with_key(const std::string& idempotency_key);
    PushBuilder& if_changed();
    /// Leaves out a member of facts ("metrics").
    PushBuilder& without(const std::string& fact);
    /// Puts any JSON at a JSON pointer ("/facts/metrics/0/value").
    PushBuilder& with(const std::string& pointer, Json value);

    [[nodiscard]] const std::string& model() const { return model_; }
    [[nodiscard]] const Json& body() const { return body_; }
    [[nodiscard]] const std::vector<std::string>& uploads() const { return uploads_; }
    [[nodiscard]] const std::string& idempotency_key() const { return key_; }

private:
    std::string model_;
    std::string key_;
    Json body_;
    std::vector<std::string> uploads_;
};

[[nodiscard]] inline PushBuilder a_push(const std::string& model = "churn") { return PushBuilder(model); }

/// The bytes of a sample of one row.
inline constexpr std::string_view a_sample =
    R"({"schema":"assay.sample/1","rows":1,"input":{"kind":"matrix","type":"float64","shape":[1,1],"values":[[1.0]]},"outputs":{"predict":{"type":"int64","shape":[1],"values":[1]}},"tolerance":{"kind":"exact"}})";

/// Packages as they were when a_push() was trained; change what differs.
[[nodiscard]] Environment an_environment(const std::map<std::string, std::string>& packages = {}, const std::string& python = "3.11.7");

/// "sha256:…" of a text: the digest of a data set nobody needs to have.
[[nodiscard]] std::string digest_text(std::string_view text);

enum class Blobs { in_memory, on_disk };

/// A whole registry in a directory of its own: SQLite, manifests and (if asked for) blobs on disk, a clock that stands
/// still. Verbs fail the test when they fail; those that begin with try_ hand the Result out.
class TestRegistry {
public:
    explicit TestRegistry(Blobs blobs = Blobs::in_memory, const Policy& policy = {});
    ~TestRegistry();
    TestRegistry(const TestRegistry&) = delete;
    TestRegistry& operator=(const TestRegistry&) = delete;

    FakeClock clock;

    [[nodiscard]] Registry& registry() { return *registry_; }
    operator Registry&() { return *registry_; }  // NOLINT(google-explicit-constructor): tests read as sentences

    Digest put(std::string_view bytes);
    /// Uploads the files' bytes and registers.
    VersionView push(const PushBuilder& push);
    [[nodiscard]] Result<Pushed> try_push(const PushBuilder& push);
    /// The problems of a push that must be refused, "field: message" each.
    std::vector<std::string> refusal(const PushBuilder& push);

    [[nodiscard]] VersionView show(const std::string& model, const std::string& ref);
    void alias(const std::string& model, const std::string& alias, std::int64_t version);
    void remove(const std::string& model, const std::string& ref, WithAliases with_aliases = WithAliases::refuse);
    void undelete(const std::string& model, const std::string& ref);
    [[nodiscard]] Result<FetchedFile> try_fetch(const std::string& model, const std::string& ref,
                                                const EnvironmentClaim& claim = NoEnvironment{},
                                                const std::string& consumer = "scorer@host", const std::string& path = "model.joblib");
    /// The bytes of a file, through the gate and verified.
    [[nodiscard]] Result<std::string> try_read(const std::string& model, const std::string& ref, const std::string& path = "model.joblib");
    /// Keeps the environment, so that it can be named by its digest.
    Digest know(const Environment& environment);

    std::int64_t execute(const std::string& sql, const SqlValues& values = {});
    [[nodiscard]] std::string ask(const std::string& sql, const SqlValues& values = {});  ///< first column of the first row, or "no row"

    /// Closes everything and opens it again, as a restart does.
    void restart();
    /// As restart(), with an empty database in place of the old one.
    void lose_database();
    /// A backup of the database, and, as restart(), that backup in its place.
    [[nodiscard]] std::string copy_of_database();
    void replace_database(const std::string& bytes);
    /// Closes everything, lets `damage` work on the files, opens it again.
    void while_closed(const std::function<void()>& damage);

    [[nodiscard]] std::string blob_path(const Digest& digest) const;  ///< REQUIRES Blobs::on_disk
    [[nodiscard]] std::string manifest_path(const std::string& model, std::int64_t version) const;
    [[nodiscard]] std::string tombstone_path(const std::string& model, std::int64_t version) const;
    [[nodiscard]] std::string database_path() const;
    [[nodiscard]] std::string data_path() const { return folder_ / "data"; }

private:
    void open();
    void close();

    TempDir folder_;
    PosixFs fs_;
    Blobs kind_;
    Policy policy_;
    std::unique_ptr<DataDirectory> directory_;
    std::unique_ptr<BlobStore> blobs_;
    std::unique_ptr<ManifestStore> manifests_;
    std::unique_ptr<UploadSessions> uploads_;
    std::unique_ptr<Database> database_;
    std::unique_ptr<Registry> registry_;
};

[[nodiscard]] VersionRef version_ref(const std::string& text);
[[nodiscard]] std::string read_file(const std::string& path);
/// Replaces a file's bytes, read-only ones too.
void write_file(const std::string& path, std::string_view bytes);
/// Flips one bit in the middle of a file.
void damage_file(const std::string& path);

}  // namespace assay::test
