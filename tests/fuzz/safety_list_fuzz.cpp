// Lists of names: whatever is read has a digest, and answers for any name.
#include "registry/safety_lists.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = assay::test::text_of(data, size);
    const std::array files = {assay::EmbeddedFile{"list.txt", text}};
    const auto lists = assay::SafetyLists::parse(files);
    if (!lists) {
        assay::test::require(lists.error().kind == assay::ErrorKind::invalid);
        return 0;
    }
    (void)lists->danger(text);
    for (const auto& callable : lists->callables(text.substr(0, text.find(' ')))) {
        (void)callable.arguments.matches({"int", "literal tuple", "str=latin1"}, [](std::string_view, std::string_view) { return true; });
    }
    return 0;
}
