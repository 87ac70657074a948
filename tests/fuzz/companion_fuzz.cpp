// JSON files beside models: what is read is a registration that a server can read, and what is refused is refused in words.
#include "clients/cli/companion.hpp"
#include "registry/facts.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using assay::test::require;
    const auto json = assay::parse_companion(assay::test::text_of(data, size));
    if (!json) return 0;
    for (const assay::CompanionMap& map : {assay::CompanionMap{}, assay::CompanionMap{{"trained_at", "a.0"}, {"libraries.x", "b"}}}) {
        const auto read = assay::read_companion(*json, map);
        require(read || !read.error().message.empty());
        if (!read) continue;
        assay::Problems problems;
        (void)assay::read_facts(read->facts, "facts", false, problems);
        for (const assay::FieldProblem& problem : problems) require(!problem.message.empty());
    }
    return 0;
}
