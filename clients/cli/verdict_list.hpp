#pragma once

#include "clients/cli/command.hpp"

#include <cstdint>
#include <string>
#include <vector>

// What `assay runnable` and `assay impact` have in common: versions with the gate's verdict on each.

namespace assay {

struct VerdictListOptions {
    std::string filter;
    std::vector<std::string> order_by;
    std::string verdict;
    std::int64_t limit = 100;
};

/// Adds FILTER, --verdict, --order-by and --limit.
void add_verdict_list_options(Arguments& arguments, VerdictListOptions& options);

/// "&filter=…&order_by=…&verdict=…", of what was said.
[[nodiscard]] std::string query_of(const VerdictListOptions& options);

/// "12 allowed, 3 with a warning, 5 refused".
[[nodiscard]] std::string tally_in_words(const Json& page);

/// The versions as a table: which, the verdict, the aliases, and why.
[[nodiscard]] std::string verdict_table(const Output& output, const Json& items);

}  // namespace assay
