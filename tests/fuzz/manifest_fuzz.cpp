// Stored manifests, damaged in any way: what is still taken for one is written back as something that reads as the same.
#include "registry/manifest.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using assay::test::require;
    const auto manifest = assay::read_manifest(assay::test::text_of(data, size));
    if (!manifest) {
        require(manifest.error().code == "manifest-damaged" && !manifest.error().problems.empty());
        return 0;
    }
    require(manifest->version >= 1 && manifest->version <= assay::max_version);
    require(assay::file_rows(*manifest).size() == manifest->files.size());
    const auto bytes = assay::canonical_bytes(*manifest);
    require(bytes.has_value());
    const auto again = assay::read_manifest(*bytes);
    require(again && assay::canonical_bytes(*again) == *bytes);
    const auto content = assay::content_digest(*manifest);
    require(content && assay::content_digest(*again) == *content);
    return 0;
}
