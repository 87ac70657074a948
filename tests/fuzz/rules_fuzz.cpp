// Rules files: whatever is read is written canonically, reads back with the same digest, and never decides differently.
#include "registry/rules.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using assay::test::require;
    const auto rules = assay::parse_rules(assay::test::text_of(data, size));
    if (!rules) return 0;
    const auto again = assay::parse_rules(assay::canonical_bytes(*rules));
    require(again && again->digest == rules->digest && again->rules.size() == rules->rules.size());
    for (const assay::Rule& rule : rules->rules) {
        const assay::Rule* a = rules->find(rule.package, "1.2.0", "1.3.0rc1+local");
        const assay::Rule* b = again->find(rule.package, "1.2.0", "1.3.0rc1+local");
        require((a == nullptr) == (b == nullptr) && (a == nullptr || a->id == b->id));
    }
    return 0;
}
