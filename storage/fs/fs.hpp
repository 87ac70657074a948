#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace assay {

/// An open file. One thread at a time, except read_at, which is safe for concurrent use.
class FsFile {
public:
    virtual ~FsFile() = default;

    /// Reads up to buffer.size() bytes at `offset`; fewer only at the end of the file (short reads and EINTR
    /// are handled here).
    [[nodiscard]] virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) = 0;
    /// Writes all of `bytes` at `offset` (short writes and EINTR are handled here). `no_space` when the disk is full.
    [[nodiscard]] virtual Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
    /// Sets the space aside, so that a full disk is known before the bytes come. Success where unsupported.
    [[nodiscard]] virtual Result<void> reserve(std::uint64_t size) = 0;
    /// Hints that these bytes are complete and may go to the disk now, so that sync() has less to wait for.
    /// Promises nothing. An error means what it means for sync().
    [[nodiscard]] virtual Result<void> start_writeback(std::uint64_t /*offset*/, std::uint64_t /*size*/) { return {}; }
    /// Makes the bytes and the size durable. After a failure the file must be dropped: a second sync would lie
    /// (the kernel forgets failed writes).
    [[nodiscard]] virtual Result<void> sync() = 0;
    [[nodiscard]] virtual Result<std::uint64_t> size() = 0;
};

struct FsEntry {
    std::string name;
    bool is_directory = false;
    std::uint64_t size = 0;  ///< bytes; 0 for a directory
    Timestamp modified = {}; ///< when its bytes changed last
};

/// The file system as the store needs it: every call that matters for durability, and nothing else. Paths are
/// absolute. Safe for concurrent use. Implementations: PosixFs, and the one in tests/simulation that loses
/// power. Doubles start from ForwardingFs.
class Fs {
public:
    virtual ~Fs() = default;

    /// A new file without a name in `directory` (it vanishes when dropped unlinked), open for reading and writing.
    [[nodiscard]] virtual Result<std::unique_ptr<FsFile>> create_unnamed(const std::string& directory) = 0;
    /// Gives a file its name, its first or one more, atomically and never over an existing one: `conflict`
    /// (code "file-exists") if the name is taken. Durable only after sync_directory.
    [[nodiscard]] virtual Result<void> link(FsFile& file, const std::string& path) = 0;
    /// Opens an existing regular file for reading. `not_found` if absent; `invalid`, code "not-a-file", for anything else,
    /// symbolic links too: they are not followed.
    [[nodiscard]] virtual Result<std::unique_ptr<FsFile>> open(const std::string& path) = 0;
    /// The same for reading and writing; a file of ours that nobody may write, as create_unnamed makes them, too: it stays read-only
    /// for everybody else.
    [[nodiscard]] virtual Result<std::unique_ptr<FsFile>> open_to_append(const std::string& path) = 0;
    [[nodiscard]] virtual Result<void> sync_directory(const std::string& path) = 0;
    /// Creates one directory; success if it is there already. Durable only after sync_directory of its parent.
    [[nodiscard]] virtual Result<void> make_directory(const std::string& path) = 0;
    [[nodiscard]] virtual Result<void> remove(const std::string& path) = 0;
    [[nodiscard]] virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
    /// Entries of a directory, without "." and "..", in no particular order.
    [[nodiscard]] virtual Result<std::vector<FsEntry>> list(const std::string& directory) = 0;
    /// Absent when there is nothing at `path`.
    [[nodiscard]] virtual Result<std::optional<FsEntry>> stat(const std::string& path) = 0;
};

}  // namespace assay
