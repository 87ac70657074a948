#include "artifact/joblib/decoder.hpp"

#include <fmt/format.h>

#include <bzlib.h>
#include <lz4frame.h>
#include <lzma.h>
#include <zlib.h>

#include <algorithm>
#include <limits>

namespace assay {

namespace {

DecodeStep corrupt(std::string_view codec, std::string_view why) {
    return {.code = "corrupt-data", .problem = fmt::format("the {} stream is damaged: {}", codec, why)};
}

unsigned as_count(std::size_t bytes) { return static_cast<unsigned>(std::min<std::size_t>(bytes, std::numeric_limits<int>::max())); }

class ZlibDecoder final : public Decoder {
public:
    /// `window_bits` as inflateInit2 takes them: 15 zlib, 31 gzip, -15 raw deflate.
    ZlibDecoder(std::string_view codec, int window_bits) : codec_(codec) { ready_ = ::inflateInit2(&stream_, window_bits) == Z_OK; }
    ~ZlibDecoder() override {
        if (ready_) ::inflateEnd(&stream_);
    }
    ZlibDecoder(const ZlibDecoder&) = delete;
    ZlibDecoder& operator=(const ZlibDecoder&) = delete;

    [[nodiscard]] DecodeStep decode(std::span<const std::byte> in, std::span<std::byte> out) override {
        if (!ready_) return corrupt(codec_, "no memory for it");
        // zlib takes its input as non-const, and does not write to it.
        stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(in.data()));
        stream_.avail_in = as_count(in.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = as_count(out.size());
        const unsigned in_before = stream_.avail_in;
        const unsigned out_before = stream_.avail_out;
        const int code = ::inflate(&stream_, Z_NO_FLUSH);
        DecodeStep step;
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
            step = corrupt(codec_, stream_.msg != nullptr ? stream_.msg
                                   : code == Z_NEED_DICT  ? "it needs a dictionary"
                                                          : "no memory for it");
        }
        step.taken = in_before - stream_.avail_in;
        step.given = out_before - stream_.avail_out;
        step.end = code == Z_STREAM_END;
        return step;
    }

private:
    std::string_view codec_;
    z_stream stream_{};
    bool ready_;
};

class Bzip2Decoder final : public Decoder {
public:
    Bzip2Decoder() { ready_ = ::BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK; }
    ~Bzip2Decoder() override {
        if (ready_) ::BZ2_bzDecompressEnd(&stream_);
    }
    Bzip2Decoder(const Bzip2Decoder&) = delete;
    Bzip2Decoder& operator=(const Bzip2Decoder&) = delete;

    [[nodiscard]] DecodeStep decode(std::span<const std::byte> in, std::span<std::byte> out) override {
        if (!ready_) return corrupt("bz2", "no memory for it");
        stream_.next_in = const_cast<char*>(reinterpret_cast<const char*>(in.data()));
        stream_.avail_in = as_count(in.size());
        stream_.next_out = reinterpret_cast<char*>(out.data());
        stream_.avail_out = as_count(out.size());
        const unsigned in_before = stream_.avail_in;
        const unsigned out_before = stream_.avail_out;
        const int code = ::BZ2_bzDecompress(&stream_);
        DecodeStep step;
        if (code != BZ_OK && code != BZ_STREAM_END)
            step = corrupt("bz2", code == BZ_MEM_ERROR ? "no memory for it" : "a checksum or a code does not hold");
        step.taken = in_before - stream_.avail_in;
        step.given = out_before - stream_.avail_out;
        step.end = code == BZ_STREAM_END;
        return step;
    }

private:
    bz_stream stream_{};
    bool ready_;
};

class LzmaDecoder final : public Decoder {
public:
    LzmaDecoder(bool alone, std::uint64_t max_memory) : codec_(alone ? "lzma" : "xz") {
        ready_ = (alone ? ::lzma_alone_decoder(&stream_, max_memory) : ::lzma_stream_decoder(&stream_, max_memory, 0)) == LZMA_OK;
    }
    ~LzmaDecoder() override { ::lzma_end(&stream_); }
    LzmaDecoder(const LzmaDecoder&) = delete;
    LzmaDecoder& operator=(const LzmaDecoder&) = delete;

    [[nodiscard]] DecodeStep decode(std::span<const std::byte> in, std::span<std::byte> out) override {
        if (!ready_) return corrupt(codec_, "no memory for it");
        stream_.next_in = reinterpret_cast<const std::uint8_t*>(in.data());
        stream_.avail_in = in.size();
        stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
        stream_.avail_out = out.size();
        const lzma_ret code = ::lzma_code(&stream_, LZMA_RUN);
        DecodeStep step;
        if (code == LZMA_MEMLIMIT_ERROR) {
            step.code = "limit-memory";
            step.problem = fmt::format("the {} stream needs more memory than a model may", codec_);
        } else if (code != LZMA_OK && code != LZMA_STREAM_END && code != LZMA_BUF_ERROR) {
            step =
                corrupt(codec_, code == LZMA_OPTIONS_ERROR ? "it uses what liblzma does not know" : "a checksum or a code does not hold");
        }
        step.taken = in.size() - stream_.avail_in;
        step.given = out.size() - stream_.avail_out;
        step.end = code == LZMA_STREAM_END;
        return step;
    }

private:
    std::string_view codec_;
    lzma_stream stream_ = LZMA_STREAM_INIT;
    bool ready_;
};

class Lz4Decoder final : public Decoder {
public:
    Lz4Decoder() { ready_ = ::LZ4F_isError(::LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)) == 0; }
    ~Lz4Decoder() override {
        if (ready_) ::LZ4F_freeDecompressionContext(context_);
    }
    Lz4Decoder(const Lz4Decoder&) = delete;
    Lz4Decoder& operator=(const Lz4Decoder&) = delete;

    [[nodiscard]] DecodeStep decode(std::span<const std::byte> in, std::span<std::byte> out) override {
        if (!ready_) return corrupt("lz4", "no memory for it");
        std::size_t taken = in.size();
        std::size_t given = out.size();
        const std::size_t hint = ::LZ4F_decompress(context_, out.data(), &given, in.data(), &taken, nullptr);
        if (::LZ4F_isError(hint) != 0) return corrupt("lz4", ::LZ4F_getErrorName(hint));
        return {.taken = taken, .given = given, .end = hint == 0};
    }

private:
    LZ4F_dctx* context_ = nullptr;
    bool ready_;
};

}  // namespace

std::unique_ptr<Decoder> make_decoder(Codec codec, std::uint64_t max_memory) {
    switch (codec) {
        case Codec::z_file:
        case Codec::zlib: return std::make_unique<ZlibDecoder>("zlib", 15);
        case Codec::gzip: return std::make_unique<ZlibDecoder>("gzip", 31);
        case Codec::bz2: return std::make_unique<Bzip2Decoder>();
        case Codec::lzma: return std::make_unique<LzmaDecoder>(true, max_memory);
        case Codec::xz: return std::make_unique<LzmaDecoder>(false, max_memory);
        case Codec::lz4: return std::make_unique<Lz4Decoder>();
    }
    return nullptr;
}

std::unique_ptr<Decoder> make_raw_inflate() { return std::make_unique<ZlibDecoder>("deflate", -15); }

}  // namespace assay
