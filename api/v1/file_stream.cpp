#include "api/v1/file_stream.hpp"

#include "api/v1/exchange.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "registry/fetch.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay::v1 {

namespace {

struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t length = 0;
};

/// The bytes of a verified blob, window by window.
class FileStream final : public BodyStream {
public:
    FileStream(Registry& registry, std::unique_ptr<BlobReader> reader, const Digest& digest, ByteRange range)
        : registry_(registry),
          reader_(std::move(reader)),
          digest_(digest),
          position_(range.first),
          left_(range.length),
          size_(range.length) {}

    [[nodiscard]] std::uint64_t size() const override { return size_; }

    [[nodiscard]] Result<std::span<const std::byte>> next() override {
        if (left_ == 0) return std::span<const std::byte>();
        if (ahead_) {
            ahead_ = false;
            return take(window_);
        }
        TRY_ASSIGN(const auto window, read());
        return take(window);
    }

    /// Reads and verifies the first window now.
    [[nodiscard]] Result<void> look_ahead() {
        if (left_ == 0) return {};
        TRY_ASSIGN(window_, read());
        ahead_ = true;
        return {};
    }

private:
    Result<std::span<const std::byte>> read() {
        const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(left_, blob_chunk_bytes));
        auto window = reader_->read_at(position_, most);
        if (window && window->empty())
            window = fail(ErrorKind::integrity, "blob-corrupt", "the blob " + digest_.to_string() + " is shorter than it was");
        if (!window && window.error().code == "blob-corrupt") {
            const auto marked = mark_blob_corrupt(registry_, digest_);
            if (!marked)
                log(LogLevel::error, "corrupt blob could not be marked",
                    {{"blob", digest_.to_string()}, {"cause", marked.error().message}});
        }
        return window;
    }

    std::span<const std::byte> take(std::span<const std::byte> window) {
        position_ += window.size();
        left_ -= window.size();
        return window;
    }

    Registry& registry_;
    std::unique_ptr<BlobReader> reader_;
    Digest digest_;
    std::uint64_t position_;
    std::uint64_t left_;
    std::uint64_t size_;
    std::span<const std::byte> window_;
    bool ahead_ = false;
};

Error not_satisfiable(std::string because, std::uint64_t size) {
    return Error(ErrorKind::invalid, "range-not-satisfiable", fmt::format("the requested range is not one of the file's {} bytes", size))
        .with_because(std::move(because));
}

/// The one range of a Range header; absent when there is none to honour (RFC 9110 §14.2: an unknown unit or a malformed
/// header is ignored).
Result<std::optional<ByteRange>> range_of(const Request& request, std::uint64_t size, const std::string& etag) {
    const auto header = request.headers.find("Range");
    if (request.method != Method::get) return std::nullopt;  // nothing else has ranges
    if (!header || !header->starts_with("bytes=")) return std::nullopt;
    if (const auto condition = request.headers.find("If-Range"); condition && *condition != etag) return std::nullopt;
    const std::string_view text = trim(std::string_view(*header).substr(6));
    if (text.find(',') != std::string_view::npos) return fail(not_satisfiable("only one range can be asked for at a time", size));
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto first = parse_integer(text.substr(0, dash));
    const auto last = parse_integer(text.substr(dash + 1));
    if (dash == 0) {  // the last N bytes
        if (!last || *last < 0) return std::nullopt;
        if (*last == 0 || size == 0) return fail(not_satisfiable("it is empty", size));
        const std::uint64_t length = std::min<std::uint64_t>(static_cast<std::uint64_t>(*last), size);
        return ByteRange{size - length, length};
    }
    const bool open_ended = dash + 1 == text.size();
    if (!first || *first < 0 || (!open_ended && (!last || *last < *first))) return std::nullopt;
    const auto start = static_cast<std::uint64_t>(*first);
    if (start >= size) return fail(not_satisfiable(fmt::format("it begins at byte {}", start), size));
    const std::uint64_t end = open_ended ? size : std::min<std::uint64_t>(size, static_cast<std::uint64_t>(*last) + 1);
    return ByteRange{start, end - start};
}

}  // namespace

Result<Response> file_response(Registry& registry, const Request& request, std::unique_ptr<BlobReader> reader, const Digest& digest,
                               const std::string& media_type) {
    const std::string etag = '"' + digest.to_string() + '"';
    const std::uint64_t size = reader->size();
    constexpr const char* each_time = "no-cache";  // the bytes never change, but each load must pass the gate
    if (auto instead = conditional_answer(request, etag)) {
        instead->headers.set("Cache-Control", each_time);
        return *std::move(instead);
    }
    Response response;
    response.headers.set("ETag", etag);
    response.headers.set("Cache-Control", each_time);
    auto range = range_of(request, size, etag);
    if (!range) {
        Response refused = problem(range.error(), request.id);
        refused.headers.set("Content-Range", fmt::format("bytes */{}", size));
        return refused;
    }
    const ByteRange bytes = range->value_or(ByteRange{0, size});
    if (*range) {
        response.status = 206;
        response.headers.set("Content-Range", fmt::format("bytes {}-{}/{}", bytes.first, bytes.first + bytes.length - 1, size));
    }
    const auto& raw = digest.bytes();
    response.headers.set("Repr-Digest", "sha-256=:" + to_base64({reinterpret_cast<const char*>(raw.data()), raw.size()}) + ":");
    response.headers.set("Accept-Ranges", "bytes");
    response.headers.set("Content-Type", media_type);
    response.headers.set("Content-Length", std::to_string(bytes.length));
    if (request.method == Method::head) return response;
    auto stream = std::make_unique<FileStream>(registry, std::move(reader), digest, bytes);
    TRY(stream->look_ahead());
    response.stream = std::move(stream);
    return response;
}

}  // namespace assay::v1
