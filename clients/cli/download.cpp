#include "clients/cli/download.hpp"

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "clients/cli/progress.hpp"
#include "clients/cli/reference_path.hpp"
#include "clients/cpp/answer.hpp"
#include "clients/cpp/upload.hpp"
#include "clients/cpp/verified_download.hpp"

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

/// One file on its way: what is there of it, hashed as far as it goes.
class Download {
public:
    Download(CommandContext& context, const RemoteVersion& version, const RemoteFile& file, const std::string& folder)
        : output_(context.output()),
          version_(version),
          file_(file),
          target_(std::filesystem::path(folder) / file.path),
          progress_(output_, "fetching " + file.path, file.size) {}

    Result<void> run(Connection& server, std::string_view environment) {
        TRY(take_up());
        const bool was_resumed = received_ > 0;
        auto arrived = bring(server, environment);
        if (!arrived && was_resumed && arrived.error().kind == ErrorKind::integrity) {
            // What an earlier run has left may be what is wrong: once more, all of it.
            TRY(begin_at(0));
            arrived = bring(server, environment);
        }
        if (!arrived) {
            if (arrived.error().kind == ErrorKind::integrity && pending_) pending_->discard();
            return arrived;
        }
        TRY(make());  // an empty file has no first byte
        return pending_->publish();
    }

private:
    [[nodiscard]] bool is_resumable() const { return file_.size >= resumable_bytes; }

    /// Made with the first byte: a server that refuses leaves neither a file nor a folder behind.
    Result<void> make() {
        if (pending_) return {};
        TRY(make_folders(target_.parent_path().string()));
        TRY_ASSIGN(PendingFile made,
                   is_resumable() ? PendingFile::resume(target_.string(), file_.digest) : PendingFile::create(target_.string()));
        pending_.emplace(std::move(made));
        return {};
    }

    /// What an earlier run has left.
    Result<void> take_up() {
        if (!is_resumable() || !PendingFile::can_resume(target_.string(), file_.digest)) return {};
        TRY(make());
        TRY_ASSIGN(received_, pending_->size());
        if (received_ > file_.size) return begin_at(0);
        return pending_->hash_into(hash_, {});
    }

    Result<void> bring(Connection& server, std::string_view environment) {
        const FileTransfer transfer{[this] { return received_; }, [this](std::uint64_t offset) { return begin_at(offset); },
                                    [this](std::string_view piece) { return receive(piece); }};
        // All of it may be here: then it only lacks its name. An empty file is asked for all the same: the gate may refuse it.
        if (received_ < file_.size || file_.size == 0) {
            TRY(server.get_file(Connection::path_of(version_.model, version_.number) + "/files/" + encode_path(file_.path), environment,
                                file_.digest, transfer));
        }
        return must_be_whole(version_, file_, received_, hash_.finish());
    }

    Result<void> begin_at(std::uint64_t offset) {
        progress_.continue_at(offset);
        if (offset == received_) {
            if (offset > 0) say_continued(output_, progress_, file_.path, offset, file_.size);
            return {};
        }
        hash_ = Sha256();
        received_ = 0;
        return pending_ ? pending_->restart() : Result<void>();
    }

    Result<void> receive(std::string_view piece) {
        received_ += piece.size();
        TRY(must_not_exceed(version_, file_, received_));
        hash_.update(piece);
        TRY(make());
        TRY(pending_->write(piece));
        progress_.advance(piece.size());
        return {};
    }

    Output& output_;
    const RemoteVersion& version_;
    const RemoteFile& file_;
    std::filesystem::path target_;
    std::optional<PendingFile> pending_;
    Progress progress_;
    Sha256 hash_;
    std::uint64_t received_ = 0;
};

}  // namespace

Result<RemoteVersion> resolve(Connection& server, const Reference& reference) {
    const auto* digest = std::get_if<Digest>(&reference.version);
    return resolve_version(server, path_of(reference), reference.model, digest == nullptr ? std::nullopt : std::optional(*digest));
}

Result<Json> judge(Connection& server, const RemoteVersion& version, const std::optional<LocalEnvironment>& environment, bool fetch,
                   bool trial) {
    std::optional<OfferedEnvironment> offered;
    if (environment) offered = OfferedEnvironment{environment->digest, to_json(environment->environment)};
    return ask_gate(server, version, offered, fetch, trial);
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
        if (!entry.was_there) TRY(Download(context, version, entry.file, folder).run(*server, digest));
    }
    return files;
}

}  // namespace assay
