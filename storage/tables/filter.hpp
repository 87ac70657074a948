#pragma once

#include "storage/sql/database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Versions, runs and their like by conditions: a search condition becomes an SQL fragment with bound values, and the way to answer it is
// chosen by asking how many rows each way would meet.

namespace assay::filter {

enum class ValueType { integer, real, text };

/// What is searched for: where all of it is, and the columns that name one in every table that is about it.
struct Subject {
    struct Key {
        std::string column;
        ValueType type = ValueType::text;
    };
    std::string table;
    std::vector<Key> keys;
};
[[nodiscard]] const Subject& versions();  ///< by model and version

/// A condition on one of them. The texts are ours, with `?` where a value is bound: nothing that a stranger sent is ever in them.
struct Condition {
    enum class Kind { row, all, any, negation };
    Kind kind = Kind::row;
    std::vector<Condition> parts = {};  ///< of all, any and (one) negation

    // A row of `table` (which has the subject's keys) that belongs to it and for which `where` holds.
    std::string table = {};
    std::string where = {};
    SqlValues values = {};
    bool selective = false;  ///< an index finds the rows for which `where` holds without the subject's keys
    std::string key = {};         ///< what it is about: one for which it holds has a value for an Order with this key
};

[[nodiscard]] Condition all_of(std::vector<Condition> parts);
[[nodiscard]] Condition any_of(std::vector<Condition> parts);
[[nodiscard]] Condition negation_of(Condition part);

/// One key of an order: the values of `column` in its rows of `table` for which `where` holds, of several the greatest
/// when descending and the least otherwise. Those without a value come last.
struct Order {
    std::string table = {};
    std::string column = {};
    std::string where = {};  ///< may be empty; in the subject's own table, a condition of the query says it, too
    SqlValues values = {};
    ValueType type = ValueType::text;
    bool descending = false;
    /// When not empty, the rows can be walked in order: an index leads with what `where` binds, then `column` and the subject's keys. With
    /// this condition added, there is at most one row for each of them. "1 = 1" when there is anyway.
    std::string one_row = {};
    bool always = false;  ///< all have a value
    std::string key = {};
    std::string never_with = {};  ///< the key of an Order: what has a value there has none here
};

struct Found {
    SqlValues id;  ///< one for each key of the subject
    SqlValues keys;  ///< its place in the order: one for each Order
};

struct Query {
    std::vector<Condition> conditions;  ///< all must hold
    std::vector<Order> order;  ///< at least one; then by the subject's keys
    bool keys_descend = false;
    std::optional<Found> after;  ///< the last of the page before
    std::int64_t limit = 100;
};

/// The first `limit` in order.
[[nodiscard]] Result<std::vector<Found>> find(SqlSession& sql, const Subject& subject, const Query& query);

/// The place of one of them in an order, whether or not the conditions hold for it.
[[nodiscard]] Result<Found> place_of(SqlSession& sql, const Subject& subject, const std::vector<Order>& order, const SqlValues& id);

}  // namespace assay::filter
