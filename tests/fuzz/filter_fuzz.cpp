// Filters and orders of searches: what is read becomes conditions whose every value is bound, and what is refused says where.
#include "registry/filter.hpp"
#include "registry/search_conditions.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>

namespace {

void check(const assay::filter::Condition& condition) {
    assay::test::require(static_cast<std::size_t>(std::ranges::count(condition.where, '?')) == condition.values.size());
    for (const assay::filter::Condition& part : condition.parts) check(part);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using assay::test::require;
    const std::string_view text = assay::test::text_of(data, size);
    const auto filter = assay::parse_filter(text);
    if (filter) {
        const auto conditions = assay::search_conditions(*filter);
        require(conditions || (conditions.error().code == "invalid-filter" && conditions.error().because.starts_with("character ")));
        if (conditions) {
            for (const assay::filter::Condition& condition : *conditions) check(condition);
        }
    } else {
        require(filter.error().because.starts_with("character "));
    }
    if (const auto order = assay::parse_order(text)) {
        const auto keys = assay::search_order(*order);
        require(keys ? !keys->empty() : keys.error().code == "invalid-order");
    }
    return 0;
}
