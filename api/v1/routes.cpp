#include "api/v1/routes.hpp"

namespace assay::v1 {

void add_routes(Router& router, Context& context) {
    add_operate_routes(router, context);
    add_blob_routes(router, context);
    add_upload_routes(router, context);
    add_model_routes(router, context);
    add_version_routes(router, context);
    add_fetch_routes(router, context);
    add_alias_routes(router, context);
    add_tag_routes(router, context);
    add_rule_routes(router, context);
    add_proof_routes(router, context);
    add_waiver_routes(router, context);
    add_inspection_routes(router, context);
    add_runnable_routes(router, context);
    add_impact_routes(router, context);
    add_lineage_routes(router, context);
    add_search_routes(router, context);
    add_compare_routes(router, context);
    add_import_routes(router, context);
    add_gc_routes(router, context);
    add_openapi_routes(router, context);
    add_docs_routes(router, context);
}

}  // namespace assay::v1
