#include "artifact/convert.hpp"

#include "artifact/pipeline/to_archive.hpp"
#include "artifact/pipeline/to_skops.hpp"

#include <algorithm>
#include <array>

namespace assay {

std::span<const CopyFormat> copy_formats() {
    static constexpr auto formats = std::to_array<CopyFormat>({
        {"assay", ".assay", "application/vnd.assay.archive", pipeline::archive_of},
        {"skops", ".skops", "application/vnd.skops+zip", pipeline::skops_of},
    });
    return formats;
}

const CopyFormat* find_copy_format(std::string_view name) {
    const auto formats = copy_formats();
    const auto found = std::ranges::find(formats, name, &CopyFormat::name);
    return found == formats.end() ? nullptr : &*found;
}

}  // namespace assay
