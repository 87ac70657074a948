#pragma once

#include "api/metrics.hpp"
#include "api/router.hpp"
#include "registry/registry.hpp"

#include <functional>
#include <optional>
#include <string>

namespace assay::v1 {

enum class RawBlobs { refuse, allow };

/// What the native handlers work with; everything referred to must outlive the router.
struct Context {
    Registry& registry;
    Metrics& metrics;
    int schema = 0;  ///< number of the newest migration
    RawBlobs raw_blobs = RawBlobs::refuse;
    std::uint64_t max_blob_bytes = std::uint64_t{1} << 40U;
    /// Where the bytes are kept; absent members are not told.
    struct Disk {
        std::string file_system;
        std::optional<std::uint64_t> free_bytes, total_bytes;
    };
    std::function<Disk()> disk = {};  ///< as it is now; safe for concurrent use
};

/// Adds every native route (docs/api.md).
void add_routes(Router& router, Context& context);

// One function per source file of this folder.
void add_operate_routes(Router& router, Context& context);
void add_blob_routes(Router& router, Context& context);
void add_upload_routes(Router& router, Context& context);
void add_model_routes(Router& router, Context& context);
void add_version_routes(Router& router, Context& context);
void add_fetch_routes(Router& router, Context& context);
void add_alias_routes(Router& router, Context& context);
void add_tag_routes(Router& router, Context& context);
void add_rule_routes(Router& router, Context& context);
void add_proof_routes(Router& router, Context& context);
void add_waiver_routes(Router& router, Context& context);
void add_inspection_routes(Router& router, Context& context);
void add_runnable_routes(Router& router, Context& context);
void add_impact_routes(Router& router, Context& context);
void add_lineage_routes(Router& router, Context& context);
void add_search_routes(Router& router, Context& context);
void add_compare_routes(Router& router, Context& context);
void add_import_routes(Router& router, Context& context);
void add_gc_routes(Router& router, Context& context);
void add_openapi_routes(Router& router, Context& context);
void add_docs_routes(Router& router, Context& context);

inline constexpr std::uint64_t max_json_bytes = std::uint64_t{16} << 20U;

}  // namespace assay::v1
