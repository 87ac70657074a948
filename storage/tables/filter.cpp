#include "storage/tables/filter.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay::filter {

namespace {

constexpr std::int64_t few = 2'000;       // that are looked at one by one without a thought
constexpr std::int64_t many = 200'000;    // that are rather looked at than all versions
constexpr std::int64_t walked_row = 2;    // what a row costs that is met in order, measured (tests/bench/search_bench.py),
constexpr std::int64_t collected_row = 5; // and one for which the values to order by are looked up

/// SQL in the making. `?` in a piece stands for the next of its values.
struct Text {
    std::string sql;
    SqlValues values;

    Text& add(std::string_view piece, const SqlValues& bound = {}) {
        std::size_t next = 0;
        for (const char c : piece) {
            if (c != '?') {
                sql += c;
                continue;
            }
            values.push_back(bound.at(next++));
            sql += fmt::format("${}", values.size());
        }
        return *this;
    }
};

/// "a.model, a.version", with a text behind each.
std::string keys_of(const Subject& subject, std::string_view row, std::string_view behind = {}) {
    std::string list;
    for (const Subject::Key& key : subject.keys) list += fmt::format("{}{}.{}{}", list.empty() ? "" : ", ", row, key.column, behind);
    return list;
}

/// "s.model = c.model AND s.version = c.version"
std::string same_keys(const Subject& subject) {
    std::string all;
    for (const Subject::Key& key : subject.keys) all += fmt::format("{}s.{} = c.{}", all.empty() ? "" : " AND ", key.column, key.column);
    return all;
}

/// The same of `o`, in a form from which no optimizer concludes what c.model is from what o.model is, to read c by another index.
std::string own_keys(const Subject& subject) {
    std::string all;
    for (const Subject::Key& key : subject.keys) all += fmt::format("o.{} = coalesce(c.{}, NULL) AND ", key.column, key.column);
    return all;
}

/// "?, ?"
std::string marks(const Subject& subject) {
    std::string list = "?";
    for (std::size_t i = 1; i < subject.keys.size(); ++i) list += ", ?";
    return list;
}

void add_condition(Text& text, const Subject& subject, const Condition& condition) {
    switch (condition.kind) {
        case Condition::Kind::row:
            text.add("EXISTS (SELECT 1 FROM ").add(condition.table).add(" s WHERE ").add(same_keys(subject)).add(" AND ");
            text.add(condition.where, condition.values).add(")");
            return;
        case Condition::Kind::negation:
            text.add("NOT ");
            add_condition(text, subject, condition.parts.front());
            return;
        case Condition::Kind::all:
        case Condition::Kind::any: {
            const bool all = condition.kind == Condition::Kind::all;
            if (condition.parts.empty()) {
                text.add(all ? "1 = 1" : "1 = 0");
                return;
            }
            text.add("(");
            for (std::size_t i = 0; i < condition.parts.size(); ++i) {
                if (i > 0) text.add(all ? " AND " : " OR ");
                add_condition(text, subject, condition.parts[i]);
            }
            text.add(")");
            return;
        }
    }
}

/// The value of a key for `c`. The LIMIT, which none reaches, keeps max() from walking an index by value through all
/// versions until it meets this one.
void add_value(Text& text, const Subject& subject, const Order& order) {
    text.add(fmt::format("(SELECT {}(v.k) FROM (SELECT s.{} AS k FROM {} s WHERE {}", order.descending ? "max" : "min", order.column,
                         order.table, same_keys(subject)));
    if (!order.where.empty()) text.add(" AND ").add(order.where, order.values);
    text.add(" LIMIT 1000000) v)");
}

/// The condition is on the subject's own row.
bool is_own(const Condition& condition, const Subject& subject) {
    return condition.kind == Condition::Kind::row && condition.table == subject.table;
}

/// The condition is on the row that the order is walked by.
bool is_of_row(const Condition& condition, const Order& order, const Subject& subject) {
    if (condition.kind != Condition::Kind::row || condition.table != order.table) return false;
    return order.table == subject.table || (order.one_row == "1 = 1" && !order.key.empty() && condition.key == order.key);
}

/// Something of the subject's own row is asked for, so that it is worth to have it at hand.
bool needs_own_row(const Subject& subject, const Query& query, const Condition* driver) {
    return std::ranges::any_of(query.conditions, [&](const Condition& part) { return &part != driver && is_own(part, subject); }) ||
           std::ranges::any_of(query.order, [&](const Order& order) { return order.table == subject.table; });
}

/// "(SELECT s.* FROM runs s WHERE …)": the subject's own rows, for which what is said of those holds.
Text& add_own_rows(Text& text, const Subject& subject, const Query& query, const Condition* driver) {
    text.add(fmt::format("(SELECT s.* FROM {} s WHERE 1 = 1", subject.table));
    for (const Condition& part : query.conditions) {
        if (&part != driver && is_own(part, subject)) text.add(" AND ").add(part.where, part.values);
    }
    return text.add(")");
}

/// The value of a key for `c`, of which the subject's own row is at hand by the name `own`, if any is.
void add_value_at_hand(Text& text, const Subject& subject, const Order& order, std::string_view own) {
    if (!own.empty() && order.table == subject.table) {
        text.add(fmt::format("{}.{}", own, order.column));
    } else {
        add_value(text, subject, order);
    }
}

std::string_view direction(bool descending) { return descending ? " DESC" : " ASC"; }
std::string_view after(bool descending) { return descending ? "<" : ">"; }

/// "r comes after `last`": key by key, a missing one last, then the subject's keys.
void add_after(Text& text, const Subject& subject, const Query& query, const Found& last, std::size_t key) {
    if (key == query.order.size()) {
        text.add(fmt::format("({}) {} ({})", keys_of(subject, "r"), after(query.keys_descend), marks(subject)), last.id);
        return;
    }
    const SqlValue& value = last.keys.at(key);
    if (std::holds_alternative<std::monostate>(value.held)) {
        text.add(fmt::format("(r.k{} IS NULL AND ", key));
    } else {
        text.add(fmt::format("(r.k{0} {1} ? OR r.k{0} IS NULL OR (r.k{0} = ? AND ", key, after(query.order[key].descending)),
                 {value, value});
    }
    add_after(text, subject, query, last, key + 1);
    text.add(std::holds_alternative<std::monostate>(value.held) ? ")" : "))");
}

void add_order(Text& text, const Subject& subject, const Query& query, bool first_is_there) {
    text.add(" ORDER BY ");
    for (std::size_t i = 0; i < query.order.size(); ++i) {
        if (i > 0 || !first_is_there) text.add(fmt::format("(r.k{} IS NULL), ", i));
        text.add(fmt::format("r.k{}{}, ", i, direction(query.order[i].descending)));
    }
    text.add(keys_of(subject, "r", direction(query.keys_descend))).add(" LIMIT ?", {query.limit});
}

SqlValue value_of(const Row& row, int column, ValueType type) {
    if (row.is_null(column)) return SqlValue(nullptr);
    return type == ValueType::integer ? SqlValue(row.integer(column))
           : type == ValueType::real  ? SqlValue(row.real(column))
                                      : SqlValue(row.text(column));
}

Result<std::vector<Found>> rows_of(SqlSession& sql, const Text& text, const Subject& subject, const Query& query) {
    return sql.all(text.sql, text.values, [&](const Row& row) {
        Found found;
        int column = 0;
        for (const Subject::Key& key : subject.keys) found.id.push_back(value_of(row, column++, key.type));
        for (const Order& order : query.order) found.keys.push_back(value_of(row, column++, order.type));
        return found;
    });
}

/// Collects everything that `driver` meets (all, without one), keeps those for which the conditions hold, and sorts.
Result<std::vector<Found>> collect(SqlSession& sql, const Subject& subject, const Query& query, const Condition* driver) {
    const std::string_view own = driver == nullptr ? "c" : needs_own_row(subject, query, driver) ? "o" : "";
    Text text;
    text.add("WITH r AS MATERIALIZED (SELECT ").add(keys_of(subject, "c"));  // else each value would be looked up for each mention
    for (std::size_t i = 0; i < query.order.size(); ++i) {
        text.add(", ");
        add_value_at_hand(text, subject, query.order[i], own);
        text.add(fmt::format(" AS k{}", i));
    }
    text.add(" FROM ");
    if (driver != nullptr) {
        text.add(fmt::format("(SELECT DISTINCT {} FROM {} s WHERE ", keys_of(subject, "s"), driver->table))
            .add(driver->where, driver->values);
        text.add(") c");
        if (!own.empty()) add_own_rows(text.add(" CROSS JOIN "), subject, query, driver);  // CROSS: looked up for each of the driver's
    } else {
        add_own_rows(text, subject, query, driver);
    }
    if (!own.empty()) text.add(fmt::format(" {}", own));
    text.add(" WHERE ");
    if (own == "o") text.add(own_keys(subject));
    std::vector<Condition> others;
    for (const Condition& part : query.conditions) {
        if (&part != driver && (own.empty() || !is_own(part, subject))) others.push_back(part);
    }
    add_condition(text, subject, all_of(std::move(others)));
    text.add(") SELECT r.* FROM r");
    if (query.after) {
        text.add(" WHERE ");
        add_after(text, subject, query, *query.after, 0);
    }
    add_order(text, subject, query, false);
    return rows_of(sql, text, subject, query);
}

/// The rows of the first key's index, with its value as k0; with those conditions of the query that are on them when `judged`.
void add_walked_rows(Text& text, const Subject& subject, const Query& query, bool judged) {
    const Order& first = query.order.front();
    text.add(fmt::format("(SELECT {}, s.{} AS k0 FROM {} s WHERE s.{} IS NOT NULL AND {}",
                         first.table == subject.table ? "s.*" : keys_of(subject, "s"), first.column, first.table, first.column,
                         first.one_row));
    if (!first.where.empty()) text.add(" AND ").add(first.where, first.values);
    for (const Condition& part : query.conditions) {
        if (judged && is_of_row(part, first, subject)) text.add(" AND ").add(part.where, part.values);
    }
    text.add(")");
}

/// "c is at the place in question, or behind it": as far as an index can tell.
void add_place(Text& text, const Subject& subject, const Query& query) {
    const Order& first = query.order.front();
    if (!query.after) {
        text.add("1 = 1");
    } else if (query.order.size() == 1 && first.descending == query.keys_descend) {
        SqlValues place = {query.after->keys.front()};
        place.insert(place.end(), query.after->id.begin(), query.after->id.end());
        text.add(fmt::format("(c.k0, {}) {} (?, {})", keys_of(subject, "c"), after(first.descending), marks(subject)), place);
    } else if (query.order.size() == 1) {
        SqlValues place(3, query.after->keys.front());
        place.insert(place.end(), query.after->id.begin(), query.after->id.end());
        text.add(fmt::format("c.k0 {0}= ? AND (c.k0 {0} ? OR (c.k0 = ? AND ({1}) {2} ({3})))", after(first.descending),
                             keys_of(subject, "c"), after(query.keys_descend), marks(subject)),
                 place);
    } else {
        text.add(fmt::format("c.k0 {}= ?", after(first.descending)), {query.after->keys.front()});
    }
}

/// The value of the first key at which `budget` rows have been walked; absent when there are fewer.
Result<std::optional<SqlValue>> value_after(SqlSession& sql, const Subject& subject, const Query& query, std::int64_t budget) {
    const Order& first = query.order.front();
    Text text;
    add_walked_rows(text.add("SELECT c.k0 FROM "), subject, query, false);  // unjudged: the budget is of what is looked at
    add_place(text.add(" c WHERE "), subject, query);
    text.add(fmt::format(" ORDER BY c.k0{} LIMIT 1 OFFSET ?", direction(first.descending)), {budget});
    return sql.first(text.sql, text.values, [&](const Row& row) { return value_of(row, 0, first.type); });
}

struct Walked {
    std::vector<Found> found;
    bool to_the_end = false;  ///< there is no row behind
};

/// Walks about `budget` rows of the first key's index from the place in question on, and all that are equal in the first key to the last of
/// them. One key is the index's own order, and the walk ends where the page is full; with further keys, all are judged and sorted.
Result<Walked> walk(SqlSession& sql, const Subject& subject, const Query& query, std::int64_t budget) {
    const Order& first = query.order.front();
    TRY_ASSIGN(const auto end, value_after(sql, subject, query, budget));
    Text text;
    const std::string_view own = first.table == subject.table ? "c" : needs_own_row(subject, query, nullptr) ? "o" : "";
    text.add("SELECT r.* FROM (SELECT ").add(keys_of(subject, "c")).add(", c.k0");
    for (std::size_t i = 1; i < query.order.size(); ++i) {
        text.add(", ");
        if (!query.order[i].never_with.empty() && query.order[i].never_with == first.key) {
            text.add("NULL");
        } else {
            add_value_at_hand(text, subject, query.order[i], own);
        }
        text.add(fmt::format(" AS k{}", i));
    }
    add_walked_rows(text.add(" FROM "), subject, query, true);
    text.add(" c");
    if (own == "o") add_own_rows(text.add(" CROSS JOIN "), subject, query, nullptr).add(" o");
    text.add(" WHERE ");
    if (own == "o") text.add(own_keys(subject));
    add_place(text, subject, query);
    if (end) text.add(fmt::format(" AND c.k0 {}= ?", first.descending ? ">" : "<"), {*end});
    std::vector<Condition> others;
    for (const Condition& part : query.conditions) {
        if (!is_of_row(part, first, subject) && (own.empty() || !is_own(part, subject))) others.push_back(part);
    }
    text.add(" AND ");
    add_condition(text, subject, all_of(std::move(others)));
    text.add(") r");
    if (query.after && query.order.size() > 1) {
        text.add(" WHERE ");
        add_after(text, subject, query, *query.after, 0);
    }
    add_order(text, subject, query, true);
    TRY_ASSIGN(auto found, rows_of(sql, text, subject, query));
    return Walked{std::move(found), !end};
}

/// The condition that alone meets the fewest rows, at most `most`; nullptr when each meets more.
Result<const Condition*> probe(SqlSession& sql, const Query& query, std::int64_t most) {
    const Condition* best = nullptr;
    for (const Condition& part : query.conditions) {
        if (part.kind != Condition::Kind::row || !part.selective) continue;
        Text text;
        text.add(fmt::format("SELECT count(*) FROM (SELECT 1 FROM {} s WHERE ", part.table)).add(part.where, part.values);
        text.add(" LIMIT ?) few", {most + 1});
        TRY_ASSIGN(const auto count, sql.first(text.sql, text.values, [](const Row& row) { return row.integer(0); }));
        if (count.value_or(0) > most) continue;
        best = &part;
        most = count.value_or(0);
    }
    return best;
}

bool first_key_is_missing(const Query& query) {
    return query.after && std::holds_alternative<std::monostate>(query.after->keys.front().held);
}

/// A condition says that all it lets through have a value for the first key.
bool first_key_is_certain(const Query& query) {
    const Order& first = query.order.front();
    return first.always || std::ranges::any_of(query.conditions, [&](const Condition& part) {
               return part.kind == Condition::Kind::row && part.key == first.key;
           });
}

/// The end of the order: those without a value for the first key.
Result<std::vector<Found>> without_first_key(SqlSession& sql, const Subject& subject, Query query) {
    const Order& first = query.order.front();
    if (!first_key_is_missing(query)) query.after.reset();  // the page before ended among those that have one
    std::string there = fmt::format("s.{} IS NOT NULL", first.column);
    if (!first.where.empty()) there = first.where + " AND " + there;
    query.conditions.push_back(
        negation_of(Condition{.table = first.table, .where = std::move(there), .values = first.values, .key = first.key}));
    TRY_ASSIGN(const Condition* const driver, probe(sql, query, many));
    return collect(sql, subject, query, driver);
}

}  // namespace

