#include "api/mlflow/search.hpp"

#include "tests/support/result.hpp"

#include <algorithm>
#include <variant>

namespace assay::test {

namespace {

TrackingQuery read(Searched what, const std::string& filter, const std::vector<std::string>& order = {}) {
    TrackingQuery query;
    must(mlflow::read_search(what, filter, order, query));
    CHECK(query.what == what);
    return query;
}

SearchTerm term(Searched what, const std::string& filter) {
    const TrackingQuery query = read(what, filter);
    REQUIRE(query.terms.size() == 1);
    return query.terms.front();
}

std::string refusal(Searched what, const std::string& filter, const std::vector<std::string>& order = {}) {
    TrackingQuery query;
    const Error error = error_of(mlflow::read_search(what, filter, order, query));
    CHECK(error.code == "INVALID_PARAMETER_VALUE");
    return error.message;
}

/// A value as text, with its type before it.
std::string shown(const SqlValue& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value.held)) return "i" + std::to_string(*integer);
    if (const auto* real = std::get_if<double>(&value.held)) return "d" + Json(*real).dump();
    if (const auto* text = std::get_if<std::string>(&value.held)) return "t" + *text;
    return "?";
}

constexpr Searched everything[] = {Searched::experiments, Searched::runs, Searched::logged_models, Searched::models, Searched::versions};

TrackingQuery::Place place(const std::string& id, std::int64_t key) { return {{SqlValue(id)}, {SqlValue(key)}}; }

}  // namespace

TEST_CASE("an empty filter asks nothing") {
    for (const Searched what : everything) {
        for (const char* filter : {"", "  "}) {
            const TrackingQuery query = read(what, filter);
            CHECK(query.terms.empty());
            CHECK(query.order.empty());
        }
    }
}

TEST_CASE("a comparison is a term of the column that its key names") {
    struct Row {
        Searched what;
        const char* filter;
        TermKind kind;
        const char* name;
        FilterOperator op;
        const char* value;
    };
    using enum FilterOperator;
    for (const Row& row : {Row{Searched::runs, "metrics.acc > 0.5", TermKind::metric, "acc", greater, "d0.5"},
                           {Searched::runs, "metric.acc >= 1", TermKind::metric, "acc", greater_equal, "d1.0"},
                           {Searched::runs, "metrics.`a b` != -2", TermKind::metric, "a b", not_equal, "d-2.0"},
                           {Searched::runs, "params.kind = 'x'", TermKind::param, "kind", equal, "tx"},
                           {Searched::runs, "parameter.kind LIKE 'x%'", TermKind::param, "kind", like, "tx%"},
                           {Searched::runs, "tags.team ilike \"A%\"", TermKind::tag, "team", ilike, "tA%"},
                           {Searched::runs, "status = 'FINISHED'", TermKind::attribute, "status", equal, "tFINISHED"},
                           {Searched::runs, "attributes.run_name = 'x'", TermKind::attribute, "name", equal, "tx"},
                           {Searched::runs, "attr.`Run name` = 'x'", TermKind::attribute, "name", equal, "tx"},
                           {Searched::runs, "start_time <= 5", TermKind::attribute, "started_at", less_equal, "i5"},
                           {Searched::runs, "dataset.name = 'd'", TermKind::dataset, "name", equal, "td"},
                           {Searched::experiments, "name ILIKE 'a%'", TermKind::attribute, "name", ilike, "ta%"},
                           {Searched::experiments, "experiment_id = '7'", TermKind::attribute, "id", equal, "i7"},
                           {Searched::experiments, "last_update_time > 7", TermKind::attribute, "updated_at", greater, "i7"},
                           {Searched::experiments, "tags.team = 'a'", TermKind::tag, "team", equal, "ta"},
                           {Searched::logged_models, "model_id = 'm-1'", TermKind::attribute, "id", equal, "tm-1"},
                           {Searched::logged_models, "status = 'READY'", TermKind::attribute, "status", equal, "tready"},
                           {Searched::logged_models, "metrics.auc < 1", TermKind::metric, "auc", less, "d1.0"},
                           {Searched::logged_models, "source_run_id = 'r'", TermKind::attribute, "run", equal, "tr"},
                           {Searched::models, "name = 'churn'", TermKind::attribute, "name", equal, "tchurn"},
                           {Searched::models, "tag.team = 'a'", TermKind::tag, "team", equal, "ta"},
                           {Searched::versions, "version_number > 2", TermKind::attribute, "version", greater, "i2"},
                           {Searched::versions, "run_id = 'r'", TermKind::attribute, "run", equal, "tr"},
                           {Searched::versions, "source_path LIKE 's%'", TermKind::attribute, "source", like, "ts%"}}) {
        CAPTURE(row.filter);
        const SearchTerm found = term(row.what, row.filter);
        CHECK((found.kind == row.kind));
        CHECK(found.name == row.name);
        CHECK((found.op == row.op));
        REQUIRE(found.values.size() == 1);
        CHECK(shown(found.values.front()) == row.value);
        CHECK_FALSE(found.or_missing);
    }
}

