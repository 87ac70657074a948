#pragma once

#include "api/v1/routes.hpp"
#include "tests/support/test_registry.hpp"

namespace assay::test {

/// The native routes, behind nothing.
struct NativeRoutes {
    TestRegistry registry;
    Metrics metrics;
    v1::Context context{registry.registry(), metrics};
    Router router;
    NativeRoutes() { v1::add_routes(router, context); }
};

}  // namespace assay::test
