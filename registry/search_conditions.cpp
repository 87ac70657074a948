#include "registry/search_conditions.hpp"

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "base/nearest.hpp"
#include "base/text.hpp"
#include "registry/dataset_roles.hpp"
#include "registry/environment.hpp"
#include "registry/release.hpp"
#include "registry/safety.hpp"
#include "storage/records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace assay {

namespace {

enum class Type { number, text, time, release };

/// Where the values of a key are.
struct VersionColumn {
    std::string table = {};
    std::string column = {};
    std::string where = {};  ///< binds the name; empty for an attribute
    SqlValues values = {};
    Type type = Type::text;
    bool indexed = false;   ///< by `where` and then `column`
    bool walkable = false;  ///< and then by model and version
    bool always = false;
    bool extremes = false;  ///< marked by lowest and highest
    std::string key = {};
};

struct VersionAttribute {
    std::string_view name;
    std::string_view table;
    std::string_view column;
    Type type;
    bool indexed;
    bool walkable;
    bool always;
};

constexpr std::array<VersionAttribute, 16> attributes = {{
    {"name", "versions", "model", Type::text, true, true, true},
    {"version", "versions", "version", Type::number, false, false, true},
    {"digest", "versions", "digest", Type::text, true, false, true},
    {"state", "versions", "state", Type::text, false, false, true},
    {"description", "versions", "description", Type::text, false, false, true},
    {"run_id", "versions", "run", Type::text, true, false, true},
    {"created_at", "version_attributes", "created_at", Type::time, true, true, true},
    {"trained_at", "version_attributes", "trained_at", Type::time, true, true, false},
    {"platform", "version_attributes", "platform", Type::text, false, false, false},
    {"alias", "aliases", "alias", Type::text, true, false, false},
    {"consumer", "fetches", "consumer", Type::text, true, false, false},
    {"dataset.digest", "version_datasets", "digest", Type::text, true, false, false},
    {"dataset.name", "version_datasets", "name", Type::text, true, false, false},
    {"dataset.role", "version_datasets", "role", Type::text, false, false, false},
    {"file.digest", "version_files", "digest", Type::text, true, false, true},
    {"file.path", "version_files", "path", Type::text, false, false, true},
}};

/// What reading the bytes found: kinds of version_terms.
constexpr std::array<std::string_view, 5> terms = {"estimator", "import", "training_data", "verdict", "format"};

/// Other spellings, MLflow's among them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 18> spellings = {{
    {"metric", "metrics"},
    {"param", "params"},
    {"parameter", "params"},
    {"parameters", "params"},
    {"tag", "tags"},
    {"libraries", "library"},
    {"datasets", "dataset"},
    {"files", "file"},
    {"attribute", ""},
    {"attributes", ""},
    {"attr", ""},
    {"model", "name"},
    {"version_number", "version"},
    {"run", "run_id"},
    {"created", "created_at"},
    {"creation_timestamp", "created_at"},
    {"creation_time", "created_at"},
    {"aliases", "alias"},
}};

std::string_view usual(std::string_view word) {
    const auto* found = std::ranges::find(spellings, word, [](const auto& pair) { return pair.first; });
    return found == spellings.end() ? word : found->second;
}

/// What values an attribute can have at all: another one is a mistake, not a search that finds nothing.
struct Choice {
    std::string_view name;
    std::vector<std::string_view> values;
};
const std::array<Choice, 4> choices = {{
    {"state", {to_string(VersionState::ready), to_string(VersionState::deleted), to_string(VersionState::quarantined)}},
    {"dataset.role", {dataset_roles.begin(), dataset_roles.end()}},
    {"training_data", {"rows", "columns", "per-row"}},
    {"verdict",
     {to_string(Safety::data), to_string(Safety::model), to_string(Safety::needs_trust), to_string(Safety::dangerous),
      to_string(Safety::malformed)}},
}};

constexpr std::string_view all_keys =
    "the keys are metrics.NAME, params.NAME, tags.NAME, library.PACKAGE, embedded.PACKAGE, dataset.digest, dataset.name, dataset.role, "
    "file.digest, "
    "file.path, "
    "name, version, digest, state, description, run_id, platform, created_at, trained_at, alias, consumer, "
    "estimator, import, training_data, verdict and format";