TEST_CASE("comparisons joined by AND are terms in their order") {
    const TrackingQuery query = read(Searched::runs, "metrics.acc > 1 AND params.kind = 'x' and tags.team != 'a'");
    REQUIRE(query.terms.size() == 3);
    CHECK(query.terms[0].name == "acc");
    CHECK(query.terms[1].name == "kind");
    CHECK(query.terms[2].name == "team");
}

TEST_CASE("lists and tests for null are there where MLflow has them") {
    const SearchTerm listed = term(Searched::runs, "run_id NOT IN ('a', 'b')");
    CHECK((listed.op == FilterOperator::not_in));
    REQUIRE(listed.values.size() == 2);
    CHECK(shown(listed.values[1]) == "tb");
    CHECK((term(Searched::versions, "name IN ('a')").op == FilterOperator::in));
    const SearchTerm null_test = term(Searched::runs, "params.kind IS NOT NULL");
    CHECK((null_test.op == FilterOperator::is_not_null));
    CHECK(null_test.values.empty());

    CHECK(refusal(Searched::runs, "user_id IN ('a')") ==
          "Only ['run_id'] attributes support comparison with a list of quoted string values.");
    CHECK(refusal(Searched::runs, "tags.a IN ('a')").starts_with("Invalid comparator 'IN' not one of"));
    CHECK(refusal(Searched::runs, "metrics.a IN (1)").starts_with("Invalid comparator 'IN' not one of"));
    CHECK(refusal(Searched::runs, "metrics.a IS NULL").starts_with("Invalid comparator 'IS NULL' not one of"));
    CHECK(refusal(Searched::models, "tags.a IS NULL") == "IS NULL / IS NOT NULL is not supported for registered model search.");
    CHECK(refusal(Searched::versions, "tags.a IS NOT NULL") == "IS NULL / IS NOT NULL is not supported for model version search.");
}

TEST_CASE("a model without the tag is no prompt") {
    for (const Searched what : {Searched::models, Searched::versions}) {
        CHECK(term(what, "tags.`mlflow.prompt.is_prompt` != 'true'").or_missing);
        CHECK_FALSE(term(what, "tags.team != 'true'").or_missing);
    }
    CHECK_FALSE(term(Searched::runs, "tags.`mlflow.prompt.is_prompt` != 'true'").or_missing);
}

TEST_CASE("a filter is comparisons joined by AND, and nothing else") {
    for (const char* filter :
         {"tags.a = 'x' OR tags.b = 'x'", "tags.a = 'x' AND (tags.b = 'x' OR tags.c = 'x')", "(tags.a = 'x' OR tags.b = 'x')",
          "tags.a = 'x' AND (tags.b = 'x' AND tags.c = 'x')", "NOT tags.a = 'x'", "tags.a = x", "tags.a =", "tags.a", "= 'x'",
          "tags.a = 'x", "tags.a == 'x'", "tags.a = 'x' tags.b = 'x'", "tags.a = 'x'; DROP TABLE runs", "tags.a = 'x' AND"}) {
        CAPTURE(filter);
        for (const Searched what : everything) CHECK(refusal(what, filter).starts_with("Invalid clause(s) in filter string: "));
    }
    CHECK(refusal(Searched::runs, "tags.a = x") == "Invalid clause(s) in filter string: 'tags.a = x'");
}

