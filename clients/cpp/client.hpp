#pragma once

#include "artifact/sample.hpp"
#include "artifact/sample_comparison.hpp"
#include "base/result.hpp"
#include "clients/cpp/environment.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

class Connection;

struct ClientOptions {
    std::string url;       ///< empty: ASSAY_URL, else http://127.0.0.1:8080
    std::string consumer;  ///< who fetches: "NAME@HOST"; without a host this one's. Empty: ASSAY_CONSUMER, else the login name
};

/// A version to be registered. Required are the four facts (libraries, data, metrics on held-out data, the date) and a file.
struct NewVersion {
    struct Dataset {
        std::string role = "training";  ///< training, evaluation, validation, test, other
        std::string name;
        std::string digest;  ///< "sha256:…" of a file's bytes, or "ds1:sha256:…" of a table
        std::optional<std::int64_t> rows;
    };
    struct Metric {
        std::string name;
        double value = 0;
        std::string dataset;  ///< the name of one of `datasets`, held out
    };
    struct Parent {
        std::string version;   ///< "churn@2"
        std::string relation;  ///< "retrained_from"; empty: the registry's default
    };

    std::vector<std::string> paths;  ///< files under their own names, folders' files under their paths inside them
    std::optional<Sample> sample;    ///< stored as sample.json: the smoke test of every later load
    std::vector<Dataset> datasets;
    std::vector<Metric> metrics;
    std::string trained_at;  ///< RFC 3339: now()
    /// Where it was trained; its packages are the libraries of the facts.
    NativeEnvironment environment = native_environment();
    /// The packages that a loader needs, and the gate judges. An archive is written by cereal and its numbers come from Eigen; its own
    /// format has a version of its own, so that assay is no part of it.
    std::vector<std::string> uses = {"cereal", "eigen"};
    std::map<std::string, std::string> params, source, tags;
    std::vector<Parent> parents;
    std::vector<std::string> aliases;  ///< to point at the new version
    std::string description;
    enum class Unchanged {
        register_again,
        keep
    } unchanged = Unchanged::register_again;  ///< keep: the newest version with the same content
};

/// Which version, exactly.
struct VersionIdentity {
    std::string model;
    std::int64_t number = 0;
    std::string digest;  ///< "sha256:…" of the manifest: pins every byte

    [[nodiscard]] std::string name() const { return model + "@" + std::to_string(number); }
};

struct RegisteredVersion {
    VersionIdentity version;
    std::vector<std::string> warnings;
};

/// A version in memory: the manifest has the digest that names it, and the files have the sizes and digests that the manifest says.
struct LoadedVersion {
    VersionIdentity version;
    std::string manifest;                                   ///< RFC 8785 JSON
    std::map<std::string, std::string, std::less<>> files;  ///< path → bytes
    std::vector<std::string> warnings;                      ///< of the gate
    std::string environment;                                ///< "sha256:…": what the gate was asked with

    /// The bytes at a path; `not_found`, code "file-not-found", names what there is.
    [[nodiscard]] Result<std::string_view> file(std::string_view path) const;
    /// The sample, when the version has one.
    [[nodiscard]] Result<std::optional<Sample>> sample() const;
};

/// A version on disk, verified likewise.
struct SavedVersion {
    VersionIdentity version;
    std::string manifest;
    std::map<std::string, std::string, std::less<>> places;  ///< path → where it is now
    std::vector<std::string> warnings;
    std::string environment;
};

/// A registry, spoken to over HTTP. An Error has a kind, a message, the cause and what to do (describe() prints it): `incompatible` is the
/// gate's refusal, with its verdict as JSON in `details`; `network` and `unavailable` may be tried again, which was done already where it
/// does no harm. One thread at a time; movable.
class Client {
public:
    /// Sends nothing yet. `invalid`, code "invalid-url", for what is no http:// URL.
    [[nodiscard]] static Result<Client> open(const ClientOptions& options = {});
    ~Client();
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;

    /// Hashes and uploads what the registry does not hold yet, continuing what was cut, and registers. A refusal lists every reason in
    /// `problems`.
    [[nodiscard]] Result<RegisteredVersion> push(const std::string& model, const NewVersion& version);

    /// The version that a reference names now: "churn", "churn@3", "churn@production", "churn@sha256:…". Its manifest is verified.
    [[nodiscard]] Result<VersionIdentity> resolve(const std::string& reference);

    /// Resolves, asks the gate, and brings every file into memory, verified; at most `max_bytes` in all (`too_large`).
    [[nodiscard]] Result<LoadedVersion> fetch(const std::string& reference, const NativeEnvironment& environment = native_environment(),
                                              std::uint64_t max_bytes = std::uint64_t{4} << 30U);
    /// The same into a folder, where each file appears when it is whole. Files that are there are replaced.
    [[nodiscard]] Result<SavedVersion> fetch_into(const std::string& folder, const std::string& reference,
                                                  const NativeEnvironment& environment = native_environment());

    /// Tells the registry what the smoke test found (replay(); or a Replay of your own when the model did not load or predict). It is a
    /// proof from then on: `assay proofs` shows it, and the gate goes by it in environments like the one that was fetched with.
    /// `invalid`, code "no-sample", when the version has no sample that could have been replayed.
    [[nodiscard]] Result<void> report(const LoadedVersion& version, const Replay& found);
    [[nodiscard]] Result<void> report(const SavedVersion& version, const Replay& found);

    /// Points an alias at a version, wherever it pointed before.
    [[nodiscard]] Result<void> set_alias(const std::string& model, const std::string& alias, std::int64_t version);
    [[nodiscard]] Result<void> remove_alias(const std::string& model, const std::string& alias);

private:
    Client(std::string url, std::unique_ptr<Connection> server);
    [[nodiscard]] Result<void> report(const VersionIdentity& version, const std::string& manifest, const std::string& environment,
                                      const Replay& found);
    std::string url_;
    std::unique_ptr<Connection> server_;
};

/// The hash of a data set that is a file, named by its stem: "data/adult.csv" is "adult".
[[nodiscard]] Result<NewVersion::Dataset> dataset_of_file(const std::string& path, const std::string& role);

/// This moment, as `trained_at` wants it.
[[nodiscard]] std::string now();

}  // namespace assay
