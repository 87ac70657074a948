// TOML, and the policy file, which is TOML: it ends, and what we quote reads back as it was.
#include "base/json.hpp"
#include "base/text.hpp"
#include "base/toml.hpp"
#include "registry/policy.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using assay::test::require;
    const std::string_view text = assay::test::text_of(data, size);
    const auto document = assay::parse_toml(text);
    if (document) {
        require(document->is_object());
        // Everything in it is UTF-8 and finite: our own JSON can say it.
        const auto again = assay::parse_json(assay::to_text(*document));
        require(again && *again == *document);
    } else {
        require((document.error().code == "invalid-toml" || text.size() > std::size_t{1} << 20U) &&
                assay::is_utf8(document.error().because));
    }
    const auto policy = assay::read_policy(text);
    require(document || !policy);
    constexpr std::size_t longest = 100'000;  // quoted, it may be six times as long
    if (text.size() <= longest && assay::is_utf8(text)) {
        const auto quoted = assay::parse_toml(assay::toml_key(text) + " = " + assay::toml_string(text));
        require(quoted && quoted->size() == 1 && quoted->begin().key() == text && *quoted->begin() == text);
    }
    return 0;
}