TEST_CASE("a key must be one of what is searched") {
    CHECK(refusal(Searched::runs, "nonsense = 'x'")
              .starts_with("Invalid attribute key 'nonsense' specified. Valid keys are '{'Created', 'Run Name', "));
    CHECK(refusal(Searched::models, "run_id = 'x'").starts_with("Invalid attribute key 'run_id' specified."));
    CHECK(refusal(Searched::runs, "foo.a = 'x'") ==
          "Invalid entity type 'foo'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']");
    for (const Searched what : {Searched::experiments, Searched::models, Searched::versions})
        CHECK(refusal(what, "metrics.a > 1") == "Invalid entity type 'metrics'. Valid entity types are ('attribute', 'tag', 'tags')");
    CHECK(refusal(Searched::runs, "dataset.size = 'x'") ==
          "Invalid dataset key 'size' specified. Valid keys are '{'context', 'digest', 'name'}'");
}

TEST_CASE("a key has its comparators and its type of values") {
    CHECK(refusal(Searched::runs, "params.a > 'x'") == "Invalid comparator '>' not one of '{'!=', '=', 'LIKE', 'ILIKE'}'");
    CHECK(refusal(Searched::runs, "metrics.a LIKE 'x'") == "Invalid comparator 'LIKE' not one of '{'>', '>=', '!=', '=', '<', '<='}'");
    CHECK(refusal(Searched::models, "name < 'x'").starts_with("Invalid comparator '<' not one of"));
    CHECK(refusal(Searched::runs, "params.a = 1") == "Expected a quoted string value for param (e.g. 'my-value'). Got value 1");
    CHECK(refusal(Searched::models, "name = 1").starts_with("Expected a quoted string value for attribute"));
    CHECK(refusal(Searched::runs, "metrics.a > '1'") == "Expected numeric value type for metric. Found '1'");
    CHECK(refusal(Searched::runs, "start_time > '1'") == "Invalid value for numeric attribute 'start_time': '1'");
    CHECK(refusal(Searched::versions, "version_number = '1'") == "Invalid value for numeric attribute 'version_number': '1'");
    CHECK(refusal(Searched::versions, "version_number = 1.5").starts_with("Invalid value for numeric attribute 'version_number'"));
}

TEST_CASE("an order is a key and its direction") {
    const TrackingQuery query = read(Searched::runs, "", {"metrics.acc DESC", "start_time", "tags.`a b` asc"});
    REQUIRE(query.order.size() == 3);
    CHECK((query.order[0].kind == TermKind::metric));
    CHECK(query.order[0].name == "acc");
    CHECK(query.order[0].descending);
    CHECK((query.order[1].kind == TermKind::attribute));
    CHECK(query.order[1].name == "started_at");
    CHECK_FALSE(query.order[1].descending);
    CHECK((query.order[2].kind == TermKind::tag));
    CHECK(query.order[2].name == "a b");
    CHECK(read(Searched::experiments, "", {"creation_time DESC"}).order.front().name == "created_at");
    CHECK(read(Searched::logged_models, "", {"creation_timestamp"}).order.front().name == "created_at");
    CHECK(read(Searched::models, "", {"timestamp DESC"}).order.front().name == "updated_at");
    CHECK(read(Searched::versions, "", {"version_number ASC"}).order.front().name == "version");

    for (const char* order : {"", "'start_time'", "a b c"}) {
        CAPTURE(order);
        CHECK(refusal(Searched::runs, "", {order}) == "Invalid order_by clause '" + std::string(order) + "'. Could not be parsed.");
    }
    for (const char* order : {"start_time DOWN", "start_time, end_time", "start_time; DROP"}) {
        CAPTURE(order);
        CHECK(refusal(Searched::runs, "", {order}) == "Invalid ordering key in order_by clause '" + std::string(order) + "'.");
    }
    CHECK(
        refusal(Searched::runs, "", {"nonsense"}).starts_with("Invalid attribute key 'nonsense' specified. Valid keys are '{'Created', "));
    CHECK(refusal(Searched::runs, "", {"dataset.name"}) == "Invalid identifier type 'dataset'");
    CHECK(refusal(Searched::models, "", {"metrics.acc"}).starts_with("Invalid entity type 'metrics'."));
}

