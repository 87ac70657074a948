#include "api/router.hpp"
#include "base/text.hpp"
#include "tests/fuzz/fuzz.hpp"

// Any path and query: the router ends, what it hands to a handler is UTF-8, and a rest parameter never climbs.

namespace {

using assay::test::require;

assay::Router make_router() {
    assay::Router router;
    for (const char* pattern :
         {"/", "/v1/models/{name}", "/v1/models/{name}/versions/{ref}", "/v1/models/{name}/versions/{ref}:check",
          "/v1/models/{name}/versions/{ref}/files/{path*}", "/v1/{a}/{b}/{c}/{d}", "/v1/models/x/{b}:y/z", "/{rest*}"}) {
        assay::Route route;
        route.pattern = pattern;
        route.handle = [](assay::Request&) { return assay::Response(); };
        router.add(std::move(route));
    }
    return router;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const assay::Router router = make_router();
    const std::string_view target = assay::test::text_of(data, size);
    const std::size_t mark = std::min(target.find('?'), target.size());
    const auto match = router.match(assay::Method::get, target.substr(0, mark));
    if (match && match->route != nullptr) {
        for (const auto& [name, value] : match->params) {
            require(assay::is_utf8(value) && !value.empty() && value.find('\0') == std::string::npos);
            if (name != "path" && name != "rest") continue;
            for (const std::string& segment : assay::split(value, '/')) require(!segment.empty() && segment != "." && segment != "..");
        }
    }
    const auto query = assay::parse_query_pairs(target.substr(std::min(mark + 1, target.size())));
    if (query) {
        for (const auto& [key, value] : *query) require(assay::is_utf8(key) && assay::is_utf8(value));
    }
    return 0;
}