/// "did you mean metrics.accuracy? ", or nothing.
std::string did_you_mean(const FilterKey& key) {
    if (key.entity.empty()) {
        std::vector<std::string> names;
        for (const VersionAttribute& attribute : attributes) names.emplace_back(attribute.name);
        names.insert(names.end(), terms.begin(), terms.end());
        const auto near = nearest_word(to_lower_ascii(key.name), names);
        return near ? fmt::format("did you mean {}? ", *near) : "";
    }
    const auto near = nearest_word(key.entity, {"metrics", "params", "tags", "library", "embedded", "dataset", "file"});
    return near && *near != key.entity ? fmt::format("did you mean {}? ", printable(*near + "." + key.name, 100)) : "";
}

using MakeError = Error (*)(std::size_t at, const std::string& what, const std::string& fix);

Result<VersionColumn> column_of(const FilterKey& key, MakeError error) {
    const std::string entity(usual(key.entity));
    if (entity == "metrics") {
        return VersionColumn{.table = "version_metrics",
                             .column = "value",
                             .where = "s.name = ?",
                             .values = {key.name},
                             .type = Type::number,
                             .indexed = true,
                             .walkable = true,
                             .extremes = true,
                             .key = "metrics." + key.name};
    }
    if (entity == "params") {
        return VersionColumn{.table = "version_params",
                             .column = "value",
                             .where = "s.name = ?",
                             .values = {key.name},
                             .indexed = true,
                             .walkable = true,
                             .key = "params." + key.name};
    }
    if (entity == "tags") {
        return VersionColumn{.table = "tags",
                             .column = "value",
                             .where = "s.key = ? AND s.version > 0",  // version 0 is the model itself
                             .values = {key.name},
                             .indexed = true,
                             .walkable = true,
                             .key = "tags." + key.name};
    }
    if (entity == "library" || entity == "embedded") {
        const bool declared = entity == "library";
        const auto package = package_name(key.name);
        if (!package) return fail(error(key.at, fmt::format("'{}' cannot be the name of a package", printable(key.name, 100)), ""));
        return VersionColumn{.table = declared ? "version_libraries" : "version_releases",
                             .column = "sort_key",
                             .where = "s.package = ?",
                             .values = {*package},
                             .type = Type::release,
                             .indexed = true,
                             .walkable = declared,
                             .key = entity + "." + *package};
    }
    std::string name = to_lower_ascii(key.name);
    if (entity.empty()) name = usual(name);
    const std::string wanted = entity.empty() ? name : entity + "." + name;
    if (std::ranges::find(terms, wanted) != terms.end())
        return VersionColumn{
            .table = "version_terms", .column = "value", .where = "s.kind = ?", .values = {wanted}, .indexed = true, .key = wanted};
    const auto* found = std::ranges::find(attributes, wanted, &VersionAttribute::name);
    if (found == attributes.end())
        return fail(
            error(key.at, fmt::format("there is no key '{}'", printable(key.text(), 100)), did_you_mean(key) + std::string(all_keys)));
    return VersionColumn{.table = std::string(found->table),
                         .column = std::string(found->column),
                         .where = "",
                         .values = {},
                         .type = found->type,
                         .indexed = found->indexed,
                         .walkable = found->walkable,
                         .always = found->always,
                         .key = wanted};
}

bool orders(FilterOperator op) {
    return op == FilterOperator::less || op == FilterOperator::less_equal || op == FilterOperator::greater ||
           op == FilterOperator::greater_equal;
}
bool resembles(FilterOperator op) { return op == FilterOperator::like || op == FilterOperator::ilike; }
bool lists(FilterOperator op) { return op == FilterOperator::in || op == FilterOperator::not_in; }
bool finds(FilterOperator op) { return op == FilterOperator::equal || op == FilterOperator::in || orders(op); }

Error wrong_operator(const FilterNode& node, std::string_view allowed) {
    return filter_error(node.op_at, fmt::format("{} cannot be compared with {}", printable(node.key.text(), 100), to_string(node.op)),
                        fmt::format("it takes {}", allowed));
}

Error wrong_value(const FilterNode& node, const FilterValue& value, std::string_view wanted, std::string_view example) {
    return filter_error(value.at, fmt::format("{} is compared with {}", printable(node.key.text(), 100), wanted),
                        fmt::format("such as {}", example));
}

Result<SqlValue> number_of(const FilterNode& node, const FilterValue& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value.held)) {
        // A metric is a double, as the registration read it; a version is an integer.
        return usual(node.key.entity) == "metrics" ? SqlValue(static_cast<double>(*integer)) : SqlValue(*integer);
    }
    if (const auto* real = std::get_if<double>(&value.held)) return SqlValue(*real);
    return fail(wrong_value(node, value, "a number, and this is a text", "0.9, without quotes"));
}