TEST_CASE("a page token is where its page ended, and the last page has none") {
    TrackingQuery query = read(Searched::runs, "metrics.acc > 1");
    must(mlflow::read_page("", 2, query));
    CHECK(query.limit == 3);
    CHECK_FALSE(query.after.has_value());
    std::vector<TrackingQuery::Place> two = {place("a", 1), place("b", 2)};
    CHECK(mlflow::next_page(two, query).empty());
    CHECK(two.size() == 2);
    std::vector<TrackingQuery::Place> three = {place("a", 1), place("b", 2), place("c", 3)};
    const std::string token = mlflow::next_page(three, query);
    CHECK(three.size() == 2);

    TrackingQuery next = read(Searched::runs, "metrics.acc > 1");
    must(mlflow::read_page(token, 5, next));
    CHECK(next.limit == 6);
    REQUIRE(next.after.has_value());
    CHECK(shown(next.after->id.at(0)) == "tb");
    CHECK(shown(next.after->keys.at(0)) == "i2");
}

TEST_CASE("a page token belongs to its question") {
    TrackingQuery query = read(Searched::runs, "metrics.acc > 1", {"start_time"});
    must(mlflow::read_page("", 1, query));
    std::vector<TrackingQuery::Place> places = {place("a", 1), place("b", 2)};
    const std::string token = mlflow::next_page(places, query);
    TrackingQuery in_other_experiment = read(Searched::runs, "metrics.acc > 1", {"start_time"});
    in_other_experiment.experiments = {7};
    TrackingQuery of_deleted = read(Searched::runs, "metrics.acc > 1", {"start_time"});
    of_deleted.deleted = true;
    for (TrackingQuery other :
         {read(Searched::logged_models, "metrics.acc > 1", {}), read(Searched::runs, "metrics.acc > 2", {"start_time"}),
          read(Searched::runs, "metrics.acc >= 1", {"start_time"}), read(Searched::runs, "metrics.acc > 1", {"start_time DESC"}),
          read(Searched::runs, "", {"start_time"}), in_other_experiment, of_deleted}) {
        const Error error = error_of(mlflow::read_page(token, 1, other));
        CHECK(error.code == "INVALID_PARAMETER_VALUE");
        CHECK(error.message.starts_with("Invalid page token, parsed value="));
    }
    CHECK(error_of(mlflow::read_page("nonsense", 1, query)).message.starts_with("Invalid page token"));
}

TEST_CASE("max_results is positive and not too great") {
    CHECK(must(mlflow::max_results_of(Json::object(), 100, 1'000)) == 100);
    CHECK(must(mlflow::max_results_of({{"max_results", 1'000}}, 100, 1'000)) == 1'000);
    CHECK(error_of(mlflow::max_results_of({{"max_results", 1'001}}, 100, 1'000)).message ==
          "Invalid value 1001 for parameter 'max_results' supplied. It must be at most 1000");
    for (const int wanted : {0, -1}) {
        CHECK(error_of(mlflow::max_results_of({{"max_results", wanted}}, 100, 1'000)).message ==
              "Invalid value " + std::to_string(wanted) + " for parameter 'max_results' supplied. It must be a positive integer");
    }
}

}  // namespace assay::test
