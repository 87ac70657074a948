#pragma once

#include "registry/filter.hpp"
#include "storage/tables/filter.hpp"

#include <optional>
#include <vector>

namespace assay {

// What versions can be asked for, and by what they can be ordered (docs/api.md, "Search"):
//
//   metrics.NAME  params.NAME  tags.NAME         also metric. param. parameter(s). tag.
//   library.PACKAGE  embedded.PACKAGE            declared; in the bytes. Compared as PEP 440 orders releases
//   dataset.digest|name|role  file.digest|path
//   name version digest state description run_id platform created_at trained_at alias consumer
//                                                also with attributes. attribute. attr. before them
//   estimator import training_data verdict format    what reading the bytes found (inspection_terms.hpp)
//
// A comparison holds when one of the values makes it hold; what has no value makes none hold but IS NULL.

/// The conditions that a filter states, all of which must hold. Without a comparison of `state` in it, only versions that are ready are
/// meant. `invalid`, code "invalid-filter", names the character: unknown key, wrong type, an operator that the key does not have.
[[nodiscard]] Result<std::vector<filter::Condition>> search_conditions(const std::optional<FilterNode>& wanted);

/// The order by these keys; without any, the newest first. `invalid`, code "invalid-order".
[[nodiscard]] Result<std::vector<filter::Order>> search_order(const std::vector<FilterOrder>& wanted);

}  // namespace assay
