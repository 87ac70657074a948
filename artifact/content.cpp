#include "artifact/content.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <vector>

namespace assay {

Content content_of(RandomSource& file) {
    return {[&file] { return std::make_unique<RangeSource>(file); }, &file, file.size()};
}

Result<std::optional<std::string>> read_whole(const Content& content, std::size_t max_bytes, Inspection& inspection) {
    const auto refuse = [&] {
        note(inspection, "limit-size", 0, fmt::format("larger than {}, which no such file is", human_size(max_bytes)));
        return std::optional<std::string>();
    };
    if (content.size > max_bytes) return refuse();
    const std::unique_ptr<Source> source = content.open();
    auto bytes = read_all(*source, max_bytes);
    if (bytes) return std::optional(*std::move(bytes));
    if (bytes.error().kind == ErrorKind::too_large) return refuse();
    if (bytes.error().kind != ErrorKind::invalid) return fail(std::move(bytes).error());
    note(inspection, bytes.error().code, 0, bytes.error().message);
    return std::optional<std::string>();
}

void note(Inspection& inspection, std::string code, std::uint64_t offset, std::string_view detail, std::string_view name,
          std::string path) {
    inspection.oddities.push_back({std::move(code), offset, printable(detail, 500), printable(name, max_shown_name), std::move(path)});
}

}  // namespace assay
