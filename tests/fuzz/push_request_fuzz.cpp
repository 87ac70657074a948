// The body of a registration: of one without a problem a manifest is made, and read back it is the same.
#include "base/text.hpp"
#include "registry/manifest.hpp"
#include "registry/names.hpp"
#include "registry/push.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using assay::test::require;
    const auto body = assay::parse_json(assay::test::text_of(data, size));
    if (!body) return 0;
    assay::Problems problems;
    const assay::PushRequest request = assay::read_push_request(*body, problems);
    for (const assay::FieldProblem& problem : problems) require(assay::is_utf8(problem.field) && assay::is_utf8(problem.message));
    for (const std::string& alias : request.aliases) require(assay::alias_name(alias) == alias);
    if (!problems.empty()) return 0;

    assay::Manifest manifest{"m", 1, "2026-11-23T10:00:00Z", {}, request.facts};
    for (const assay::PushFile& file : request.files) manifest.files.push_back({file.path, file.digest, 1, "text/plain"});
    for (assay::ParentFact& parent : manifest.facts.parents) parent.digest = "sha256:" + std::string(64, 'a');
    const auto bytes = assay::canonical_bytes(manifest);
    require(bytes.has_value());
    const auto again = assay::read_manifest(*bytes);
    require(again && assay::canonical_bytes(*again) == *bytes);
    return 0;
}
