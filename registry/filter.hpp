#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace assay {

// The language of searches, the same for every API: MLflow's filter strings and, beyond them, OR, NOT and parentheses.
//
//   filter     := [ any ]
//   any        := all { OR all }
//   all        := one { AND one }
//   one        := NOT one | "(" any ")" | comparison
//   comparison := key op value | key [NOT] IN list | key IS [NOT] NULL
//   key        := [ entity "." ] name          name := bare | `back-quoted` | "double-quoted"
//   op         := = != < <= > >= LIKE ILIKE    value := 'text' | "text" | number
//   list       := "(" value { "," value } ")"
//
// Words are read in any case. A bare name is made of letters, digits and _ - . /, and does not begin with a digit. A quote is
// written twice within its own quotes. Which entities and names there are is for the API to say (search_keys.hpp).

struct FilterKey {
    std::string entity;  ///< in lower case; empty when none is named
    std::string name;    ///< as it was written
    std::size_t at = 0;  ///< where it begins, in characters from 1

    [[nodiscard]] std::string text() const { return entity.empty() ? name : entity + "." + name; }
};

struct FilterValue {
    std::variant<std::int64_t, double, std::string> held;  ///< a double is finite
    std::size_t at = 0;
};

enum class FilterOperator { equal, not_equal, less, less_equal, greater, greater_equal, like, ilike, in, not_in, is_null, is_not_null };
/// As it is written: ">=", "NOT IN".
[[nodiscard]] std::string_view to_string(FilterOperator op);

struct FilterNode {
    enum class Kind { comparison, all, any, negation };
    Kind kind = Kind::comparison;
    std::vector<FilterNode> parts;  ///< of all, any and (one) negation
    FilterKey key;                  ///< of a comparison
    FilterOperator op = FilterOperator::equal;
    std::size_t op_at = 0;
    std::vector<FilterValue> values;  ///< one; in a list at least one; none for IS NULL
};

struct FilterLimits {
    std::size_t max_bytes = 16'384;
    std::size_t max_comparisons = 200;
    std::size_t max_depth = 50;  ///< of parentheses and NOTs
    std::size_t max_list = 1'000;
};

/// Absent for a text of nothing but spaces. `invalid`, code "invalid-filter", says at which character and what was expected.
[[nodiscard]] Result<std::optional<FilterNode>> parse_filter(std::string_view text, const FilterLimits& limits = {});

struct FilterOrder {
    FilterKey key;
    bool descending = false;
};
/// "metrics.accuracy DESC, created_at"; at most 10 keys. `invalid`, code "invalid-order", as above.
[[nodiscard]] Result<std::vector<FilterOrder>> parse_order(std::string_view text);

/// `invalid`, code "invalid-filter": "the filter cannot be used", because "character 17: …".
[[nodiscard]] Error filter_error(std::size_t at, const std::string& what, const std::string& fix = "");
/// The same about the order ("invalid-order").
[[nodiscard]] Error order_error(std::size_t at, const std::string& what, const std::string& fix = "");

}  // namespace assay
