#pragma once

#include "artifact/joblib/container.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace assay {

/// One step of a decoder.
struct DecodeStep {
    std::size_t taken = 0;  ///< bytes of the input that were used
    std::size_t given = 0;  ///< bytes of the output that were written
    bool end = false;       ///< the stream has ended, whole
    std::string code = {};  ///< of a problem: "corrupt-data" or "limit-memory"
    std::string problem = {};  ///< in words; empty when all is well
};

/// A decompressor of exactly one stream, one interface over five libraries.
class Decoder {
public:
    virtual ~Decoder() = default;
    /// `in` is empty when there is no more.
    [[nodiscard]] virtual DecodeStep decode(std::span<const std::byte> in, std::span<std::byte> out) = 0;
};

[[nodiscard]] std::unique_ptr<Decoder> make_decoder(Codec codec, std::uint64_t max_memory);
/// Deflate without a header (RFC 1951), as the members of a zip have it.
[[nodiscard]] std::unique_ptr<Decoder> make_raw_inflate();

}  // namespace assay
