// JSON: what is read can be written, compact and canonical, and reads back as the same value.
#include "base/json.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using assay::test::require;

std::size_t depth_of(const assay::Json& value) {
    std::size_t deepest = 0;
    for (const assay::Json& item : value) deepest = std::max(deepest, value.is_structured() ? depth_of(item) : 0);
    return value.is_structured() ? deepest + 1 : 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = assay::test::text_of(data, size);
    const auto json = assay::parse_json(text);
    (void)assay::member_text(text, "a");
    if (!json) {
        require(json.error().code == "invalid-json" && !json.error().because.empty());
        require(assay::is_utf8(json.error().because));
        return 0;
    }
    require(assay::is_utf8(text));
    require(depth_of(*json) <= assay::JsonLimits().max_depth);
    const auto compact = assay::parse_json(assay::to_text(*json));
    require(compact && *compact == *json);
    const auto pretty = assay::parse_json(assay::to_pretty_text(*json));
    require(pretty && *pretty == *json);
    if (json->is_object()) {
        const std::string whole = assay::to_text(*json);
        for (const auto& [key, value] : json->items()) require(assay::member_text(whole, key) == assay::to_text(value));
    }
    if (const auto canonical = assay::canonical_json(*json)) {
        const auto again = assay::parse_json(*canonical);
        require(again && *again == *json);  // the integers of it may have been doubles
    }
    require(!assay::parse_json(std::string(text) + " 1"));
    return 0;
}
