#pragma once

#include "base/http_client.hpp"
#include "base/json.hpp"
#include "clients/cpp/local_file.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// Where the bytes of a file go that comes from a server.
struct FileTransfer {
    std::function<std::uint64_t()> position;               ///< how many are there already, from the front
    std::function<Result<void>(std::uint64_t)> begin_at;   ///< the server begins at this byte: at position(), or at 0, and all is new
    std::function<Result<void>(std::string_view)> receive; ///< the next bytes
};

/// Speaks docs/api.md to one server. A problem that the server answers with is an Error of the same kind, code, cause and
/// fixes, with the gate verdict in `details`. Requests that may be repeated without harm are repeated, with growing
/// pauses, when the connection breaks or the server is overloaded (503). One thread at a time.
class Connection {
public:
    using Headers = std::vector<std::pair<std::string, std::string>>;
    using Wait = std::function<void(std::chrono::milliseconds)>;

    /// `consumer` is "NAME@HOST". `wait` sleeps; tests give one that does not.
    Connection(std::unique_ptr<HttpClient> client, std::string_view consumer, Wait wait = {});

    [[nodiscard]] Result<Json> get(const std::string& target);
    /// GET whose 404 is an absence.
    [[nodiscard]] Result<std::optional<Json>> find(const std::string& target);
    /// Every item of a paged collection, up to `max_items` (`too_large` beyond).
    [[nodiscard]] Result<Json> get_all(const std::string& target, std::size_t max_items = 1'000'000);
    [[nodiscard]] Result<HttpResponse> get_raw(const std::string& target, std::string_view accept = "");
    /// POST of something that may be repeated: a question, or a creation under an Idempotency-Key of this process.
    [[nodiscard]] Result<Json> ask(const std::string& target, const Json& body);
    [[nodiscard]] Result<Json> create(const std::string& target, const Json& body);
    [[nodiscard]] Result<Json> put(const std::string& target, const Json& body, const Headers& conditions = {});
    [[nodiscard]] Result<Json> patch(const std::string& target, const Json& body);
    [[nodiscard]] Result<void> remove(const std::string& target, const Headers& conditions = {});

    /// True when the server holds a blob.
    [[nodiscard]] Result<bool> has_blob(const Digest& digest);
    /// Uploads a file as the blob of its digest; `restart` is called before each repetition. `integrity` when the file's bytes are no
    /// longer those of its digest.
    [[nodiscard]] Result<void> put_blob(const LocalFile& file, const OnBytes& on_bytes, const std::function<void()>& restart);
    /// Those of the digests whose blobs the server lacks.
    [[nodiscard]] Result<std::set<Digest>> missing_blobs(const std::vector<Digest>& digests);
    /// Streams a version's file, whose digest the manifest says, from transfer.position() on; goes on there when the connection breaks.
    [[nodiscard]] Result<void> get_file(const std::string& target, std::string_view environment, const Digest& digest,
                                        const FileTransfer& transfer);

    /// One attempt at any request. A refusal is an Error.
    [[nodiscard]] Result<HttpResponse> send_once(HttpRequest request) { return send(std::move(request), false); }
    /// The same, repeated like the others.
    [[nodiscard]] Result<HttpResponse> send_repeatedly(HttpRequest request) { return send(std::move(request), true); }
    void pause(std::chrono::milliseconds time) { wait_(time); }

    /// True when the last failure was the server's answer, and not our own or the network's.
    [[nodiscard]] bool refused_by_server() const { return refused_by_server_; }

    /// "/v1/models/churn", "/v1/models/churn/versions/3".
    [[nodiscard]] static std::string path_of(std::string_view model);
    [[nodiscard]] static std::string path_of(std::string_view model, std::int64_t version);

private:
    [[nodiscard]] Result<Json> send_json(std::string method, const std::string& target, const Json& body, const Headers& headers);
    [[nodiscard]] Result<HttpResponse> send(HttpRequest request, bool repeatable);
    /// Runs one attempt after the other until one gives an answer other than 503, or the attempts are used up.
    [[nodiscard]] Result<HttpResponse> repeat(bool repeatable, const std::function<Result<HttpResponse>(bool first)>& attempt);
    void add_common_headers(HttpRequest& request);
    [[nodiscard]] Error refusal(std::string_view method, std::string_view target, const HttpResponse& response);

    std::unique_ptr<HttpClient> client_;
    std::string consumer_;
    Wait wait_;
    std::string request_prefix_;
    std::uint64_t requests_ = 0;
    bool refused_by_server_ = false;
};

/// The Error that a response with a status of 400 or more stands for.
[[nodiscard]] Error error_of_response(std::string_view method, std::string_view target, const HttpResponse& response);

/// The header value of "Assay-Consumer": cut to 256 bytes, percent-encoded where it is not printable ASCII.
[[nodiscard]] std::string consumer_header(std::string_view consumer);

}  // namespace assay
