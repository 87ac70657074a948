#include "artifact/file_part.hpp"
#include "artifact/joblib/decoder.hpp"
#include "artifact/zip/zip_reader.hpp"

#include <zlib.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace assay {

namespace {

constexpr std::size_t buffer_bytes = 65'536;

class InflatedMember final : public Source {
public:
    InflatedMember(RandomSource& file, const ZipMember& member)
        : packed_(file, member.data_offset, member.packed_size), size_(member.size), decoder_(make_raw_inflate()), buffer_(buffer_bytes) {}

    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> out) override {
        if (damage_) return fail(*damage_);
        while (!ended_ && !out.empty()) {
            if (at_ == filled_ && !packed_ended_) {
                TRY_ASSIGN(filled_, packed_.read(buffer_));
                at_ = 0;
                packed_ended_ = filled_ == 0;
            }
            const DecodeStep step = decoder_->decode(std::span(buffer_).subspan(at_, filled_ - at_), out);
            at_ += step.taken;
            given_ += step.given;
            if (!step.problem.empty()) return fail(ErrorKind::invalid, step.code, step.problem);
            if (given_ > size_) return fail(ErrorKind::invalid, "zip-mismatch", "a member unpacks to more than its headers say");
            ended_ = step.end;
            if (ended_) {
                if (auto sound = finish(); !sound) damage_ = std::move(sound).error();  // told after what was unpacked
                if (damage_ && step.given == 0) return fail(*damage_);
            }
            if (step.given != 0) return step.given;
            if (!ended_ && step.taken == 0 && packed_ended_)
                return fail(ErrorKind::invalid, "truncated", "the deflate stream of a member ends before its end");
        }
        return 0;
    }

private:
    [[nodiscard]] Result<void> finish() {
        if (given_ != size_) return fail(ErrorKind::invalid, "zip-mismatch", "a member unpacks to less than its headers say");
        std::byte more{};
        if (at_ == filled_) {
            TRY_ASSIGN(const std::size_t left, packed_.read(std::span(&more, 1)));
            if (left == 0) return {};
        }
        return fail(ErrorKind::invalid, "zip-layout", "bytes follow the end of a member's deflate stream");
    }

    RangeSource packed_;
    std::uint64_t size_;
    std::unique_ptr<Decoder> decoder_;
    std::vector<std::byte> buffer_;
    std::size_t at_ = 0;
    std::size_t filled_ = 0;
    std::uint64_t given_ = 0;
    bool packed_ended_ = false;
    bool ended_ = false;
    std::optional<Error> damage_;
};

}  // namespace

std::unique_ptr<Source> open_member(RandomSource& file, const ZipMember& member) {
    if (member.method == 0) return std::make_unique<RangeSource>(file, member.data_offset, member.packed_size);
    return std::make_unique<InflatedMember>(file, member);
}

std::unique_ptr<RandomSource> stored_member(RandomSource& file, const ZipMember& member) {
    return std::make_unique<FilePart>(file, member.data_offset, member.packed_size);
}

Result<void> check_member(RandomSource& file, const ZipMember& member, Inspection& part) {
    const std::unique_ptr<Source> source = open_member(file, member);
    std::vector<std::byte> buffer(buffer_bytes);
    uLong crc = ::crc32(0, nullptr, 0);
    std::uint64_t read = 0;
    for (;;) {
        const auto count = source->read(buffer);
        if (!count) {
            if (count.error().kind != ErrorKind::invalid) return fail(count.error());
            note(part, count.error().code, member.data_offset, count.error().message, member.name);
            return {};
        }
        if (*count == 0) break;
        crc = ::crc32(crc, reinterpret_cast<const Bytef*>(buffer.data()), static_cast<uInt>(*count));
        read += *count;
    }
    if (read != member.size)
        note(part, "zip-mismatch", member.data_offset, "a member has not as many bytes as its headers say", member.name);
    if (crc != member.crc) note(part, "zip-crc", member.data_offset, "the bytes of a member do not have its checksum", member.name);
    return {};
}

}  // namespace assay
