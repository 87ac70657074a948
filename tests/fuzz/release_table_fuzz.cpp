// The table of releases and what they go with: whatever is read can be asked.
#include "registry/release_table.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = assay::test::text_of(data, size);
    const auto table = assay::ReleaseTable::parse(text);
    if (!table) {
        assay::test::require(table.error().kind == assay::ErrorKind::invalid);
        return 0;
    }
    const std::string package(text.substr(0, text.find(' ')));
    for (const assay::ReleaseFact& fact : table->of(package)) {
        assay::test::require(table->find(package, fact.release) != nullptr);
        (void)fact.is_for(fact.first_python);
    }
    return 0;
}
