#include "clients/cli/download.hpp"

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "clients/cli/progress.hpp"
#include "clients/cli/reference_path.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <optional>

namespace assay {

namespace {

/// What stands at a path below the folder, without following links.
enum class Found { nothing, same, different };

Result<Found> look(const std::filesystem::path& folder, const RemoteFile& file) {
    std::filesystem::path place = folder;
    for (const std::string& segment : split(file.path, '/')) {
        place /= segment;
        std::error_code ignored;  // absent and unreadable alike: writing will say so
        const auto status = std::filesystem::symlink_status(place, ignored);
        const bool last = place == folder / file.path;
        if (status.type() == std::filesystem::file_type::not_found || status.type() == std::filesystem::file_type::none)
            return Found::nothing;
        if (!last && status.type() != std::filesystem::file_type::directory) {
            return fail(Error(ErrorKind::conflict, "not-a-folder", printable(place.string(), 1000) + " is in the way: it is no folder"));
        }
        if (last && status.type() != std::filesystem::file_type::regular) {
            return fail(
                Error(ErrorKind::conflict, "not-a-file", printable(place.string(), 1000) + " is in the way: it is no regular file"));
        }
    }
    TRY_ASSIGN(const LocalFile there, hash_file(place.string()));
    return there.size == file.size && there.digest == file.digest ? Found::same : Found::different;
}

Result<void> download_one(CommandContext& context, Connection& server, const RemoteVersion& version, const RemoteFile& file,
                          std::string_view environment, const std::string& folder) {
    const std::filesystem::path target = std::filesystem::path(folder) / file.path;
    // Made with the first byte: a server that refuses leaves neither a file nor a folder behind.
    std::optional<PendingFile> pending;
    const auto begin = [&]() -> Result<void> {
        if (pending) return {};
        TRY(make_folders(target.parent_path().string()));
        TRY_ASSIGN(PendingFile made, PendingFile::create(target.string()));
        pending.emplace(std::move(made));
        return {};
    };
    Progress progress(context.output(), "fetching " + file.path, file.size);
    Sha256 hash;
    std::uint64_t received = 0;
    const auto receive = [&](std::string_view piece) -> Result<void> {
        received += piece.size();
        if (received > file.size) {
            return fail(ErrorKind::integrity, "size-mismatch",
                        fmt::format("{} of {} has more than its {} bytes", file.path, version.name(), file.size));
        }
        hash.update(piece);
        TRY(begin());
        TRY(pending->write(piece));
        progress.advance(piece.size());
        return {};
    };
    const auto restart = [&]() -> Result<void> {
        hash = Sha256();
        received = 0;
        progress.restart();
        return pending ? pending->restart() : Result<void>();
    };
    TRY(server.get_file(Connection::path_of(version.model, version.number) + "/files/" + encode_path(file.path), environment, receive,
                        restart));
    if (received != file.size) {
        return fail(ErrorKind::integrity, "size-mismatch",
                    fmt::format("{} of {} arrived with {} of {} bytes", file.path, version.name(), received, file.size));
    }
    if (const Digest arrived = hash.finish(); arrived != file.digest) {
        return fail(Error(ErrorKind::integrity, "digest-mismatch",
                          fmt::format("{} of {} arrived with other bytes than were registered", file.path, version.name()))
                        .with_because(fmt::format("its digest is {}, the manifest says {}", arrived.to_string(), file.digest.to_string()))
                        .with_fix("fetch again; if it happens again, run 'assay fsck' on the server"));
    }
    TRY(begin());  // an empty file has no first byte
    return pending->publish();
}

}  // namespace

Result<RemoteVersion> resolve(Connection& server, const Reference& reference) {
    const auto* digest = std::get_if<Digest>(&reference.version);
    return resolve_version(server, path_of(reference), reference.model, digest == nullptr ? std::nullopt : std::optional(*digest));
}

Result<Json> judge(Connection& server, const RemoteVersion& version, const std::optional<LocalEnvironment>& environment, bool fetch) {
    std::optional<OfferedEnvironment> offered;
    if (environment) offered = OfferedEnvironment{environment->digest, to_json(environment->environment)};
    return ask_gate(server, version, offered, fetch);
}

Result<std::vector<DownloadedFile>> download(CommandContext& context, const RemoteVersion& version,
                                             const std::optional<LocalEnvironment>& environment, const std::string& folder, bool force) {
    TRY_ASSIGN(Connection* const server, context.server());
    std::vector<DownloadedFile> files;
    for (const RemoteFile& file : version.files) {
        TRY_ASSIGN(const Found found, look(folder, file));
        if (found == Found::different && !force) {
            return fail(Error(ErrorKind::conflict, "file-exists",
                              fmt::format("{}/{} is there already, with other bytes", printable(folder, 500), file.path))
                            .with_fix("fetch into another folder, or say --force to replace it"));
        }
        files.push_back({file, found == Found::same});
    }
    const std::string digest = environment ? environment->digest.to_string() : "none";
    for (const DownloadedFile& entry : files) {
        if (!entry.was_there) TRY(download_one(context, *server, version, entry.file, digest, folder));
    }
    return files;
}

}  // namespace assay
