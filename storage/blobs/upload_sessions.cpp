#include "storage/blobs/upload_sessions.hpp"

#include "base/crypto.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

constexpr std::size_t id_bytes = 16;
constexpr std::size_t piece_bytes = blob_chunk_bytes;

Error upload_not_found(std::string_view id) {
    return Error(ErrorKind::not_found, "upload-not-found", "there is no upload " + printable(id, 64))
        .with_because("it has expired, was cancelled, is finished, or never was")
        .with_fix("ask whether the blob is here (HEAD /v1/blobs/…), and begin anew if it is not");
}

struct ParsedName {
    std::string id;
    std::uint64_t size = 0;
};

/// `<id>-<size>`; absent for what is not ours.
std::optional<ParsedName> parse_name(std::string_view name) {
    const std::size_t dash = name.find('-');
    if (dash != 2 * id_bytes || !std::ranges::all_of(name.substr(0, dash), [](char c) { return hex_value(c) >= 0; })) return std::nullopt;
    const auto size = parse_integer(name.substr(dash + 1));
    if (!size || *size < 1 || static_cast<std::uint64_t>(*size) > max_upload_bytes) return std::nullopt;
    return ParsedName{std::string(name.substr(0, dash)), static_cast<std::uint64_t>(*size)};
}

}  // namespace

struct UploadSessions::Session {
    const std::string id;
    const std::uint64_t size;
    std::mutex mutex;                      ///< for all that follows
    std::uint64_t offset = 0;
    Timestamp last_byte = {};
    std::unique_ptr<PartialBlob> partial = {};  ///< opened when it is needed
    std::uint64_t writer = 0;              ///< whose turn it is; 0: nobody's
    std::uint64_t turns = 0;
    bool finishing = false;
    bool gone = false;

    [[nodiscard]] std::string name() const { return fmt::format("{}-{}", id, size); }
};

/// A writer's turn at a session: ends with this object, or when somebody else takes it.
class UploadSessions::Turn {
public:
    /// With the session's mutex held.
    Turn(Session& session, Timestamp now) : session_(session), number_(++session.turns) {
        session.writer = number_;
        session.last_byte = now;
    }
    ~Turn() {
        const std::lock_guard lock(session_.mutex);
        if (session_.writer == number_) session_.writer = 0;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    /// With the session's mutex held.
    [[nodiscard]] bool is_over() const { return session_.writer != number_; }

private:
    Session& session_;
    std::uint64_t number_;
};

UploadSessions::~UploadSessions() = default;

Result<std::unique_ptr<UploadSessions>> UploadSessions::open(BlobStore& store, const Clock& clock, const UploadLimits& limits) {
    std::unique_ptr<UploadSessions> uploads(new UploadSessions(store, clock, limits));
    TRY_ASSIGN(const auto entries, store.partials());
    const Timestamp now = clock.now();
    for (const PartialBlobEntry& entry : entries) {
        const auto name = parse_name(entry.name);
        // More bytes than announced cannot be of our making.
        if (!name || entry.size > name->size) {
            log(LogLevel::warning, "not an upload", {{"name", printable(entry.name, 200)}});
            continue;
        }
        auto session = std::make_shared<Session>(name->id, name->size);
        session->offset = entry.size;
        session->last_byte = std::min(entry.modified, now);
        uploads->announced_ += name->size;
        uploads->sessions_.emplace(name->id, std::move(session));
    }
    return uploads;
}

Result<UploadState> UploadSessions::begin(std::uint64_t size) {
    if (size < 1 || size > max_upload_bytes) {
        return fail(
            Error(ErrorKind::invalid, "invalid-upload-size", fmt::format("an upload has 1 to {} bytes, not {}", max_upload_bytes, size))
                .with_fix("say the size of the blob; an empty one is sent with PUT /v1/blobs/…"));
    }
    TRY(sweep());
    auto session = std::make_shared<Session>(random_hex(id_bytes), size);
    session->last_byte = clock_.now();
    {
        const std::lock_guard lock(mutex_);
        if (sessions_.size() >= limits_.sessions || size > limits_.bytes - std::min(announced_, limits_.bytes)) {
            return fail(Error(ErrorKind::no_space, "upload-limit", "there is no room for one more unfinished upload")
                            .with_because(fmt::format("{} are unfinished, {} in all; the limits are {} and {}", sessions_.size(),
                                                      human_size(announced_), limits_.sessions, human_size(limits_.bytes)))
                            .with_fix("finish or cancel others, or send the blob in one PUT")
                            .with_fix("the operator can raise the limit: assay serve --upload-limit GIB"));
        }
        sessions_.emplace(session->id, session);
        announced_ += size;
    }
    auto partial = store_.begin_partial(session->name());
    const std::lock_guard lock(session->mutex);
    if (!partial) {
        TRY(drop(*session));
        return fail(std::move(partial).error());
    }
    session->partial = *std::move(partial);
    return state_of(*session);
}

Result<UploadSessions::Shared> UploadSessions::look_up(std::string_view id) {
    Shared session;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = sessions_.find(id); found != sessions_.end()) session = found->second;
    }
    if (!session) return fail(upload_not_found(id));
    const std::lock_guard lock(session->mutex);
    if (!session->gone && is_expired(*session)) TRY(drop(*session));
    if (session->gone) return fail(upload_not_found(id));
    return session;
}

