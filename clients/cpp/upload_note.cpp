#include "clients/cpp/upload_note.hpp"

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "clients/cpp/answer.hpp"
#include "clients/cpp/local_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace assay {

namespace {

constexpr std::string_view schema = "assay.upload/1";
constexpr std::size_t max_note_bytes = 4096;
constexpr std::size_t id_digits = 32;

std::string without_slash(std::string_view url) {
    while (url.ends_with('/')) url.remove_suffix(1);
    return std::string(url);
}

std::optional<std::string> read_note(int descriptor, std::string_view url, const Digest& digest) {
    std::array<char, max_note_bytes> text;
    const ssize_t count = ::pread(descriptor, text.data(), text.size(), 0);
    if (count <= 0) return std::nullopt;
    const auto note = parse_json(std::string_view(text.data(), static_cast<std::size_t>(count)));
    if (!note || text_of(*note, "schema") != schema || text_of(*note, "url") != url || text_of(*note, "digest") != digest.to_string())
        return std::nullopt;
    std::string id = text_of(*note, "upload");
    // It becomes a part of a path.
    const bool is_id = id.size() == id_digits && id.find_first_not_of("0123456789abcdef") == std::string::npos;
    return is_id ? std::optional(std::move(id)) : std::nullopt;
}

}  // namespace

UploadNote UploadNote::open(const std::string& cache, std::string_view url, const Digest& digest) {
    const std::string server = without_slash(url);
    const std::string folder = cache + "/uploads";
    std::string path = folder + "/" + sha256(server + "\n" + digest.to_string()).hex() + ".json";
    int descriptor = -1;
    if (!cache.empty() && make_folders(folder)) descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor >= 0 && ::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        ::close(descriptor);
        descriptor = -1;
    }
    UploadNote note(std::move(path), server, digest, descriptor);
    if (descriptor >= 0) note.upload_ = read_note(descriptor, server, digest);
    return note;
}

UploadNote::~UploadNote() {
    if (descriptor_ < 0) return;
    if (!upload_) ::unlink(path_.c_str());
    ::close(descriptor_);
}

UploadNote::UploadNote(UploadNote&& other) noexcept
    : path_(std::move(other.path_)),
      url_(std::move(other.url_)),
      digest_(other.digest_),
      descriptor_(std::exchange(other.descriptor_, -1)),
      upload_(std::move(other.upload_)) {}

void UploadNote::remember(const std::string& upload) {
    upload_ = upload;
    if (descriptor_ < 0) return;
    const std::string text = to_text(Json{{"schema", schema}, {"url", url_}, {"digest", digest_.to_string()}, {"upload", upload}}) + "\n";
    // Half a note is none.
    if (::ftruncate(descriptor_, 0) != 0 || ::pwrite(descriptor_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        (void)::ftruncate(descriptor_, 0);
}

void UploadNote::forget() {
    upload_.reset();
    if (descriptor_ >= 0) (void)::ftruncate(descriptor_, 0);
}

}  // namespace assay
