#include "clients/cpp/upload.hpp"

#include "base/text.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

constexpr int max_beginnings = 2;
constexpr int max_stalls = 4;                          // attempts in a row that bring nothing
constexpr std::chrono::milliseconds first_pause{100};
constexpr std::chrono::milliseconds longest_pause{2'000};
constexpr std::chrono::milliseconds longest_wait{15'000};  // for another writer; the server gives up on a silent one after 10 s

struct Place {
    std::string target;  ///< "/v1/uploads/…"
    std::uint64_t offset = 0;
    bool receiving = false;
};

Error lost() { return {ErrorKind::not_found, "upload-not-found", "the server does not know the upload any more"}; }

/// Whether the next attempt may do better, once the offset is known again.
bool is_passing(const Error& error) {
    return error.code == "connection-lost" || error.code == "upload-busy" || error.code == "upload-offset-mismatch" ||
           error.code == "body-truncated" || error.kind == ErrorKind::unavailable;
}

class Uploader {
public:
    Uploader(Connection& server, const LocalFile& file, UploadNote& note, const UploadEvents& events)
        : server_(server), file_(file), note_(note), events_(events) {}

    Result<void> run() {
        for (int beginning = 1;; ++beginning) {
            auto done = go_on();
            if (done) {
                note_.forget();
                return done;
            }
            const bool is_gone = done.error().code == "upload-not-found";
            if (!is_gone && done.error().code != "digest-mismatch") return done;
            note_.forget();
            // It may be gone because it was finished, and only the answer was lost.
            if (is_gone) {
                TRY_ASSIGN(const bool there, server_.has_blob(file_.digest));
                if (there) return {};
            }
            if (beginning < max_beginnings) continue;
            if (!is_gone) done.error().fixes.push_back("push again: " + printable(file_.path, 300) + " may have changed meanwhile");
            return done;
        }
    }

private:
    Result<void> go_on() {
        TRY_ASSIGN(const Place place, find_or_begin());
        TRY(send_rest(place));
        HttpRequest request;
        request.method = "PUT";
        request.target = place.target + "?digest=" + file_.digest.to_string();
        TRY(server_.send_repeatedly(std::move(request)));
        return {};
    }

    Result<Place> find_or_begin() {
        if (note_.upload()) {
            auto place = look("/v1/uploads/" + *note_.upload());
            if (place || place.error().kind != ErrorKind::not_found) return place;
            note_.forget();
        }
        TRY_ASSIGN(const Json upload, server_.ask("/v1/uploads", {{"size", file_.size}}));
        const std::string id = text_of(upload, "id");
        if (id.empty()) return fail(ErrorKind::internal, "bad-answer", "the server begins an upload without an id");
        note_.remember(id);
        return Place{"/v1/uploads/" + id};
    }

    /// Where the upload stands, once nobody writes to it, or nobody has for a while.
    Result<Place> look(const std::string& target) {
        std::chrono::milliseconds pause = first_pause;
        for (std::chrono::milliseconds waited{0};; waited += pause, pause = std::min(2 * pause, longest_pause)) {
            TRY_ASSIGN(const auto upload, server_.find(target));
            if (!upload) return fail(lost());
            const auto offset = integer_of(*upload, "offset");
            if (!offset || *offset < 0 || integer_of(*upload, "size") != static_cast<std::int64_t>(file_.size)) return fail(lost());
            Place place{target, static_cast<std::uint64_t>(*offset), member(*upload, "receiving") == Json(true)};
            if (!place.receiving || waited >= longest_wait) return place;
            server_.pause(pause);
        }
    }

    Result<void> send_rest(Place place) {
        int stalls = 0;
        std::chrono::milliseconds pause = first_pause;
        while (place.offset < file_.size) {
            events_.continues(place.offset);
            const auto sent = send_from(place);
            if (sent) return {};
            if (!is_passing(sent.error()) || stalls == max_stalls) return sent;
            server_.pause(pause);
            TRY_ASSIGN(const Place now, look(place.target));
            stalls = now.offset > place.offset ? 0 : stalls + 1;
            pause = stalls == 0 ? first_pause : std::min(2 * pause, longest_pause);
            place = now;
        }
        return {};
    }

    Result<void> send_from(const Place& place) {
        TRY_ASSIGN(const auto source, open_file(file_.path, events_.moved, place.offset));
        HttpRequest request;
        request.method = "PATCH";
        request.target = place.target;
        request.headers.emplace_back("Content-Type", "application/octet-stream");
        request.headers.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", place.offset, file_.size - 1, file_.size));
        request.upload = source.get();
        request.upload_size = file_.size - place.offset;
        TRY(server_.send_once(std::move(request)));
        return {};
    }

    Connection& server_;
    const LocalFile& file_;
    UploadNote& note_;
    const UploadEvents& events_;
};

}  // namespace

Result<void> upload_file(Connection& server, const LocalFile& file, UploadNote& note, const UploadEvents& events) {
    return Uploader(server, file, note, events).run();
}

}  // namespace assay
