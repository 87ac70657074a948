// Names, aliases, paths and references: what is taken is normal already, and every spelling of a reference means the same.
#include "base/file_path.hpp"
#include "base/text.hpp"
#include "registry/names.hpp"
#include "registry/reference.hpp"
#include "registry/version_ref.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using assay::test::require;

void names(std::string_view text) {
    for (const auto check : {assay::model_name, assay::alias_name, assay::file_path, assay::tag_key}) {
        const auto name = check(text);
        if (!name) continue;
        require(assay::is_utf8(*name) && !assay::has_control_characters(*name));
        require(check(*name) == *name);
    }
    if (const auto path = assay::file_path(text)) {
        for (const std::string& segment : assay::split(*path, '/')) require(!segment.empty() && segment != "." && segment != "..");
    }
    // No alias is taken for a number or for the latest version.
    if (assay::alias_name(text)) require(!assay::version_number(text) && !assay::equals_ignoring_case(text, "latest"));
}

/// The server's reading of what the client writes into a path.
void same_meaning(const assay::VersionSelector& ours, const assay::VersionRef& theirs) {
    if (const auto* number = std::get_if<std::int64_t>(&ours)) {
        const auto* other = std::get_if<assay::VersionRef::Number>(&theirs.which);
        require(other != nullptr && other->value == *number);
    } else if (const auto* alias = std::get_if<assay::AliasName>(&ours)) {
        const auto* other = std::get_if<assay::VersionRef::Alias>(&theirs.which);
        require(other != nullptr && other->name == alias->alias);
    } else if (const auto* digest = std::get_if<assay::Digest>(&ours)) {
        const auto* other = std::get_if<assay::Digest>(&theirs.which);
        require(other != nullptr && *other == *digest);
    } else {
        require(std::holds_alternative<assay::VersionRef::Latest>(theirs.which));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = assay::test::text_of(data, size);
    names(text);
    if (const auto reference = assay::Reference::parse(text)) {
        require(assay::model_name(reference->model) == reference->model);
        const auto again = assay::Reference::parse(reference->to_string());
        require(again && *again == *reference);
        const auto segment = assay::VersionRef::parse(reference->path_segment());
        require(segment.has_value());
        same_meaning(reference->version, *segment);
    }
    if (const auto number = assay::version_number(text)) {
        const auto segment = assay::VersionRef::parse(text);
        require(segment && std::get<assay::VersionRef::Number>(segment->which).value == *number);
    }
    return 0;
}
