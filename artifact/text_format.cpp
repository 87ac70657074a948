#include "artifact/text_format.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace assay {

namespace {

bool is_text_byte(char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return (value >= 0x20 && value != 0x7f) || byte == '\n' || byte == '\r' || byte == '\t' || byte == '\f';
}

/// How many bytes at the end belong to a character that is not complete yet.
std::size_t incomplete_tail(std::string_view bytes) {
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, bytes.size()); ++back) {
        const auto value = static_cast<unsigned char>(bytes[bytes.size() - back]);
        if (value >= 0xc0) return back;
        if (value < 0x80) return 0;
    }
    return 0;
}

}  // namespace

Result<std::string> text_format(Source& source) {
    std::vector<std::byte> buffer(65'536);
    std::string pending;
    char first = 0;
    for (;;) {
        TRY_ASSIGN(const std::size_t count, source.read(buffer));
        if (count == 0) break;
        pending.append(reinterpret_cast<const char*>(buffer.data()), count);
        if (first == 0) {
            if (pending.starts_with("\xef\xbb\xbf")) pending.erase(0, 3);
            const auto begin =
                std::find_if(pending.begin(), pending.end(), [](char c) { return c != ' ' && c != '\n' && c != '\r' && c != '\t'; });
            if (begin != pending.end()) first = *begin;
        }
        if (!std::all_of(pending.begin(), pending.end(), is_text_byte)) return "";
        const std::size_t whole = pending.size() - incomplete_tail(pending);
        if (!is_utf8(std::string_view(pending).substr(0, whole))) return "";
        pending.erase(0, whole);
    }
    if (!pending.empty()) return "";
    return first == '{' || first == '[' ? "json" : "text";
}

}  // namespace assay