Condition all_of(std::vector<Condition> parts) { return {.kind = Condition::Kind::all, .parts = std::move(parts)}; }
Condition any_of(std::vector<Condition> parts) { return {.kind = Condition::Kind::any, .parts = std::move(parts)}; }
Condition negation_of(Condition part) { return {.kind = Condition::Kind::negation, .parts = {std::move(part)}}; }

const Subject& versions() {
    static const Subject subject{"versions", {{"model", ValueType::text}, {"version", ValueType::integer}}};
    return subject;
}

Result<Found> place_of(SqlSession& sql, const Subject& subject, const std::vector<Order>& order, const SqlValues& id) {
    Text text;
    text.add("SELECT ").add(keys_of(subject, "c"));
    for (const Order& key : order) {
        text.add(", ");
        add_value(text, subject, key);
    }
    text.add(" FROM (SELECT ");
    for (std::size_t i = 0; i < id.size(); ++i) text.add(fmt::format("{}? AS {}", i == 0 ? "" : ", ", subject.keys.at(i).column), {id[i]});
    text.add(") c");
    Query query;
    query.order = order;
    TRY_ASSIGN(auto found, rows_of(sql, text, subject, query));
    return std::move(found.at(0));
}

Result<std::vector<Found>> find(SqlSession& sql, const Subject& subject, const Query& query) {
    TRY_ASSIGN(const Condition* driver, probe(sql, query, few));
    if (driver != nullptr) return collect(sql, subject, query, driver);
    const bool walkable = !query.order.front().one_row.empty();
    if (!walkable) {
        TRY_ASSIGN(driver, probe(sql, query, many));
        return collect(sql, subject, query, driver);
    }
    std::vector<Found> found;
    if (!first_key_is_missing(query)) {
        std::int64_t budget = query.limit * 16;
        for (;;) {
            TRY_ASSIGN(Walked walked, walk(sql, subject, query, budget));
            found = std::move(walked.found);
            if (std::ssize(found) == query.limit) return found;
            if (walked.to_the_end) break;
            // What was found so far says how far it will be to the end of the page: another way must be shorter than that.
            const std::int64_t share = found.empty() ? query.limit * 16 : query.limit * 3 / 2 / std::ssize(found);
            budget *= std::max<std::int64_t>(share, 2);
            TRY_ASSIGN(driver, probe(sql, query, budget * walked_row / collected_row));
            if (driver != nullptr) return collect(sql, subject, query, driver);
        }
    }
    if (first_key_is_certain(query)) return found;
    Query rest = query;
    rest.limit -= std::ssize(found);
    TRY_ASSIGN(auto more, without_first_key(sql, subject, std::move(rest)));
    std::ranges::move(more, std::back_inserter(found));
    return found;
}

}  // namespace assay::filter
