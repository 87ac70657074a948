#include "api/file_stream.hpp"

#include "api/byte_range.hpp"
#include "api/conditions.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "registry/blobs.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

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
            const auto marked = mark_if_corrupt(registry_, digest_);
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

}  // namespace

Result<Response> file_response(Registry& registry, const Request& request, std::unique_ptr<BlobReader> reader, const Digest& digest,
                               const std::string& media_type, Response (*in_words)(const Error&, std::string_view request_id)) {
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
        Response refused = in_words(range.error(), request.id);
        refused.status = 416;
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

}  // namespace assay
