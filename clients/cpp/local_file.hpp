#pragma once

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

/// Opens a regular file for reading front to back. Symbolic links are not followed. `not_found` when absent, `invalid`
/// (code "not-a-file") for anything that is no regular file.
[[nodiscard]] Result<std::unique_ptr<Source>> open_file(const std::string& path, OnBytes on_bytes = {});

/// Size and SHA-256, read in pieces of 1 MiB. `invalid` (code "file-changed") when the file changes size meanwhile.
[[nodiscard]] Result<LocalFile> hash_file(const std::string& path, OnBytes on_bytes = {});

/// The whole of a small file; "-" is standard input. `too_large` beyond `max_bytes`.
[[nodiscard]] Result<std::string> read_text_file(const std::string& path, std::size_t max_bytes);

/// Replaces `path` atomically and durably with `text` (temporary file, fsync, rename, fsync of the folder).
[[nodiscard]] Result<void> write_text_file(const std::string& path, std::string_view text);

/// Makes a folder and those above it. Success when it is there.
[[nodiscard]] Result<void> make_folders(const std::string& path);

/// A file that becomes visible under its name only when it is complete; dropped unfinished, it leaves nothing behind.
class PendingFile {
public:
    /// A temporary file in the folder that `path` will be in, which must exist.
    [[nodiscard]] static Result<PendingFile> create(const std::string& path);
    ~PendingFile();
    PendingFile(PendingFile&& other) noexcept;
    PendingFile& operator=(PendingFile&&) = delete;

    [[nodiscard]] Result<void> write(std::string_view bytes);
    /// Empties it: a transfer is repeated.
    [[nodiscard]] Result<void> restart();
    /// fsync, rename over `path`, fsync of the folder.
    [[nodiscard]] Result<void> publish();

private:
    PendingFile(std::string path, std::string temporary, int descriptor)
        : path_(std::move(path)), temporary_(std::move(temporary)), descriptor_(descriptor) {}

    std::string path_;
    std::string temporary_;
    int descriptor_ = -1;
};

}  // namespace assay
