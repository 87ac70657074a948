#include "registry/tracking_search.hpp"

#include "base/text.hpp"
#include "storage/tables/filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <compare>
#include <iterator>

namespace assay {

namespace {

using filter::ValueType;

/// A column of what is searched itself.
struct Attribute {
    std::string_view name;
    std::string_view column;
    ValueType type = ValueType::text;
    bool indexed = false;
    std::string_view table = {};  ///< empty: that of the subject
};

/// Where the values of metrics, params and tags are; empty: it has none.
struct Tables {
    std::string_view metrics, params, tags;
    std::string_view tag_where = "s.key = ?";
    bool one_metric = true;  ///< a name has one value
};

struct Shape {
    filter::Subject subject;
    std::vector<Attribute> attributes;
    Tables tables;
    std::vector<SearchOrder> usual;
    bool keys_descend = false;
    bool few = false;  ///< so that all of them are rather looked at than what else a condition meets
};

const Shape& shape_of(Searched what) {
    static const std::array<Shape, 5> shapes = {{
        {{"(SELECT id AS experiment, name, state, created_at, updated_at FROM experiments)", {{"experiment", ValueType::integer}}},
         {{"id", "experiment", ValueType::integer},
          {"name", "name"},
          {"created_at", "created_at", ValueType::integer},
          {"updated_at", "updated_at", ValueType::integer}},
         {"", "", "experiment_tags"},
         {{TermKind::attribute, "created_at", true}},
         true},
        {{"(SELECT id AS run, experiment, name, upper(status) AS status, state, started_at, ended_at, actor, "
          "(SELECT location FROM experiments WHERE experiments.id = runs.experiment) || '/' || id || '/artifacts' AS folder FROM runs)",
          {{"run"}}},
         {{"id", "run", ValueType::text, true},
          {"name", "name"},
          {"actor", "actor"},
          {"status", "status"},
          {"folder", "folder"},
          {"started_at", "started_at", ValueType::integer},
          {"ended_at", "ended_at", ValueType::integer}},
         {"run_metrics", "run_params", "run_tags"},
         {{TermKind::attribute, "started_at", true}},
         false},
        {{"(SELECT id AS model, experiment, name, type, run, status, state, created_at, updated_at FROM logged_models)", {{"model"}}},
         {{"id", "model", ValueType::text, true},
          {"name", "name"},
          {"type", "type"},
          {"status", "status"},
          {"run", "run"},
          {"created_at", "created_at", ValueType::integer},
          {"updated_at", "updated_at", ValueType::integer}},
         {"logged_model_metrics", "logged_model_params", "logged_model_tags", "s.key = ?", false},
         {{TermKind::attribute, "created_at", true}},
         false},
        {{"(SELECT name AS model, state, created_at, updated_at FROM models)", {{"model"}}},
         {{"name", "model", ValueType::text, true}, {"created_at", "created_at"}, {"updated_at", "updated_at", ValueType::integer}},
         {"", "", "tags", "s.key = ? AND s.version = 0"},
         {{TermKind::attribute, "name", false}},
         false},
        {filter::versions(),
         {{"name", "model", ValueType::text, true},
          {"version", "version", ValueType::integer},
          {"run", "run", ValueType::text, true},
          {"created_at", "created_at", ValueType::integer, false, "version_attributes"},
          {"source", "source", ValueType::text, false, "registrations"}},
         {"", "", "tags", "s.key = ? AND s.version > 0"},
         {{TermKind::attribute, "created_at", true}},
         true},
    }};
    return shapes.at(static_cast<std::size_t>(what));
}

/// Registrations that failed, which MLflow's users see among the versions: few, and in no table of those.
const Shape& failed_shape() {
    static const Shape shape = [] {
        Shape failed = shape_of(Searched::versions);
        failed.subject.table =
            "(SELECT model, version, run, source, created_at * 1000 AS created_at, 'ready' AS state FROM registrations WHERE status <> "
            "'ready')";
        for (Attribute& attribute : failed.attributes) {
            attribute.indexed = false;
            attribute.table = {};
        }
        failed.few = true;
        return failed;
    }();
    return shape;
}

/// Where the values of a term are.
struct Column {
    std::string table;
    std::string column = "value";
    std::string where;
    SqlValues values;
    ValueType type = ValueType::text;
    bool indexed = true;
    bool one = true;  ///< at most one row for each
    std::string key;
};

std::unexpected<Error> unknown_term(TermKind kind, std::string_view name) {
    constexpr std::array<std::string_view, 5> words = {"attribute", "metric", "param", "tag", "dataset"};
    return fail(ErrorKind::invalid, "unknown-key",
                fmt::format("there is no {} '{}' to search by", words.at(static_cast<std::size_t>(kind)), printable(name, 100)));
}

/// Which of a scope: the rest of what binds a row.
struct Scope {
    std::string where;
    SqlValues values;
};

Scope scope_of(const TrackingQuery& query) {
    Scope scope;
    const auto add = [&](std::string text) { scope.where += (scope.where.empty() ? "" : " AND ") + text; };
    if (query.what == Searched::runs || query.what == Searched::logged_models) {
        std::string marks;
        for (const std::int64_t id : query.experiments) {
            marks += marks.empty() ? "?" : ", ?";
            scope.values.emplace_back(id);
        }
        add(query.experiments.size() == 1 ? "s.experiment = ?"
            : query.experiments.empty()   ? "1 = 0"
                                          : fmt::format("s.experiment IN ({})", marks));
    }
    if (query.what == Searched::versions) {
        add("s.state IN ('ready', 'quarantined')");
    } else if (query.active != query.deleted) {
        add(query.active ? "s.state = 'active'" : "s.state = 'deleted'");
    } else if (!query.active) {
        add("1 = 0");
    }
    return scope;
}

Result<Column> column_of(const Shape& shape, Searched what, TermKind kind, const std::string& name) {
    const Tables& tables = shape.tables;
    const auto of = [&](std::string_view table, std::string where, ValueType type, std::string_view key) -> Result<Column> {
        if (table.empty()) return unknown_term(kind, name);
        return Column{
            .table = std::string(table), .where = std::move(where), .values = {name}, .type = type, .key = fmt::format("{}.{}", key, name)};
    };
    switch (kind) {
        case TermKind::metric: {
            TRY_ASSIGN(Column column, of(tables.metrics, "s.name = ? AND s.is_nan = 0", ValueType::real, "metric"));
            column.one = tables.one_metric;
            return column;
        }
        case TermKind::param: return of(tables.params, "s.name = ?", ValueType::text, "param");
        case TermKind::tag: return of(tables.tags, std::string(tables.tag_where), ValueType::text, "tag");
        case TermKind::dataset: {
            if (what != Searched::runs || (name != "name" && name != "digest" && name != "context")) return unknown_term(kind, name);
            Column column{.table = "(SELECT run, name, digest FROM run_datasets JOIN logged_datasets ON id = dataset)",
                          .column = name,
                          .where = "",
                          .values = {},
                          .indexed = false,
                          .one = false,
                          .key = "dataset." + name};
            if (name == "context") {
                column.table = "(SELECT run, value AS context FROM run_dataset_tags WHERE key = 'mlflow.data.context')";
            }
            return column;
        }
        case TermKind::attribute: break;
    }
    const auto found = std::ranges::find(shape.attributes, std::string_view(name), &Attribute::name);
    if (found == shape.attributes.end()) return unknown_term(kind, name);
    Column column{.table = found->table.empty() ? shape.subject.table : std::string(found->table),
                  .column = std::string(found->column),
                  .where = "",
                  .values = {},
                  .type = found->type,
                  .indexed = found->indexed,
                  .key = name};
    return column;
}

std::string both_of(const std::string& where, const std::string& test) { return where.empty() ? test : where + " AND " + test; }

/// "(s.dataset_name = ? OR …)" of metrics of logged models, with the values added to `values`; empty: on whatever.
std::string measured_on(const std::vector<MeasuredOn>& data, SqlValues& values) {
    std::string any;
    for (const MeasuredOn& one : data) {
        std::string all;
        const auto add = [&](std::string_view column, const std::optional<std::string>& value) {
            if (!value) return;
            all += fmt::format("{}s.{} = ?", all.empty() ? "" : " AND ", column);
            values.emplace_back(*value);
        };
        add("dataset_name", one.name);
        add("dataset_digest", one.digest);
        if (!all.empty()) any += (any.empty() ? "(" : " OR ") + all;
    }
    return any.empty() ? any : any + ")";
}

Result<filter::Condition> condition_of(const Shape& shape, const TrackingQuery& query, const SearchTerm& term) {
    TRY_ASSIGN(Column column, column_of(shape, query.what, term.kind, term.name));
    if (query.what == Searched::logged_models && term.kind == TermKind::metric) {
        const std::string on = measured_on(query.measured_on, column.values);
        if (!on.empty()) column.where += " AND " + on;
    }
    const auto row = [&](std::string test, SqlValues values, bool selective) {
        SqlValues bound = column.values;
        if (!term.prefix.empty() && test != "1 = 1") bound.emplace_back(term.prefix);
        std::ranges::move(values, std::back_inserter(bound));
        return filter::Condition{.table = column.table,
                                 .where = both_of(column.where, test),
                                 .values = std::move(bound),
                                 .selective = selective && column.indexed && !shape.few,
                                 .key = column.key};
    };
    const std::string value = term.prefix.empty() ? "s." + column.column : fmt::format("(? || s.{})", column.column);
    std::string marks;
    for (std::size_t i = 0; i < term.values.size(); ++i) marks += i == 0 ? "?" : ", ?";
    switch (term.op) {
        case FilterOperator::is_not_null: return row("1 = 1", {}, false);
        case FilterOperator::is_null: return filter::negation_of(row("1 = 1", {}, false));
        case FilterOperator::equal:
            if (term.or_missing) return filter::negation_of(row(value + " <> ?", term.values, false));
            break;
        case FilterOperator::not_equal:
            if (term.or_missing) return filter::negation_of(row(value + " = ?", term.values, false));
            return row(value + " <> ?", term.values, false);
        case FilterOperator::in: return row(fmt::format("{} IN ({})", value, marks), term.values, true);
        case FilterOperator::not_in: return row(fmt::format("{} NOT IN ({})", value, marks), term.values, false);
        case FilterOperator::like: return row(value + " LIKE ?", term.values, false);
        case FilterOperator::ilike: return row(fmt::format("lower({}) LIKE lower(?)", value), term.values, false);
        default: break;
    }
    return row(fmt::format("{} {} ?", value, to_string(term.op)), term.values, true);
}

/// Of a metric of a logged model, its latest point on the data in question.
void keep_latest(const MeasuredOn& on, Column& column) {
    std::string same = "model, name";
    if (on.name) same += ", dataset_name";
    if (on.digest) same += ", dataset_digest";
    column.table = fmt::format(
        "(SELECT model, name, value, is_nan, dataset_name, dataset_digest, row_number() OVER (PARTITION BY {} ORDER BY at DESC, step DESC, "
        "run) AS place FROM {})",
        same, column.table);
    column.where += " AND s.place = 1";
    if (const std::string where = measured_on({on}, column.values); !where.empty()) column.where += " AND " + where;
    column.indexed = false;
}

Result<filter::Order> order_of(const Shape& shape, const TrackingQuery& query, const Scope& scope, const SearchOrder& wanted) {
    TRY_ASSIGN(Column column, column_of(shape, query.what, wanted.kind, wanted.name));
    if (query.what == Searched::logged_models && wanted.kind == TermKind::metric) keep_latest(wanted.on, column);
    filter::Order order{.table = column.table,
                        .column = column.column,
                        .where = column.where,
                        .values = column.values,
                        .type = column.type,
                        .descending = wanted.descending,
                        .key = column.key};
    const bool own = wanted.kind == TermKind::attribute;
    if (own && column.table == shape.subject.table) {
        // The scope leads the index by which runs and logged models are walked.
        order.where = scope.where;
        order.values = scope.values;
        order.one_row = "1 = 1";
        order.always = wanted.name != "ended_at";
    } else if (column.one && column.indexed) {
        order.one_row = "1 = 1";
    } else if (own && column.table == "version_attributes") {
        order.one_row = "1 = 1";
        order.always = true;
    }
    return order;
}

/// What is no number comes behind all numbers, and before what is missing.
filter::Order not_a_number_first(filter::Order order) {
    order.column = "is_nan";
    order.where = "s.name = ? AND s.is_nan = 1";
    order.type = ValueType::integer;
    order.descending = false;
    order.one_row = "";
    order.never_with = order.key;
    order.key += ".is_nan";
    return order;
}

/// What is asked for, then what is usual. Versions that are equal in what is asked for come by name.
std::vector<SearchOrder> whole_order(const Shape& shape, const TrackingQuery& query) {
    std::vector<SearchOrder> whole = query.order;
    const auto add = [&](const SearchOrder& more) {
        const bool there =
            std::ranges::any_of(whole, [&](const SearchOrder& other) { return other.kind == more.kind && other.name == more.name; });
        if (!there) whole.push_back(more);
    };
    if (query.what != Searched::versions || query.order.empty()) std::ranges::for_each(shape.usual, add);
    if (query.what == Searched::versions) add({TermKind::attribute, "name", false});
    return whole;
}

Result<filter::Query> question_of(const Shape& shape, const TrackingQuery& query) {
    const Scope scope = scope_of(query);
    filter::Query question;
    question.limit = query.limit;
    question.keys_descend = shape.keys_descend;
    if (!scope.where.empty()) question.conditions.push_back({.table = shape.subject.table, .where = scope.where, .values = scope.values});
    for (const SearchTerm& term : query.terms) {
        TRY_ASSIGN(auto condition, condition_of(shape, query, term));
        question.conditions.push_back(std::move(condition));
    }
    const bool any_metric = std::ranges::any_of(query.terms, [](const SearchTerm& term) { return term.kind == TermKind::metric; });
    if (!query.measured_on.empty() && !any_metric) {
        filter::Condition measured{.table = std::string(shape.tables.metrics)};
        measured.where = measured_on(query.measured_on, measured.values);
        question.conditions.push_back(std::move(measured));
    }
    for (const SearchOrder& one : whole_order(shape, query)) {
        TRY_ASSIGN(auto order, order_of(shape, query, scope, one));
        question.order.push_back(order);
        if (query.what == Searched::runs && one.kind == TermKind::metric) question.order.push_back(not_a_number_first(std::move(order)));
    }
    if (query.after) {
        if (query.after->id.size() != shape.subject.keys.size() || query.after->keys.size() != question.order.size())
            return fail(ErrorKind::invalid, "invalid-cursor", "the page before belongs to another search");
        question.after = filter::Found{query.after->id, query.after->keys};
    }
    return question;
}

/// Numbers or texts, by which versions are ordered.
std::strong_ordering compare_values(const SqlValue& a, const SqlValue& b) {
    if (const auto* number = std::get_if<std::int64_t>(&a.held)) return *number <=> std::get<std::int64_t>(b.held);
    return std::get<std::string>(a.held) <=> std::get<std::string>(b.held);
}

bool comes_before(const filter::Found& a, const filter::Found& b, const filter::Query& question) {
    const auto is_missing = [](const SqlValue& value) { return std::holds_alternative<std::monostate>(value.held); };
    for (std::size_t i = 0; i < question.order.size(); ++i) {
        if (is_missing(a.keys[i]) && is_missing(b.keys[i])) continue;
        if (is_missing(a.keys[i]) || is_missing(b.keys[i])) return is_missing(b.keys[i]);
        const auto order = compare_values(a.keys[i], b.keys[i]);
        if (order != 0) return question.order[i].descending ? order > 0 : order < 0;
    }
    for (std::size_t i = 0; i < a.id.size(); ++i) {
        const auto order = compare_values(a.id[i], b.id[i]);
        if (order != 0) return question.keys_descend ? order > 0 : order < 0;
    }
    return false;
}

/// Those that failed among the others, as the order has it.
Result<std::vector<filter::Found>> with_failed(SqlSession& sql, const TrackingQuery& query, std::vector<filter::Found> found) {
    TRY_ASSIGN(const filter::Query question, question_of(failed_shape(), query));
    TRY_ASSIGN(const auto failed, filter::find(sql, failed_shape().subject, question));
    if (failed.empty()) return found;
    std::vector<filter::Found> all;
    std::ranges::merge(found, failed, std::back_inserter(all),
                       [&](const filter::Found& a, const filter::Found& b) { return comes_before(a, b, question); });
    all.resize(std::min(all.size(), static_cast<std::size_t>(query.limit)));
    return all;
}

}  // namespace

Result<std::vector<TrackingQuery::Place>> search_tracking(SqlSession& sql, const TrackingQuery& query) {
    const Shape& shape = shape_of(query.what);
    TRY_ASSIGN(const filter::Query question, question_of(shape, query));
    sql.limit_time(query.patience);
    auto found = filter::find(sql, shape.subject, question);
    if (found && query.what == Searched::versions) found = with_failed(sql, query, *std::move(found));
    if (!found && found.error().code == "query-too-long") {
        return fail(Error(ErrorKind::invalid, "search-too-costly",
                          fmt::format("the search was given up after {} s", std::chrono::duration<double>(query.patience).count()))
                        .with_fix("narrow it by an experiment, a param, a tag or a range of a metric"));
    }
    if (!found) return fail(std::move(found).error());
    std::vector<TrackingQuery::Place> places;
    for (filter::Found& one : *found) places.push_back({std::move(one.id), std::move(one.keys)});
    return places;
}

}  // namespace assay
