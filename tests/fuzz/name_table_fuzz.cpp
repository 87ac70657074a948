// Tables of names: whatever is read has a digest, and answers for any release and name.
#include "registry/name_tables.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = assay::test::text_of(data, size);
    const std::array files = {assay::EmbeddedFile{"lab.txt", text}};
    const auto tables = assay::NameTables::parse(files);
    if (!tables) {
        assay::test::require(tables.error().kind == assay::ErrorKind::invalid);
        return 0;
    }
    const std::string name(text.substr(0, text.find(' ')));
    for (const std::string& release : tables->releases("lab")) (void)tables->find("lab", release, name + ":a");
    (void)tables->having("lab", std::array{name + ":a"});
    return 0;
}
