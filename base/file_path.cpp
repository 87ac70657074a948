#include "base/file_path.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace assay {

Result<std::string> file_path(std::string_view text) {
    const auto refuse = [&](std::string because) {
        return fail(Error(ErrorKind::invalid, "invalid-path", fmt::format("'{}' cannot be the path of a file", printable(text, 100)))
                        .with_because(std::move(because)));
    };
    if (text.empty()) return refuse("it is empty");
    if (text.size() > 1024) return refuse(fmt::format("it has {} bytes, at most 1024 are allowed", text.size()));
    if (!is_utf8(text)) return refuse("it is not UTF-8");
    TRY_ASSIGN(std::string path, to_nfc(text));
    if (has_control_characters(path)) return refuse("it holds a control character");
    if (path.find('\\') != std::string::npos) return refuse("it holds a backslash; '/' separates folders");
    if (path.front() == '/') return refuse("it is absolute; paths are relative");
    const std::vector<std::string> segments = split(path, '/');
    if (segments.size() > 32) return refuse("it is nested deeper than 32 folders");
    for (const std::string& segment : segments) {
        if (segment.empty()) return refuse("a folder or file in it has no name");
        if (segment == "." || segment == "..") return refuse("'.' and '..' are not allowed: a path stays inside its folder");
        if (segment.size() > 255) return refuse("a folder or file name in it is longer than 255 bytes");
    }
    return path;
}

}  // namespace assay