Result<UploadState> UploadSessions::find(std::string_view id) {
    TRY_ASSIGN(const Shared session, look_up(id));
    const std::lock_guard lock(session->mutex);
    return state_of(*session);
}

Result<void> UploadSessions::check_part(std::string_view id, const UploadPart& part) {
    TRY_ASSIGN(const Shared session, look_up(id));
    const std::lock_guard lock(session->mutex);
    return check_fits(*session, part);
}

Result<UploadState> UploadSessions::append(std::string_view id, const UploadPart& part, Source& source) {
    TRY_ASSIGN(const Shared session, look_up(id));
    std::optional<Turn> turn;
    {
        const std::lock_guard lock(session->mutex);
        TRY(check_free(*session));
        TRY(open_partial(*session));
        TRY(check_fits(*session, part));
        turn.emplace(*session, clock_.now());
    }
    const auto keep = [&](std::span<const std::byte> bytes) -> Result<void> {
        const std::lock_guard lock(session->mutex);
        if (session->gone) return fail(upload_not_found(id));
        if (turn->is_over()) return fail(ErrorKind::conflict, "upload-busy", "another request has taken this upload over");
        auto kept = session->partial->append(bytes);
        if (!kept && !session->partial->is_usable()) TRY(drop(*session));
        TRY(kept);
        session->offset += bytes.size();
        session->last_byte = clock_.now();
        return {};
    };

    const auto buffer = std::make_unique_for_overwrite<std::byte[]>(std::min<std::uint64_t>(part.length, piece_bytes));
    for (std::uint64_t left = part.length; left > 0;) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, piece_bytes));
        TRY_ASSIGN(const std::size_t count, source.read({buffer.get(), wanted}));
        if (count == 0) return fail(ErrorKind::integrity, "body-truncated", fmt::format("the part ends {} bytes before its end", left));
        TRY(keep({buffer.get(), count}));
        left -= count;
    }
    TRY_ASSIGN(const std::size_t surplus, source.read({buffer.get(), 1}));
    if (surplus > 0) return fail(ErrorKind::too_large, "upload-too-long", "there are more bytes than the part has");
    turn.reset();
    const std::lock_guard lock(session->mutex);
    return state_of(*session);
}