Result<SqlValue> text_of(const FilterNode& node, const FilterValue& value) {
    const auto* text = std::get_if<std::string>(&value.held);
    if (text == nullptr) return fail(wrong_value(node, value, "a text, and this is a number", "'8', in quotes"));
    return SqlValue(*text);
}

/// A date, a time, or milliseconds since 1970 as MLflow has them.
Result<SqlValue> time_of(const FilterNode& node, const FilterValue& value) {
    if (const auto* text = std::get_if<std::string>(&value.held)) {
        const auto time = Timestamp::parse(*text);
        if (!time) return fail(wrong_value(node, value, "a time: " + time.error().because, "'2026-11-23' or '2026-11-23T10:00:00Z'"));
        return SqlValue(time->microseconds);
    }
    constexpr std::int64_t latest = 253'402'300'800'000;  // the end of the year 9999
    const auto* milliseconds = std::get_if<std::int64_t>(&value.held);
    if (milliseconds == nullptr || *milliseconds < 0 || *milliseconds > latest)
        return fail(wrong_value(node, value, "a time, or milliseconds since 1970", "'2026-11-23'"));
    return SqlValue(*milliseconds * 1000);
}

Result<SqlValue> release_of(const FilterNode& node, const FilterValue& value) {
    const auto* text = std::get_if<std::string>(&value.held);
    if (text == nullptr) return fail(wrong_value(node, value, "a release, in quotes", "'1.5.2'"));
    const auto release = Release::parse(*text);
    if (!release) return fail(wrong_value(node, value, "a release of PEP 440, and this is none", "'1.5.2', or LIKE '1.5.%'"));
    return SqlValue(release->sort_key());
}

/// A pattern costs more with every '%' and every byte: this much is enough for people.
constexpr std::ptrdiff_t max_wildcards = 8;
constexpr std::size_t max_pattern_bytes = 250;

Result<SqlValue> pattern_of(const FilterNode& node, const FilterValue& value) {
    TRY_ASSIGN(SqlValue pattern, text_of(node, value));
    const std::string& text = std::get<std::string>(value.held);
    if (std::ranges::count(text, '%') > max_wildcards)
        return fail(filter_error(value.at, fmt::format("the pattern has more than {} '%'", max_wildcards), ""));
    if (text.size() > max_pattern_bytes)
        return fail(filter_error(value.at, fmt::format("the pattern is longer than {} bytes", max_pattern_bytes), ""));
    return pattern;
}

/// Refuses a text that no version can have there.
Result<void> must_be_possible(const VersionColumn& column, const FilterNode& node, const FilterValue& value) {
    const auto* text = std::get_if<std::string>(&value.held);
    if (text == nullptr) return {};
    if (column.key == "digest" || column.key == "file.digest") {
        if (Digest::parse(*text)) return {};
        return fail(wrong_value(node, value, "a digest, and this is none",
                                fmt::format("'sha256:' and 64 hexadecimal digits; or LIKE '{}%'", printable(*text, 20))));
    }
    const auto* choice = std::ranges::find(choices, column.key, &Choice::name);
    if (choice == choices.end() || std::ranges::find(choice->values, *text) != choice->values.end()) return {};
    return fail(
        wrong_value(node, value, fmt::format("one of {}", fmt::join(choice->values, ", ")), fmt::format("'{}'", choice->values.front())));
}

filter::Condition row(const VersionColumn& column, std::string test, SqlValues values, bool selective) {
    SqlValues bound = column.values;
    std::ranges::move(values, std::back_inserter(bound));
    return {.table = column.table,
            .where = column.where.empty() ? std::move(test) : column.where + " AND " + test,
            .values = std::move(bound),
            .selective = selective && column.indexed,
            .key = column.key};
}

/// A release that is none of PEP 440 has no place among the others: a condition that lets it through promises no value to order by.
filter::Condition without_place(const VersionColumn& column, filter::Condition condition) {
    if (column.type == Type::release) condition.key.clear();
    return condition;
}

Result<filter::Condition> pattern(const VersionColumn& column, const FilterNode& node) {
    if (column.type != Type::text && column.type != Type::release)
        return fail(wrong_operator(node, "=, !=, <, <=, >, >=, IS NULL and IS NOT NULL"));
    const std::string name = column.type == Type::release ? "release" : column.column;
    TRY_ASSIGN(SqlValue value, pattern_of(node, node.values.front()));
    const std::string test = node.op == FilterOperator::ilike ? fmt::format("lower(s.{}) LIKE lower(?) ESCAPE '\\'", name)
                                                              : fmt::format("s.{} LIKE ? ESCAPE '\\'", name);
    return without_place(column, row(column, test, {std::move(value)}, false));
}

