#include "artifact/joblib/container.hpp"

#include "artifact/joblib/decoder.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace assay {

namespace {

constexpr std::size_t buffer_bytes = 65'536;

class UnpackedFile final : public Unpacked {
public:
    UnpackedFile(Codec codec, Source& packed, std::uint64_t packed_size, const InspectLimits& limits)
        : codec_(codec), packed_(packed), packed_size_(packed_size), limits_(limits), buffer_(buffer_bytes) {}

    [[nodiscard]] std::uint64_t packed_offset() const override { return taken_ - (filled_ - at_); }

    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> out) override {
        if (damage_) return fail(*damage_);
        if (out.empty() || finished_) return 0;
        if (!decoder_) TRY(begin());
        for (;;) {
            TRY(refill());
            const std::span<const std::byte> in(buffer_.data() + at_, filled_ - at_);
            const DecodeStep step = decoder_->decode(in, out);
            at_ += step.taken;
            unpacked_ += step.given;
            auto sound = check(step);
            if (sound && step.end) sound = finish();
            if (!sound) {
                damage_ = std::move(sound).error();
                // A reader has seen these bytes by the time it learns of the damage, and so has what it runs.
                if (step.given == 0) return fail(*damage_);
            }
            if (step.given != 0 || finished_) return step.given;
        }
    }

private:
    [[nodiscard]] Result<void> refill() {
        if (at_ < filled_ || packed_ended_) return {};
        TRY_ASSIGN(filled_, packed_.read(buffer_));
        at_ = 0;
        taken_ += filled_;
        packed_ended_ = filled_ == 0;
        return {};
    }

    [[nodiscard]] Result<void> begin() {
        if (codec_ == Codec::z_file) TRY(read_z_header());
        decoder_ = make_decoder(codec_ == Codec::z_file ? Codec::zlib : codec_, limits_.decoder_memory);
        return {};
    }

    /// "ZF" and the length in hexadecimal, "0x…", padded with spaces to 21 bytes; one more where Python 2 wrote it.
    [[nodiscard]] Result<void> read_z_header() {
        while (filled_ - at_ < 22 && !packed_ended_) {
            std::vector<std::byte> more(22 - (filled_ - at_));
            TRY_ASSIGN(const std::size_t count, packed_.read(more));
            std::copy_n(more.begin(), count, buffer_.begin() + static_cast<std::ptrdiff_t>(filled_));
            filled_ += count;
            taken_ += count;
            packed_ended_ = count == 0;
        }
        const std::string_view header(reinterpret_cast<const char*>(buffer_.data()), filled_);
        if (header.size() < 22) return fail(ErrorKind::invalid, "truncated", "the file ends within the header of a z-file");
        const std::string_view digits = trim(header.substr(2, 19));
        std::uint64_t length = 0;
        const std::string_view hex = digits.starts_with("0x") ? digits.substr(2, digits.find('L') - 2) : std::string_view();
        if (hex.empty() || std::from_chars(hex.data(), hex.data() + hex.size(), length, 16).ec != std::errc()) {
            return fail(ErrorKind::invalid, "corrupt-data", "the header of a z-file has no length");
        }
        claimed_ = length;
        at_ = header[21] == ' ' ? 22 : 21;
        return {};
    }

    [[nodiscard]] Result<void> check(const DecodeStep& step) const {
        if (!step.problem.empty()) return fail(ErrorKind::invalid, step.code, step.problem);
        if (unpacked_ > limits_.max_unpacked) {
            return fail(ErrorKind::invalid, "limit-unpacked",
                        fmt::format("the file unpacks to more than {}", human_size(limits_.max_unpacked)));
        }
        if (unpacked_ > limits_.free_unpacked && unpacked_ / std::max<std::uint64_t>(packed_size_, 1) > limits_.max_ratio) {
            return fail(ErrorKind::invalid, "limit-unpacked",
                        fmt::format("{} unpack to more than {}: no model does that", human_size(packed_size_), human_size(unpacked_)));
        }
        if (!step.end && step.given == 0 && step.taken == 0 && packed_ended_) {
            return fail(ErrorKind::invalid, "truncated", fmt::format("the {} stream ends before its end", to_string(codec_)));
        }
        return {};
    }

    [[nodiscard]] Result<void> finish() {
        finished_ = true;
        TRY(refill());
        if (at_ < filled_) {
            return fail(ErrorKind::invalid, "multi-member",
                        fmt::format("bytes follow the end of the {} stream: readers disagree about them", to_string(codec_)));
        }
        if (claimed_ && *claimed_ != unpacked_)
            return fail(ErrorKind::invalid, "corrupt-data", "the length in the header of a z-file is not that of its contents");
        return {};
    }

    Codec codec_;
    Source& packed_;
    std::uint64_t packed_size_;
    InspectLimits limits_;
    std::vector<std::byte> buffer_;
    std::size_t at_ = 0;
    std::size_t filled_ = 0;
    std::uint64_t taken_ = 0;
    std::uint64_t unpacked_ = 0;
    bool packed_ended_ = false;
    bool finished_ = false;
    std::optional<std::uint64_t> claimed_;
    std::optional<Error> damage_;
    std::unique_ptr<Decoder> decoder_;
};

}  // namespace

std::string_view to_string(Codec codec) {
    switch (codec) {
        case Codec::zlib: return "zlib";
        case Codec::gzip: return "gzip";
        case Codec::bz2: return "bz2";
        case Codec::lzma: return "lzma";
        case Codec::xz: return "xz";
        case Codec::lz4: return "lz4";
        case Codec::z_file: return "z-file";
    }
    return "";
}

std::optional<Codec> sniff_codec(std::string_view first_bytes) {
    using namespace std::string_view_literals;
    if (first_bytes.starts_with("ZF0x")) return Codec::z_file;
    if (first_bytes.size() >= 2 && first_bytes[0] == '\x78') {
        // 'x' alone is also a letter: RFC 1950 makes the first two bytes a multiple of 31.
        const unsigned header = static_cast<unsigned char>(first_bytes[0]) * 256U + static_cast<unsigned char>(first_bytes[1]);
        if (header % 31 == 0 && (static_cast<unsigned char>(first_bytes[1]) & 0x20U) == 0) return Codec::zlib;
    }
    if (first_bytes.starts_with("\x1f\x8b"sv)) return Codec::gzip;
    if (first_bytes.size() >= 10 && first_bytes.starts_with("BZh") && first_bytes[3] >= '1' && first_bytes[3] <= '9' &&
        (first_bytes.substr(4, 6) == "1AY&SY" || first_bytes.substr(4, 6) == "\x17\x72\x45\x38\x50\x90"sv)) {
        return Codec::bz2;
    }
    if (first_bytes.starts_with("\xfd\x37\x7a\x58\x5a\x00"sv)) return Codec::xz;
    if (first_bytes.size() >= 13 && first_bytes.starts_with("\x5d\x00"sv)) return Codec::lzma;
    if (first_bytes.starts_with("\x04\x22\x4d\x18"sv)) return Codec::lz4;
    return std::nullopt;
}

std::unique_ptr<Unpacked> unpack(Codec codec, Source& packed, std::uint64_t packed_size, const InspectLimits& limits) {
    return std::make_unique<UnpackedFile>(codec, packed, packed_size, limits);
}

}  // namespace assay