Result<BlobInfo> UploadSessions::finish(std::string_view id, const Digest& digest,
                                        const std::function<Result<void>(const BlobInfo&)>& record) {
    TRY_ASSIGN(const Shared session, look_up(id));
    {
        const std::lock_guard lock(session->mutex);
        TRY(check_free(*session));
        if (session->offset < session->size) {
            return fail(Error(ErrorKind::conflict, "upload-incomplete",
                              fmt::format("the upload has {} of {} bytes", session->offset, session->size))
                            .with_fix(fmt::format("PATCH it from byte {} on", session->offset)));
        }
        TRY(open_partial(*session));
        session->finishing = true;
    }
    // Without the mutex: to read and sync a large file takes its time, and whoever asks meanwhile is told that somebody is at it.
    auto info = store_.complete(*session->partial, {digest, session->size});
    const auto recorded = info ? record(*info) : Result<void>();
    const std::lock_guard lock(session->mutex);
    session->finishing = false;
    const bool is_lost = !info && (info.error().kind == ErrorKind::integrity || !session->partial->is_usable());
    if (is_lost || (info && recorded)) TRY(drop(*session));
    TRY(recorded);
    return info;
}

Result<void> UploadSessions::cancel(std::string_view id) {
    TRY_ASSIGN(const Shared session, look_up(id));
    const std::lock_guard lock(session->mutex);
    if (session->finishing) TRY(check_free(*session));
    return drop(*session);
}

Result<std::size_t> UploadSessions::sweep() {
    std::vector<Shared> all;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, session] : sessions_) all.push_back(session);
    }
    std::size_t dropped = 0;
    for (const Shared& session : all) {
        const std::unique_lock lock(session->mutex, std::try_to_lock);
        if (!lock.owns_lock() || session->gone || !is_expired(*session)) continue;  // a session that is at work has not expired
        TRY(drop(*session));
        ++dropped;
    }
    return dropped;
}

// What follows is called with the session's mutex held.

UploadState UploadSessions::state_of(const Session& session) const {
    return {session.id, session.offset, session.size, session.writer != 0 || session.finishing,
            Timestamp{session.last_byte.microseconds + std::chrono::microseconds(limits_.expiry).count()}};
}

bool UploadSessions::is_expired(const Session& session) const { return !session.finishing && clock_.now() > state_of(session).expires_at; }

Result<void> UploadSessions::check_free(const Session& session) const {
    if (session.gone) return fail(upload_not_found(session.id));
    const std::int64_t silent = clock_.now().microseconds - session.last_byte.microseconds;
    const bool given_up = session.writer != 0 && silent >= std::chrono::microseconds(limits_.writer_patience).count();
    if ((session.writer == 0 || given_up) && !session.finishing) return {};
    return fail(Error(ErrorKind::conflict, "upload-busy", "another request is writing this upload")
                    .with_fix("wait until it has ended, ask for the offset, and go on from there"));
}

Result<void> UploadSessions::check_fits(const Session& session, const UploadPart& part) const {
    TRY(check_free(session));
    if (part.total && *part.total != session.size) {
        return fail(ErrorKind::invalid, "invalid-content-range",
                    fmt::format("Content-Range says {} bytes in all, the upload was begun for {}", *part.total, session.size));
    }
    if (part.length > session.size || part.first > session.size - part.length) {
        return fail(Error(ErrorKind::too_large, "upload-too-long", fmt::format("the part ends beyond the {} bytes announced", session.size))
                        .with_fix("begin another upload with the right size"));
    }
    if (part.first == session.offset) return {};
    return fail(Error(ErrorKind::conflict, "upload-offset-mismatch",
                      fmt::format("the part begins at byte {}, the upload goes on at {}", part.first, session.offset))
                    .with_because(part.first < session.offset ? "these bytes are here already" : "the bytes between are missing")
                    .with_fix(fmt::format("send from byte {} on", session.offset)));
}

Result<void> UploadSessions::open_partial(Session& session) {
    if (session.partial) return {};
    TRY_ASSIGN(session.partial, store_.open_partial(session.name()));
    session.offset = session.partial->size();
    return {};
}

Result<void> UploadSessions::drop(Session& session) {
    session.gone = true;
    {
        const std::lock_guard lock(mutex_);
        if (sessions_.erase(session.id) > 0) announced_ -= session.size;
    }
    return store_.remove_partial(session.name());
}

}  // namespace assay