Result<filter::Condition> comparison(const FilterNode& node) {
    TRY_ASSIGN(const VersionColumn column, column_of(node.key, filter_error));
    if (node.op == FilterOperator::is_null || node.op == FilterOperator::is_not_null) {
        // A description that was not given is an empty one.
        filter::Condition there =
            row(column,
                column.key == "description" ? "s.description <> ''"
                                            : fmt::format("s.{} IS NOT NULL", column.type == Type::release ? "release" : column.column),
                {}, false);
        there = without_place(column, std::move(there));
        return node.op == FilterOperator::is_null ? filter::negation_of(std::move(there)) : std::move(there);
    }
    if (resembles(node.op)) return pattern(column, node);
    if (column.type == Type::text && orders(node.op))
        return fail(wrong_operator(node, "=, !=, LIKE, ILIKE, IN, NOT IN, IS NULL and IS NOT NULL"));

    const auto read = column.type == Type::number    ? number_of
                      : column.type == Type::time    ? time_of
                      : column.type == Type::release ? release_of
                                                     : text_of;
    SqlValues values;
    std::string marks;
    for (const FilterValue& value : node.values) {
        TRY_ASSIGN(SqlValue one, read(node, value));
        TRY(must_be_possible(column, node, value));
        values.push_back(std::move(one));
        marks += marks.empty() ? "?" : ", ?";
    }
    if (lists(node.op)) marks = "(" + marks + ")";
    return row(column, fmt::format("s.{} {} {}", column.column, to_string(node.op), marks), std::move(values), finds(node.op));
}

Result<filter::Condition> condition(const FilterNode& node) {
    if (node.kind == FilterNode::Kind::comparison) return comparison(node);
    std::vector<filter::Condition> parts;
    for (const FilterNode& part : node.parts) {
        TRY_ASSIGN(filter::Condition one, condition(part));
        parts.push_back(std::move(one));
    }
    if (node.kind == FilterNode::Kind::negation) return filter::negation_of(std::move(parts.front()));
    return node.kind == FilterNode::Kind::all ? filter::all_of(std::move(parts)) : filter::any_of(std::move(parts));
}

bool asks_for_state(const FilterNode& node) {
    if (node.kind != FilterNode::Kind::comparison) return std::ranges::any_of(node.parts, asks_for_state);
    const auto column = column_of(node.key, filter_error);
    return column && column->key == "state";
}

}  // namespace

Result<std::vector<filter::Condition>> search_conditions(const std::optional<FilterNode>& wanted) {
    std::vector<filter::Condition> all;
    if (wanted) {
        TRY_ASSIGN(filter::Condition stated, condition(*wanted));
        if (stated.kind == filter::Condition::Kind::all) {
            all = std::move(stated.parts);
        } else {
            all.push_back(std::move(stated));
        }
    }
    if (!wanted || !asks_for_state(*wanted))
        all.push_back({.table = "version_needs", .where = "1 = 1", .values = {}, .key = "state"});  // has the ready ones, in small rows
    return all;
}

Result<std::vector<filter::Order>> search_order(const std::vector<FilterOrder>& wanted) {
    std::vector<FilterOrder> keys = wanted;
    if (keys.empty()) keys.push_back({{"", "created_at", 1}, true});
    std::vector<filter::Order> order;
    for (const FilterOrder& one : keys) {
        TRY_ASSIGN(VersionColumn column, column_of(one.key, order_error));
        if (std::ranges::any_of(order, [&](const filter::Order& before) { return before.key == column.key; }))
            continue;  // decides nothing more
        filter::Order key{.table = column.table,
                          .column = column.column,
                          .where = column.where,
                          .values = column.values,
                          .descending = one.descending,
                          .one_row = "",
                          .always = column.always,
                          .key = column.key};
        if (column.type == Type::number) key.type = column.key == "version" ? filter::ValueType::integer : filter::ValueType::real;
        if (column.type == Type::time) key.type = filter::ValueType::integer;
        if (column.walkable) key.one_row = !column.extremes ? "1 = 1" : one.descending ? "s.highest = 1" : "s.lowest = 1";
        order.push_back(std::move(key));
    }
    return order;
}

}  // namespace assay
