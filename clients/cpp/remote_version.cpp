#include "clients/cpp/remote_version.hpp"

#include "base/crypto.hpp"
#include "base/file_path.hpp"
#include "base/text.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

#include <set>

namespace assay {

namespace {

constexpr std::size_t max_listed_files = 10'000;

Error bad_manifest(std::string_view version, std::string because) {
    return Error(ErrorKind::integrity, "bad-manifest", fmt::format("the manifest of {} is not to be trusted", version))
        .with_because(std::move(because));
}

Result<std::vector<RemoteFile>> files_of(const Json& manifest, std::string_view version) {
    std::vector<RemoteFile> files;
    std::set<std::string> paths;
    const Json& list = list_of(manifest, "files");
    if (list.empty() || list.size() > max_listed_files) return fail(bad_manifest(version, fmt::format("it lists {} files", list.size())));
    for (const Json& entry : list) {
        const Json& raw_path = member(entry, "path");
        const auto size = integer_of(entry, "size");
        const auto digest = Digest::parse(text_of(entry, "digest"));
        if (!raw_path.is_string() || !size || *size < 0 || !digest)
            return fail(bad_manifest(version, "a file in it lacks path, size or digest"));
        const auto path = file_path(raw_path.get_ref<const std::string&>());
        if (!path) return fail(bad_manifest(version, path.error().message + ": " + path.error().because));
        if (!paths.insert(*path).second) return fail(bad_manifest(version, "it lists " + *path + " twice"));
        files.push_back({*path, static_cast<std::uint64_t>(*size), *digest});
    }
    return files;
}

}  // namespace

Result<RemoteVersion> resolve_version(Connection& server, const std::string& target, const std::string& model,
                                      const std::optional<Digest>& pinned) {
    TRY_ASSIGN(const Json answer, server.get(target));
    const auto number = integer_of(answer, "version");
    const auto digest = Digest::parse(text_of(answer, "digest"));
    const Json& name_there = member(answer, "model");
    if (!number || *number < 1 || !digest || !name_there.is_string()) {
        return fail(Error(ErrorKind::internal, "bad-answer", "the server's answer names no version")
                        .with_fix("check that the URL is that of an Assay server"));
    }
    RemoteVersion version{name_there.get<std::string>(), *number, *digest, {}, {}};
    TRY_ASSIGN(const HttpResponse bytes, server.get_raw(Connection::path_of(version.model, version.number) + "/manifest"));
    const std::string name = printable(version.name(), 300);
    if (sha256(bytes.body) != version.digest)
        return fail(bad_manifest(name, "its bytes do not have the digest " + version.digest.to_string()));
    if (pinned && *pinned != version.digest) {
        return fail(bad_manifest(name, "its digest is " + version.digest.to_string() + ", not the one asked for"));
    }
    auto manifest = parse_json(bytes.body);
    if (!manifest) return fail(bad_manifest(name, manifest.error().because));
    version.manifest = *std::move(manifest);
    if (member(version.manifest, "model") != Json(version.model) || integer_of(version.manifest, "version") != version.number ||
        version.model != model) {
        return fail(bad_manifest(name, "it is the manifest of another version"));
    }
    TRY_ASSIGN(version.files, files_of(version.manifest, name));
    return version;
}

Result<Json> ask_gate(Connection& server, const RemoteVersion& version, const std::optional<OfferedEnvironment>& environment, bool fetch,
                      bool trial) {
    Json asked = "none";
    if (environment) {
        const std::string digest = environment->digest.to_string();
        TRY_ASSIGN(const Json stored, server.put("/v1/environments/" + digest, environment->document));
        asked = digest;
    }
    Json question = {{"environment", asked}, {"fetch", fetch}};
    if (trial) question["try"] = true;
    return server.ask(Connection::path_of(version.model, version.number) + ":check", question);
}

}  // namespace assay
