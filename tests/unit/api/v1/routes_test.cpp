#include "api/v1/routes.hpp"

#include "tests/support/native_routes.hpp"

#include <set>

namespace assay::test {

TEST_CASE("every change waits in a lane of its own, and every body has a limit") {
    const NativeRoutes routes;
    CHECK(routes.router.routes().size() >= 30);
    for (const auto& route : routes.router.routes()) {
        CAPTURE(route->pattern);
        CAPTURE(to_string(route->method));
        const bool changes = route->method != Method::get && route->method != Method::head;
        CHECK((route->lane != Lane::quick) >= changes);
        const bool has_body = route->method == Method::put || route->method == Method::post || route->method == Method::patch;
        const bool finishes_upload = route->method == Method::put && route->pattern == "/v1/uploads/{id}";  // all is in its query
        CHECK((route->max_body_bytes > 0) == (has_body && !finishes_upload));
    }
}

TEST_CASE("what may look through the whole registry has its own lane, so that it delays no other read") {
    const NativeRoutes routes;
    std::set<std::string> searches;
    for (const auto& route : routes.router.routes()) {
        if (route->lane == Lane::search) searches.insert(route->pattern);
    }
    CHECK(searches == std::set<std::string>{"/v1/impact", "/v1/runnable", "/v1/search"});
}

TEST_CASE("a body is JSON everywhere but in an upload, so that no form of another site reaches a handler") {
    const NativeRoutes routes;
    for (const auto& route : routes.router.routes()) {
        CAPTURE(route->pattern);
        const bool uploads = route->pattern == "/v1/blobs/{digest}" || route->pattern == "/v1/uploads/{id}";
        if (route->max_body_bytes > 0) CHECK(route->json_body == !uploads);
        if (route->json_body) CHECK(route->max_body_bytes <= v1::max_json_bytes);
    }
}

TEST_CASE("a streamed answer has its own lane, so that slow readers delay nobody") {
    const NativeRoutes routes;
    std::set<std::string> transfers;
    for (const auto& route : routes.router.routes()) {
        if (route->lane == Lane::transfer && route->method == Method::get) transfers.insert(route->pattern);
    }
    CHECK(transfers == std::set<std::string>{"/v1/blobs/{digest}", "/v1/models/{name}/versions/{ref}/files/{path*}"});
}

}  // namespace assay::test
