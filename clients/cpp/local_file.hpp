#pragma once

#include "base/crypto.hpp"
#include "base/digest.hpp"
#include "base/stream.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// A regular file on this machine.
struct LocalFile {
    std::string path;
    std::uint64_t size = 0;  ///< bytes
    Digest digest;
};

/// Called with the number of bytes that have moved since the last call.
using OnBytes = std::function<void(std::uint64_t)>;

/// Opens a regular file for reading from `offset` to its end. Symbolic links are not followed. `not_found` when absent, `invalid`
/// (code "not-a-file") for anything that is no regular file.
[[nodiscard]] Result<std::unique_ptr<Source>> open_file(const std::string& path, OnBytes on_bytes = {}, std::uint64_t offset = 0);

/// Size and SHA-256, read in pieces of 1 MiB. `invalid` (code "file-changed") when the file changes size meanwhile.
[[nodiscard]] Result<LocalFile> hash_file(const std::string& path, OnBytes on_bytes = {});

/// The whole of a small file; "-" is standard input. `too_large` beyond `max_bytes`.
[[nodiscard]] Result<std::string> read_text_file(const std::string& path, std::size_t max_bytes);

/// Replaces `path` atomically and durably with `text` (temporary file, fsync, rename, fsync of the folder).
[[nodiscard]] Result<void> write_text_file(const std::string& path, std::string_view text);

/// Makes a folder and those above it. Success when it is there.
[[nodiscard]] Result<void> make_folders(const std::string& path);

/// A file that becomes visible under its name only when it is complete; dropped unfinished, it leaves nothing behind, unless it can
/// be resumed.
class PendingFile {
public:
    /// A temporary file in the folder that `path` will be in, which must exist.
    [[nodiscard]] static Result<PendingFile> create(const std::string& path);
    /// `.assay-<64 hex digits>.part` beside `path`: what an earlier download of the bytes with this digest has left, else a new one. It
    /// stays when it is dropped unfinished. The Python package uses the same. While another process works on it: as create().
    [[nodiscard]] static Result<PendingFile> resume(const std::string& path, const Digest& digest);
    /// Whether resume() would find something.
    [[nodiscard]] static bool can_resume(const std::string& path, const Digest& digest);
    ~PendingFile();
    PendingFile(PendingFile&& other) noexcept;
    PendingFile& operator=(PendingFile&&) = delete;

    [[nodiscard]] Result<void> write(std::string_view bytes);
    /// Empties it: a transfer is repeated.
    [[nodiscard]] Result<void> restart();
    /// Bytes in it.
    [[nodiscard]] Result<std::uint64_t> size() const;
    /// Hashes what is in it.
    [[nodiscard]] Result<void> hash_into(Sha256& hash, const OnBytes& on_bytes) const;
    /// Unfinished, it shall not stay.
    void discard() { keeps_ = false; }
    /// fsync, rename over `path`, fsync of the folder.
    [[nodiscard]] Result<void> publish();

private:
    PendingFile(std::string path, std::string temporary, int descriptor, bool keeps)
        : path_(std::move(path)), temporary_(std::move(temporary)), descriptor_(descriptor), keeps_(keeps) {}

    std::string path_;
    std::string temporary_;
    int descriptor_ = -1;
    bool keeps_ = false;
};

}  // namespace assay
