#include "api/mlflow/media_type.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace assay::mlflow {

namespace {

constexpr auto texts = std::to_array<std::string_view>(
    {"txt", "log",  "err", "cfg", "conf", "cnf", "cf",  "ini", "properties", "prop",  "hocon",   "toml",      "yaml",     "yml",
     "xml", "json", "js",  "py",  "py3",  "csv", "tsv", "md",  "rst",        "ipynb", "MLmodel", "MLproject", "mlproject"});

struct Known {
    std::string_view suffix;
    std::string_view type;
};

/// Of Python's mimetypes, what people log.
constexpr auto known = std::to_array<Known>({{"png", "image/png"},
                                             {"jpg", "image/jpeg"},
                                             {"jpeg", "image/jpeg"},
                                             {"gif", "image/gif"},
                                             {"svg", "image/svg+xml"},
                                             {"bmp", "image/bmp"},
                                             {"tiff", "image/tiff"},
                                             {"webp", "image/webp"},
                                             {"pdf", "application/pdf"},
                                             {"html", "text/html"},
                                             {"htm", "text/html"},
                                             {"css", "text/css"},
                                             {"zip", "application/zip"},
                                             {"tar", "application/x-tar"},
                                             {"mp4", "video/mp4"},
                                             {"mp3", "audio/mpeg"},
                                             {"wav", "audio/x-wav"}});

}  // namespace

std::string media_type_of(std::string_view path) {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    if (name.ends_with(".tar.gz") || name.ends_with(".tar.bz2") || name.ends_with(".tar.xz")) return "application/x-tar";
    const std::string suffix(name.substr(name.rfind('.') + 1));  // the whole name when there is no dot
    if (std::ranges::find(texts, suffix) != texts.end()) return "text/plain";
    const auto found = std::ranges::find(known, to_lower_ascii(suffix), &Known::suffix);
    return std::string(found == known.end() ? "application/octet-stream" : found->type);
}

}  // namespace assay::mlflow
