// Releases and ranges of releases: whatever is read is written so that it reads back equal, and order is an order.
#include "registry/specifiers.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using assay::test::require;
    const std::string_view text = assay::test::text_of(data, size);
    const std::size_t cut = text.find('|');
    const std::string_view left = text.substr(0, cut);
    const std::string_view right = cut == std::string_view::npos ? "1.0" : text.substr(cut + 1);
    const auto a = assay::Release::parse(left);
    const auto b = assay::Release::parse(right);
    if (a) {
        const auto again = assay::Release::parse(a->to_string());
        // Only the canonical spelling of 256 bytes of shorthand may be longer than what is read.
        require(again || a->to_string().size() > assay::max_release_bytes);
        require(!again || (*again == *a && again->to_string() == a->to_string()));
    }
    if (a && b) {
        require((*a < *b) == (*b > *a) && (*a == *b) == (*b == *a));
        require(!assay::same_patch_line(*a, *b) || assay::same_minor(*a, *b));
    }
    if (const auto set = assay::SpecifierSet::parse(left)) {
        const bool held = set->contains_text(right);
        require(assay::SpecifierSet::parse(set->to_string()).has_value());
        require(held || !set->contains_text(right, false));
    }
    return 0;
}
