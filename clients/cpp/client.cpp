#include "clients/cpp/client.hpp"

#include "base/clock.hpp"
#include "base/crypto.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "clients/cpp/answer.hpp"
#include "clients/cpp/files_to_push.hpp"
#include "clients/cpp/gate_verdict.hpp"
#include "clients/cpp/proof.hpp"
#include "clients/cpp/reference_target.hpp"
#include "clients/cpp/registration.hpp"
#include "clients/cpp/temporary_folder.hpp"
#include "clients/cpp/upload.hpp"
#include "clients/cpp/verified_download.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <utility>

#include <pwd.h>
#include <unistd.h>

namespace assay {

namespace {

std::string variable(const char* name) {
    const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing of ours changes the environment
    return value == nullptr ? "" : value;
}

std::string this_consumer(std::string name) {
    if (name.empty()) name = variable("ASSAY_CONSUMER");
    if (name.empty()) {
        const passwd* const entry = ::getpwuid(::geteuid());  // NOLINT(concurrency-mt-unsafe): read before anything else runs
        name = entry != nullptr && entry->pw_name != nullptr ? entry->pw_name : "unknown";
    }
    if (name.find('@') != std::string::npos) return name;
    std::array<char, 256> host{};
    return name + "@" + (::gethostname(host.data(), host.size() - 1) == 0 ? host.data() : "localhost");
}

VersionIdentity identity_of(const RemoteVersion& version) { return {version.model, version.number, version.digest.to_string()}; }

Result<RemoteVersion> resolve_reference(Connection& server, const std::string& reference) {
    TRY_ASSIGN(const ReferenceTarget target, reference_target(reference));
    return resolve_version(server, target.target, target.model, target.pinned);
}

/// A version that the gate lets this environment have.
struct Admitted {
    RemoteVersion version;
    std::string environment;  ///< its digest
    std::vector<std::string> warnings;
};

Result<Admitted> pass_gate(Connection& server, const std::string& reference, const NativeEnvironment& environment) {
    TRY_ASSIGN(RemoteVersion version, resolve_reference(server, reference));
    const std::string bytes = to_text(environment);
    TRY_ASSIGN(Json document, parse_json(bytes));
    const OfferedEnvironment offered{sha256(bytes), std::move(document)};
    TRY_ASSIGN(const Json verdict, ask_gate(server, version, offered, true));
    if (refuses(verdict)) return fail(refusal_of(verdict));
    return Admitted{std::move(version), offered.digest.to_string(), warnings_of(verdict)};
}

/// A parent given as an alias or a digest is the version that it names now.
Result<void> name_parents_by_number(Connection& server, std::vector<NewVersion::Parent>& parents) {
    for (NewVersion::Parent& parent : parents) {
        TRY_ASSIGN(const ReferenceTarget target, reference_target(parent.version));
        if (target.number) continue;
        TRY_ASSIGN(const Json version, server.get(target.target));
        parent.version = fmt::format("{}@{}", target.model, integer_of(version, "version").value_or(0));
    }
    return {};
}

/// Where an upload that was cut is noted, for the next process: as the command line has it.
std::string cache_folder() {
    if (std::string cache = variable("ASSAY_CACHE"); !cache.empty()) return cache;
    if (const std::string caches = variable("XDG_CACHE_HOME"); !caches.empty()) return caches + "/assay";
    const std::string home = variable("HOME");
    return home.empty() ? "" : home + "/.cache/assay";
}

Result<void> upload_one(Connection& server, const std::string& url, const LocalFile& file) {
    if (file.size >= resumable_bytes) {
        UploadNote note = UploadNote::open(cache_folder(), url, file.digest);
        const auto unseen = [](std::uint64_t) {};
        const auto uploaded = upload_file(server, file, note, {unseen, unseen});
        // A server that takes no more unfinished uploads may still take a finished one.
        if (uploaded || uploaded.error().code != "upload-limit") return uploaded;
    }
    return server.put_blob(file, {}, {});
}

Result<void> upload(Connection& server, const std::string& url, const std::vector<PushedFile>& files) {
    std::vector<Digest> digests;
    for (const PushedFile& file : files) digests.push_back(file.local.digest);
    TRY_ASSIGN(std::set<Digest> missing, server.missing_blobs(digests));
    for (const PushedFile& file : files) {
        if (missing.erase(file.local.digest) == 0) continue;
        TRY_WHILE(upload_one(server, url, file.local), "uploading " + file.path);
    }
    return {};
}

}  // namespace

Client::Client(std::string url, std::unique_ptr<Connection> server) : url_(std::move(url)), server_(std::move(server)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Result<Client> Client::open(const ClientOptions& options) {
    std::string url = options.url.empty() ? variable("ASSAY_URL") : options.url;
    if (url.empty()) url = "http://127.0.0.1:8080";
    TRY_ASSIGN(std::unique_ptr<HttpClient> http, make_http_client(url));
    return Client(url, std::make_unique<Connection>(std::move(http), this_consumer(options.consumer)));
}

Result<RegisteredVersion> Client::push(const std::string& model, const NewVersion& version) {
    const std::string doing = "pushing " + printable(model, 300);
    const auto attempt = [&]() -> Result<RegisteredVersion> {
        TRY_ASSIGN(const TemporaryFolder folder, TemporaryFolder::create());
        std::string sample;
        if (version.sample) {
            sample = folder.file(sample_path);
            TRY(write_text_file(sample, to_text(*version.sample)));
        }
        TRY_ASSIGN(const std::vector<FileToPush> chosen, files_to_push(version.paths, sample));
        std::vector<PushedFile> files;
        for (const FileToPush& file : chosen) {
            TRY_ASSIGN(LocalFile local, hash_file(file.source));
            files.push_back({file.path, std::move(local)});
        }
        TRY_ASSIGN(Json registration, registration_of(version, files));
        std::vector<NewVersion::Parent> parents = version.parents;
        TRY(name_parents_by_number(*server_, parents));
        put_parents(registration, parents);
        TRY(upload(*server_, url_, files));
        TRY_ASSIGN(const Json answer, server_->create(Connection::path_of(model) + "/versions", registration));
        const auto number = integer_of(answer, "version");
        if (!number) return fail(ErrorKind::internal, "bad-answer", "the server's answer names no version");
        return RegisteredVersion{{text_of(answer, "model"), *number, text_of(answer, "digest")}, strings_of(list_of(answer, "warnings"))};
    };
    auto registered = attempt();
    if (!registered) return fail(std::move(registered).error().with_context(doing));
    return registered;
}

Result<VersionIdentity> Client::resolve(const std::string& reference) {
    TRY_ASSIGN(const RemoteVersion version, resolve_reference(*server_, reference));
    return identity_of(version);
}

Result<LoadedVersion> Client::fetch(const std::string& reference, const NativeEnvironment& environment, std::uint64_t max_bytes) {
    const std::string doing = "fetching " + printable(reference, 300);
    const auto attempt = [&]() -> Result<LoadedVersion> {
        TRY_ASSIGN(const Admitted admitted, pass_gate(*server_, reference, environment));
        TRY_ASSIGN(std::string manifest, canonical_json(admitted.version.manifest));
        LoadedVersion loaded{identity_of(admitted.version), std::move(manifest), {}, admitted.warnings, admitted.environment};
        std::uint64_t left = max_bytes;
        for (const RemoteFile& file : admitted.version.files) {
            if (file.size > left) {
                return fail(Error(ErrorKind::too_large, "version-too-large",
                                  fmt::format("the files of {} are larger than {}", admitted.version.name(), human_size(max_bytes)))
                                .with_fix("fetch it into a folder, or allow more"));
            }
            left -= file.size;
            const ByteTarget memory = into(loaded.files[file.path], file.size);
            TRY(download_verified(*server_, admitted.version, file, admitted.environment, memory));
        }
        return loaded;
    };
    auto loaded = attempt();
    if (!loaded) return fail(std::move(loaded).error().with_context(doing));
    return loaded;
}

Result<SavedVersion> Client::fetch_into(const std::string& folder, const std::string& reference, const NativeEnvironment& environment) {
    const std::string doing = "fetching " + printable(reference, 300);
    const auto attempt = [&]() -> Result<SavedVersion> {
        TRY_ASSIGN(const Admitted admitted, pass_gate(*server_, reference, environment));
        TRY_ASSIGN(std::string manifest, canonical_json(admitted.version.manifest));
        SavedVersion saved{identity_of(admitted.version), std::move(manifest), {}, admitted.warnings, admitted.environment};
        for (const RemoteFile& file : admitted.version.files) {
            const std::filesystem::path place = std::filesystem::path(folder) / file.path;
            TRY(make_folders(place.parent_path().string()));
            TRY_ASSIGN(PendingFile pending, PendingFile::create(place.string()));
            const ByteTarget disk{[&](std::string_view piece) { return pending.write(piece); }, [&] { return pending.restart(); }};
            TRY(download_verified(*server_, admitted.version, file, admitted.environment, disk));
            TRY(pending.publish());
            saved.places[file.path] = place.string();
        }
        return saved;
    };
    auto saved = attempt();
    if (!saved) return fail(std::move(saved).error().with_context(doing));
    return saved;
}

Result<void> Client::report(const LoadedVersion& version, const Replay& found) {
    return report(version.version, version.manifest, version.environment, found);
}

Result<void> Client::report(const SavedVersion& version, const Replay& found) {
    return report(version.version, version.manifest, version.environment, found);
}

Result<void> Client::report(const VersionIdentity& version, const std::string& manifest, const std::string& environment,
                            const Replay& found) {
    const auto attempt = [&]() -> Result<void> {
        TRY_ASSIGN(const Json proof, proof_of(found, manifest, environment));
        TRY(server_->create(fmt::format("{}/versions/{}/proofs", Connection::path_of(version.model), version.number), proof));
        return {};
    };
    auto kept = attempt();
    if (!kept) return fail(std::move(kept).error().with_context("reporting the smoke test of " + version.name()));
    return kept;
}

Result<void> Client::set_alias(const std::string& model, const std::string& alias, std::int64_t version) {
    TRY(server_->put(Connection::path_of(model) + "/aliases/" + encode_component(alias), {{"version", version}}));
    return {};
}

Result<void> Client::remove_alias(const std::string& model, const std::string& alias) {
    return server_->remove(Connection::path_of(model) + "/aliases/" + encode_component(alias));
}

Result<std::string_view> LoadedVersion::file(std::string_view path) const {
    if (const auto it = files.find(path); it != files.end()) return it->second;
    std::vector<std::string> names;
    names.reserve(files.size());
    for (const auto& [name, bytes] : files) names.push_back(name);
    return fail(Error(ErrorKind::not_found, "file-not-found", fmt::format("{} has no file {}", version.name(), printable(path, 300)))
                    .with_because("it has " + join(names, ", ")));
}

Result<std::optional<Sample>> LoadedVersion::sample() const {
    const auto it = files.find(sample_path);
    if (it == files.end()) return std::nullopt;
    TRY_ASSIGN(Sample sample, parse_sample(it->second, SampleOutputs::required));
    return std::optional(std::move(sample));
}

Result<NewVersion::Dataset> dataset_of_file(const std::string& path, const std::string& role) {
    TRY_ASSIGN(const LocalFile file, hash_file(path));
    return NewVersion::Dataset{role, std::filesystem::path(path).stem().string(), file.digest.to_string(), {}};
}

std::string now() { return SystemClock().now().to_string(); }

}  // namespace assay
