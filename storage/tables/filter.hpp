#pragma once

#include "storage/sql/database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Versions by conditions: a search condition becomes an SQL fragment with bound values, and the way to answer it is chosen by
// asking how many rows each way would meet.

namespace assay::filter {

/// A condition on one version. The texts are ours, with `?` where a value is bound: nothing that a stranger sent is ever in them.
struct Condition {
    enum class Kind { row, all, any, negation };
    Kind kind = Kind::row;
    std::vector<Condition> parts = {};  ///< of all, any and (one) negation

    // A row of `table` (which has the columns model and version) that belongs to the version and for which `where` holds.
    std::string table = {};
    std::string where = {};
    SqlValues values = {};
    bool selective = false;  ///< an index finds the rows for which `where` holds without the version
    std::string key = {};         ///< what it is about: a version for which it holds has a value for an Order with this key
};

[[nodiscard]] Condition all_of(std::vector<Condition> parts);
[[nodiscard]] Condition any_of(std::vector<Condition> parts);
[[nodiscard]] Condition negation_of(Condition part);

enum class ValueType { integer, real, text };

/// One key of an order: the values of `column` in the version's rows of `table` for which `where` holds, of several the greatest
/// when descending and the least otherwise. Versions without a value come last.
struct Order {
    std::string table = {};
    std::string column = {};
    std::string where = {};  ///< may be empty
    SqlValues values = {};
    ValueType type = ValueType::text;
    bool descending = false;
    /// When not empty, the rows can be walked in order: an index leads with what `where` binds, then `column`, model, version. With this
    /// condition added, there is at most one row for each version. "1 = 1" when there is anyway.
    std::string one_row = {};
    bool always = false;  ///< every version has a value
    std::string key = {};
};

struct Found {
    std::string model;
    std::int64_t version = 0;
    SqlValues keys;  ///< its place in the order: one for each Order
};

struct Query {
    std::vector<Condition> conditions;  ///< all must hold
    std::vector<Order> order;  ///< at least one; then by model and version, in the direction of the first
    std::optional<Found> after;  ///< the last of the page before
    std::int64_t limit = 100;
};

/// The first `limit` versions in order.
[[nodiscard]] Result<std::vector<Found>> find(SqlSession& sql, const Query& query);

/// The place of a version in an order, whether or not the conditions hold for it.
[[nodiscard]] Result<Found> place_of(SqlSession& sql, const std::vector<Order>& order, const std::string& model, std::int64_t version);

}  // namespace assay::filter
