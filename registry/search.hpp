#pragma once

#include "registry/manifest.hpp"
#include "registry/registry.hpp"
#include "registry/versions.hpp"
#include "storage/tables/filter.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace assay {

struct SearchQuery {
    std::string filter;    ///< docs/api.md, "Search"; empty: every version that is ready
    std::string order_by;  ///< empty: the newest first
    std::string cursor;    ///< SearchPage::next of the page before, under the same filter and order; empty: from the start
    std::int64_t limit = 100;
    std::chrono::milliseconds patience = std::chrono::seconds(10);
    std::string scope = {};  ///< what else the question is about: a cursor belongs to it, too
};

struct SearchPage {
    std::vector<VersionView> versions;
    std::string next;  ///< empty when there are no more
};

/// Versions of all models, `among` those for which these conditions hold too. `invalid`: "invalid-filter" and "invalid-order" name the
/// character, "invalid-cursor" for a cursor of another question, "search-too-costly" when `patience` ran out.
[[nodiscard]] Result<SearchPage> search(Registry& registry, const SearchQuery& query, std::vector<filter::Condition> among = {});

/// Makes a version findable by what its manifest says.
[[nodiscard]] Result<void> record_searchable(SqlWrite& sql, const Manifest& manifest);
/// The same for every version whose manifest was read in another way, or not at all: what a new release of Assay finds.
[[nodiscard]] Result<void> catch_up_search(Registry& registry);

}  // namespace assay
