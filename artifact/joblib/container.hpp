#pragma once

#include "artifact/limits.hpp"
#include "base/stream.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace assay {

/// The codecs of joblib's compressed files.
enum class Codec { zlib, gzip, bz2, lzma, xz, lz4, z_file };

/// "zlib", "gzip", …; "z-file" is joblib's before 0.10: "ZF", a length and zlib.
[[nodiscard]] std::string_view to_string(Codec codec);

/// The codec that the first bytes (16 are enough) of a file announce, in joblib's order of asking; absent when it is not compressed.
/// Source: joblib, joblib/numpy_pickle_utils.py (_detect_compressor).
[[nodiscard]] std::optional<Codec> sniff_codec(std::string_view first_bytes);

/// A compressed file as the bytes it unpacks to. Reading fails with `invalid`: code "corrupt-data" for bytes that are no stream of the
/// codec (a checksum that does not hold included), "truncated", "multi-member" for anything behind the first stream (readers disagree
/// about it), "limit-unpacked" beyond the limits (bytes unpacked, and their ratio once they are many), "limit-memory". The message says
/// what; Error::details is empty. Memory: 64 KiB of each side, and for xz and lzma at most InspectLimits::decoder_memory.
class Unpacked : public Source {
public:
    [[nodiscard]] virtual std::uint64_t packed_offset() const = 0;  ///< bytes of the compressed file that were used
};
[[nodiscard]] std::unique_ptr<Unpacked> unpack(Codec codec, Source& packed, std::uint64_t packed_size, const InspectLimits& limits);

}  // namespace assay
