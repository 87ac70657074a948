#pragma once

#include "clients/cpp/connection.hpp"
#include "clients/cpp/upload_note.hpp"

namespace assay {

/// Files of at least so many bytes go up in an upload that can be continued; for smaller ones that would be more requests than it saves
/// bytes.
inline constexpr std::uint64_t resumable_bytes = std::uint64_t{8} << 20U;

struct UploadEvents {
    OnBytes moved;                                       ///< so many more bytes were sent
    std::function<void(std::uint64_t offset)> continues; ///< what follows is sent from there on
};

/// Makes the server hold the bytes of a file of at least one byte: continues the upload that the note knows, or begins one and notes it;
/// sends what the server lacks, again from where it stopped when the connection breaks; finishes. An upload that the server has lost or
/// whose bytes turn out wrong is begun anew, once. `integrity` when the file's bytes are no longer those of its digest; `no_space`, code
/// "upload-limit", when the server takes no more unfinished uploads.
[[nodiscard]] Result<void> upload_file(Connection& server, const LocalFile& file, UploadNote& note, const UploadEvents& events);

}  // namespace assay
