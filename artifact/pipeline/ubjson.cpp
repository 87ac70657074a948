#include "artifact/pipeline/ubjson.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstdint>

namespace assay::pipeline {

namespace {

class Reader {
public:
    Reader(std::string_view bytes, const UbjsonLimits& limits) : bytes_(bytes), limits_(limits), left_(limits.max_values) {}

    Result<Json> read_document() {
        TRY_ASSIGN(const char marker, next());
        TRY_ASSIGN(Json value, read_value(marker, 0));
        if (at_ != bytes_.size()) return wrong("bytes follow its end");
        return value;
    }

private:
    [[nodiscard]] std::unexpected<Error> wrong(std::string_view why) const {
        return fail(ErrorKind::invalid, "invalid-ubjson", fmt::format("it is no UBJSON: {} (at byte {})", why, at_));
    }

    Result<char> next() {
        if (at_ == bytes_.size()) return wrong("it ends too early");
        return bytes_[at_++];
    }

    static std::size_t size_of(char type) {
        switch (type) {
            case 'i':
            case 'U': return 1;
            case 'I': return 2;
            case 'l':
            case 'd': return 4;
            case 'L':
            case 'D': return 8;
            default: return 0;
        }
    }

    /// Big-endian bytes. REQUIRES that they are there.
    std::uint64_t bits(std::size_t count) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < count; ++i) value = value << 8U | static_cast<unsigned char>(bytes_[at_ + i]);
        at_ += count;
        return value;
    }

    Result<Json> read_number(char type) {
        const std::size_t size = size_of(type);
        if (bytes_.size() - at_ < size) return wrong("it ends too early");
        const std::uint64_t found = bits(size);
        switch (type) {
            case 'i': return Json(std::int64_t{static_cast<std::int8_t>(found)});
            case 'U': return Json(static_cast<std::int64_t>(found));
            case 'I': return Json(std::int64_t{static_cast<std::int16_t>(found)});
            case 'l': return Json(std::int64_t{static_cast<std::int32_t>(found)});
            case 'L': return Json(std::bit_cast<std::int64_t>(found));
            case 'd': return Json(static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(found))));
            default: return Json(std::bit_cast<double>(found));
        }
    }

    Result<std::size_t> read_length() {
        TRY_ASSIGN(const char type, next());
        if (size_of(type) == 0 || type == 'd' || type == 'D') return wrong("a length is no integer");
        TRY_ASSIGN(const Json length, read_number(type));
        const auto value = length.get<std::int64_t>();
        if (value < 0 || static_cast<std::uint64_t>(value) > bytes_.size() - at_) return wrong("a length is beyond its end");
        return static_cast<std::size_t>(value);
    }

    Result<std::string> read_text() {
        TRY_ASSIGN(const std::size_t length, read_length());
        const std::string_view text = bytes_.substr(at_, length);
        at_ += length;
        if (!is_utf8(text)) return wrong("a text is no UTF-8");
        return std::string(text);
    }

    Result<Json> read_value(char marker, std::size_t depth) {
        if (left_ == 0) return wrong("it has more values than are read");
        --left_;
        switch (marker) {
            case 'Z': return Json();
            case 'T': return Json(true);
            case 'F': return Json(false);
            case 'S': {
                TRY_ASSIGN(std::string text, read_text());
                return Json(std::move(text));
            }
            case '[':
            case '{':
                if (depth == limits_.max_depth) return wrong("it is nested deeper than is read");
                return marker == '[' ? read_array(depth) : read_object(depth);
            default: break;
        }
        if (size_of(marker) == 0) return wrong("a value is of a type that is not read");
        return read_number(marker);
    }

    Result<Json> read_array(std::size_t depth) {
        Json list = Json::array();
        TRY_ASSIGN(char marker, next());
        char type = 0;
        if (marker == '$') {
            TRY_ASSIGN(type, next());
            if (size_of(type) == 0) return wrong("an array is of a type that is not read");
            TRY_ASSIGN(marker, next());
            if (marker != '#') return wrong("an array of one type has no count");
        }
        if (marker == '#') {
            TRY_ASSIGN(const std::size_t count, read_length());
            if (type != 0 && count * size_of(type) > bytes_.size() - at_) return wrong("it ends too early");
            for (std::size_t i = 0; i < count; ++i) {
                char each = type;
                if (type == 0) {
                    TRY_ASSIGN(each, next());
                }
                TRY_ASSIGN(Json value, read_value(each, depth + 1));
                list.push_back(std::move(value));
            }
            return list;
        }
        while (marker != ']') {
            TRY_ASSIGN(Json value, read_value(marker, depth + 1));
            list.push_back(std::move(value));
            TRY_ASSIGN(marker, next());
        }
        return list;
    }

    Result<Json> read_object(std::size_t depth) {
        Json object = Json::object();
        for (;;) {
            TRY_ASSIGN(const char marker, next());
            if (marker == '}') return object;
            --at_;
            TRY_ASSIGN(const std::string key, read_text());
            TRY_ASSIGN(const char type, next());
            TRY_ASSIGN(Json value, read_value(type, depth + 1));
            if (!object.emplace(key, std::move(value)).second) return wrong("an object has a name twice");
        }
    }

    std::string_view bytes_;
    const UbjsonLimits& limits_;
    std::size_t left_;
    std::size_t at_ = 0;
};

}  // namespace

Result<Json> parse_ubjson(std::string_view bytes, const UbjsonLimits& limits) { return Reader(bytes, limits).read_document(); }

}  // namespace assay::pipeline
