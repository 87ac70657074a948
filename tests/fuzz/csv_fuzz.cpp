// Tables of measured loads: what is read has rows as long as its first line.
#include "base/csv.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto table = assay::parse_csv(assay::test::text_of(data, size), 1000);
    if (!table) return 0;
    assay::test::require(!table->columns.empty() && table->rows.size() <= 1000 && table->rows.size() == table->lines.size());
    for (const auto& row : table->rows) assay::test::require(row.size() == table->columns.size());
    return 0;
}
