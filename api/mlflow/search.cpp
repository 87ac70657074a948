#include "api/mlflow/search.hpp"

#include "api/mlflow/errors.hpp"
#include "api/mlflow/locations.hpp"
#include "api/mlflow/message.hpp"
#include "api/mlflow/page_token.hpp"
#include "base/crypto.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace assay::mlflow {

namespace {

/// An attribute by its names there, and its column here.
struct Attribute {
    std::string_view name;
    std::string_view column;
    bool numeric = false;
    bool lists = false;  ///< IN and NOT IN
    bool filters = true;  ///< else it is there to order by
};

struct Grammar {
    std::span<const Attribute> attributes;
    bool metrics = false;
    bool params = false;
    bool tags = true;
    bool datasets = false;
    bool null_tests = true;
};

constexpr auto run_attributes = std::to_array<Attribute>({{"run_id", "id", false, true},
                                                          {"run_name", "name"},
                                                          {"Run name", "name"},
                                                          {"run name", "name"},
                                                          {"Run Name", "name"},
                                                          {"user_id", "actor"},
                                                          {"status", "status"},
                                                          {"artifact_uri", "folder"},
                                                          {"start_time", "started_at", true},
                                                          {"created", "started_at", true},
                                                          {"Created", "started_at", true},
                                                          {"end_time", "ended_at", true}});
constexpr auto experiment_attributes = std::to_array<Attribute>({{"name", "name", false, true},
                                                                 {"experiment_id", "id", true, true},
                                                                 {"creation_time", "created_at", true},
                                                                 {"last_update_time", "updated_at", true}});
constexpr auto logged_model_attributes = std::to_array<Attribute>({{"name", "name", false, true},
                                                                   {"model_id", "id", false, true},
                                                                   {"model_type", "type", false, true},
                                                                   {"status", "status", false, true},
                                                                   {"source_run_id", "run", false, true},
                                                                   {"creation_timestamp", "created_at", true},
                                                                   {"creation_time", "created_at", true},
                                                                   {"creation_timestamp_ms", "created_at", true},
                                                                   {"last_updated_timestamp", "updated_at", true},
                                                                   {"last_updated_timestamp_ms", "updated_at", true}});
constexpr auto model_attributes = std::to_array<Attribute>({{"name", "name", false, true},
                                                            {"creation_timestamp", "created_at", true, false, false},
                                                            {"last_updated_timestamp", "updated_at", true, false, false},
                                                            {"timestamp", "updated_at", true, false, false}});
constexpr auto version_attributes = std::to_array<Attribute>({{"name", "name", false, true},
                                                              {"version_number", "version", true},
                                                              {"run_id", "run", false, true},
                                                              {"source_path", "source"},
                                                              {"creation_timestamp", "created_at", true, false, false},
                                                              {"last_updated_timestamp", "created_at", true, false, false}});

const Grammar& grammar_of(Searched what) {
    static const std::array<Grammar, 5> grammars = {{
        {.attributes = experiment_attributes},
        {.attributes = run_attributes, .metrics = true, .params = true, .datasets = true},
        {.attributes = logged_model_attributes, .metrics = true, .params = true},
        {.attributes = model_attributes, .null_tests = false},
        {.attributes = version_attributes, .null_tests = false},
    }};
    return grammars.at(static_cast<std::size_t>(what));
}

struct Key {
    TermKind kind = TermKind::attribute;
    std::string name;              ///< as it is written
    const Attribute* attribute = nullptr;
};

enum class Use { filter, order };

Result<Key> key_of(Searched what, const FilterKey& key, Use use = Use::filter) {
    const Grammar& grammar = grammar_of(what);
    const auto is = [&](std::initializer_list<std::string_view> words) {
        return std::ranges::find(words, std::string_view(key.entity)) != words.end();
    };
    if (grammar.metrics && is({"metric", "metrics"})) return Key{TermKind::metric, key.name, nullptr};
    if (grammar.params && is({"param", "params", "parameter", "parameters"})) return Key{TermKind::param, key.name, nullptr};
    if (grammar.tags && is({"tag", "tags"})) return Key{TermKind::tag, key.name, nullptr};
    if (grammar.datasets && is({"dataset", "datasets"})) {
        if (key.name == "name" || key.name == "digest" || key.name == "context") return Key{TermKind::dataset, key.name, nullptr};
        return refuse(invalid_parameter,
                      fmt::format("Invalid dataset key '{}' specified. Valid keys are '{{'context', 'digest', 'name'}}'", key.name));
    }
    if (!key.entity.empty() && !is({"attribute", "attributes", "attr", "run"})) {
        if (!grammar.metrics) {
            return refuse(invalid_parameter,
                          fmt::format("Invalid entity type '{}'. Valid entity types are ('attribute', 'tag', 'tags')", key.entity));
        }
        return refuse(invalid_parameter,
                      fmt::format("Invalid entity type '{}'. Valid values are ['metric', 'parameter', 'tag', 'attribute'{}]", key.entity,
                                  grammar.datasets ? ", 'dataset'" : ""));
    }
    const auto found = std::ranges::find(grammar.attributes, std::string_view(key.name), &Attribute::name);
    if (found == grammar.attributes.end() || (use == Use::filter && !found->filters)) {
        std::vector<std::string_view> names;
        for (const Attribute& attribute : grammar.attributes)
            if (use == Use::order || attribute.filters) names.push_back(attribute.name);
        std::ranges::sort(names);
        std::string list;
        for (const std::string_view name : names) list += fmt::format("{}'{}'", list.empty() ? "" : ", ", name);
        return refuse(invalid_parameter, fmt::format("Invalid attribute key '{}' specified. Valid keys are '{{{}}}'", key.name, list));
    }
    return Key{TermKind::attribute, key.name, &*found};
}

bool compares_order(FilterOperator op) {
    return op == FilterOperator::less || op == FilterOperator::less_equal || op == FilterOperator::greater ||
           op == FilterOperator::greater_equal;
}
bool is_list(FilterOperator op) { return op == FilterOperator::in || op == FilterOperator::not_in; }
bool is_null_test(FilterOperator op) { return op == FilterOperator::is_null || op == FilterOperator::is_not_null; }
bool is_pattern(FilterOperator op) { return op == FilterOperator::like || op == FilterOperator::ilike; }
bool is_numeric(const Key& key) { return key.kind == TermKind::metric || (key.attribute != nullptr && key.attribute->numeric); }

Result<void> check_operator(Searched what, const Key& key, FilterOperator op) {
    const auto wrong = [&](std::string_view valid) {
        return refuse(invalid_parameter, fmt::format("Invalid comparator '{}' not one of '{{{}}}'", to_string(op), valid));
    };
    if (is_null_test(op)) {
        if (!grammar_of(what).null_tests && key.kind == TermKind::tag)
            return refuse(invalid_parameter, what == Searched::models
                                                 ? "IS NULL / IS NOT NULL is not supported for registered model search."
                                                 : "IS NULL / IS NOT NULL is not supported for model version search.");
        if (key.kind == TermKind::param || key.kind == TermKind::tag) return {};
        return wrong("'=', '!='");
    }
    if (is_numeric(key)) {
        if (is_pattern(op) || (is_list(op) && !(key.attribute != nullptr && key.attribute->lists)))
            return wrong("'>', '>=', '!=', '=', '<', '<='");
        return {};
    }
    if (compares_order(op)) return wrong("'!=', '=', 'LIKE', 'ILIKE'");
    if (!is_list(op)) return {};
    if (what == Searched::logged_models && (key.kind == TermKind::param || key.kind == TermKind::tag)) return {};
    if (key.kind == TermKind::dataset || (key.attribute != nullptr && key.attribute->lists)) return {};
    if (key.attribute != nullptr && what == Searched::runs)
        return refuse(invalid_parameter, "Only ['run_id'] attributes support comparison with a list of quoted string values.");
    return wrong("'!=', '=', 'LIKE', 'ILIKE'");
}

std::string shown(const FilterValue& value) {
    if (const auto* text = std::get_if<std::string>(&value.held)) return "'" + *text + "'";
    if (const auto* integer = std::get_if<std::int64_t>(&value.held)) return std::to_string(*integer);
    return fmt::format("{}", std::get<double>(value.held));
}

std::string_view word(const Key& key) {
    switch (key.kind) {
        case TermKind::metric: return "metric";
        case TermKind::param: return "param";
        case TermKind::tag: return "tag";
        case TermKind::dataset: return "dataset";
        case TermKind::attribute: return "attribute";
    }
    return "";
}

Result<SqlValue> value_of(Searched what, const Key& key, const FilterValue& value) {
    if (is_numeric(key)) {
        if (const auto* integer = std::get_if<std::int64_t>(&value.held))
            return key.kind == TermKind::metric ? SqlValue(static_cast<double>(*integer)) : SqlValue(*integer);
        const auto* text = std::get_if<std::string>(&value.held);
        if (text != nullptr && what == Searched::experiments && key.name == "experiment_id") {
            if (const auto id = parse_integer(*text)) return SqlValue(*id);
        }
        if (text == nullptr && !(key.attribute != nullptr && key.attribute->column == "version"))
            return SqlValue(std::get<double>(value.held));
        if (key.kind == TermKind::metric) return refuse(invalid_parameter, "Expected numeric value type for metric. Found " + shown(value));
        return refuse(invalid_parameter, fmt::format("Invalid value for numeric attribute '{}': {}", key.name, shown(value)));
    }
    const auto* text = std::get_if<std::string>(&value.held);
    if (text == nullptr) {
        return refuse(invalid_parameter,
                      fmt::format("Expected a quoted string value for {} (e.g. 'my-value'). Got value {}", word(key), shown(value)));
    }
    if (key.attribute == nullptr || key.attribute->column != "status") return SqlValue(*text);
    if (what == Searched::runs) return SqlValue(*text);
    return SqlValue(*text == "LOGGED_MODEL_READY" || *text == "READY"            ? "ready"
                    : *text == "LOGGED_MODEL_UPLOAD_FAILED" || *text == "FAILED" ? "failed"
                    : *text == "LOGGED_MODEL_PENDING" || *text == "PENDING"      ? "pending"
                                                                                 : "none");
}

Result<SearchTerm> term_of(Searched what, const FilterNode& node) {
    TRY_ASSIGN(const Key key, key_of(what, node.key));
    TRY(check_operator(what, key, node.op));
    SearchTerm term;
    term.kind = key.kind;
    term.name = key.attribute != nullptr ? std::string(key.attribute->column) : key.name;
    term.op = node.op;
    if (key.attribute != nullptr && key.attribute->column == "folder") term.prefix = uri_of("");
    // Every client asks for what is no prompt so: a model without the tag is none.
    term.or_missing =
        (what == Searched::models || what == Searched::versions) && key.kind == TermKind::tag && key.name == "mlflow.prompt.is_prompt";
    if (term.or_missing && node.op == FilterOperator::equal) {
        const auto* text = std::get_if<std::string>(&node.values.front().held);
        term.or_missing = text != nullptr && *text == "false";
    }
    for (const FilterValue& value : node.values) {
        TRY_ASSIGN(SqlValue one, value_of(what, key, value));
        term.values.push_back(std::move(one));
    }
    return term;
}

std::unexpected<Error> invalid_clause(const std::string& filter) {
    return refuse(invalid_parameter, fmt::format("Invalid clause(s) in filter string: {}", python_repr(printable(filter, 500))));
}

/// Whether there are parentheses beside those of lists.
bool has_parentheses(std::string_view filter) {
    char quote = 0;
    std::string word;  // the last outside of quotes
    for (const char c : filter) {
        if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (c == '\'' || c == '"' || c == '`') {
            quote = c;
            word.clear();
        } else if (c == '(') {
            if (!equals_ignoring_case(word, "in")) return true;
        } else if (c != ' ' && c != '\t' && c != '\n') {
            word += c;
        } else if (!equals_ignoring_case(word, "in")) {
            word.clear();
        }
    }
    return false;
}

constexpr std::size_t max_order_keys = 100;

Result<SearchOrder> order_of(Searched what, const std::string& text) {
    const auto unreadable = [&] {
        return refuse(invalid_parameter, fmt::format("Invalid order_by clause '{}'. Could not be parsed.", printable(text, 300)));
    };
    const auto parsed = parse_order(text);
    if (!parsed || parsed->size() != 1) {
        if (std::ranges::count(text, ' ') != 1) return unreadable();
        return refuse(invalid_parameter, fmt::format("Invalid ordering key in order_by clause '{}'.", printable(text, 300)));
    }
    const FilterOrder& wanted = parsed->front();
    TRY_ASSIGN(const auto key, key_of(what, wanted.key, Use::order));
    if (key.kind == TermKind::dataset) return refuse(invalid_parameter, "Invalid identifier type 'dataset'");
    return SearchOrder{key.kind, key.attribute != nullptr ? std::string(key.attribute->column) : key.name, wanted.descending};
}

Json json_of(const SqlValues& values) {
    Json list = Json::array();
    for (const SqlValue& value : values) {
        std::visit(
            [&](const auto& held) {
                using Held = std::decay_t<decltype(held)>;
                if constexpr (std::is_same_v<Held, std::monostate> || std::is_same_v<Held, SqlBlob>) {
                    list.push_back(nullptr);
                } else {
                    list.push_back(held);
                }
            },
            value.held);
    }
    return list;
}

Result<SqlValues> values_of(const Json& list, const Json& token) {
    SqlValues values;
    if (!list.is_array() || list.size() > 100) return bad_page_token(token);
    for (const Json& item : list) {
        if (item.is_null()) {
            values.emplace_back(nullptr);
        } else if (item.is_number_integer()) {
            values.emplace_back(item.get<std::int64_t>());
        } else if (item.is_number_float()) {
            values.emplace_back(item.get<double>());
        } else if (item.is_string()) {
            values.emplace_back(item.get<std::string>());
        } else {
            return bad_page_token(token);
        }
    }
    return values;
}

/// What a page belongs to.
std::string question_of(const TrackingQuery& query) {
    Json all = {{"what", static_cast<int>(query.what)},
                {"experiments", query.experiments},
                {"states", {query.active, query.deleted}},
                {"terms", Json::array()},
                {"measured_on", Json::array()},
                {"order", Json::array()}};
    const auto data = [](const MeasuredOn& on) {
        return Json{{"name", on.name ? Json(*on.name) : Json(nullptr)}, {"digest", on.digest ? Json(*on.digest) : Json(nullptr)}};
    };
    for (const MeasuredOn& on : query.measured_on) all["measured_on"].push_back(data(on));
    for (const SearchTerm& term : query.terms)
        all["terms"].push_back({static_cast<int>(term.kind), term.name, static_cast<int>(term.op), json_of(term.values)});
    for (const SearchOrder& order : query.order)
        all["order"].push_back({static_cast<int>(order.kind), order.name, order.descending, data(order.on)});
    return sha256(to_text(all)).to_string().substr(7, 16);
}

}  // namespace

Result<void> read_search(Searched what, const std::string& filter, const std::vector<std::string>& order_by, TrackingQuery& query) {
    query.what = what;
    const auto parsed = parse_filter(filter);
    if (!parsed || has_parentheses(filter)) return invalid_clause(filter);
    if (*parsed) {
        const FilterNode& node = **parsed;
        if (node.kind != FilterNode::Kind::comparison && node.kind != FilterNode::Kind::all) return invalid_clause(filter);
        const std::span<const FilterNode> parts =
            node.kind == FilterNode::Kind::all ? std::span<const FilterNode>(node.parts) : std::span<const FilterNode>(&node, 1);
        for (const FilterNode& part : parts) {
            if (part.kind != FilterNode::Kind::comparison) return invalid_clause(filter);
            TRY_ASSIGN(SearchTerm term, term_of(what, part));
            query.terms.push_back(std::move(term));
        }
    }
    if (order_by.size() > max_order_keys)
        return refuse(invalid_parameter,
                      fmt::format("The order_by list can have at most {} clauses, and has {}.", max_order_keys, order_by.size()));
    for (const std::string& text : order_by) {
        TRY_ASSIGN(SearchOrder order, order_of(what, text));
        query.order.push_back(std::move(order));
    }
    return {};
}

void read_view_type(const std::string& word, TrackingQuery& query) {
    query.active = word != "DELETED_ONLY";
    query.deleted = word == "DELETED_ONLY" || word == "ALL";
}

Result<void> read_page(const std::string& page_token, std::int64_t limit, TrackingQuery& query) {
    query.limit = limit + 1;
    if (page_token.empty()) return {};
    TRY_ASSIGN(const Json token, read_page_token(page_token));
    if (!token.contains("of") || token["of"] != question_of(query) || !token.contains("id") || !token.contains("keys"))
        return bad_page_token(token);
    TrackingQuery::Place place;
    TRY_ASSIGN(place.id, values_of(token["id"], token));
    TRY_ASSIGN(place.keys, values_of(token["keys"], token));
    query.after = std::move(place);
    return {};
}

std::string next_page(std::vector<TrackingQuery::Place>& places, const TrackingQuery& query) {
    if (std::ssize(places) < query.limit) return {};
    places.pop_back();
    return page_token({{"of", question_of(query)}, {"id", json_of(places.back().id)}, {"keys", json_of(places.back().keys)}});
}

Result<std::int64_t> max_results_of(const Json& read, std::int64_t otherwise, std::int64_t most) {
    const std::int64_t wanted = optional_integer(read, "max_results").value_or(otherwise);
    if (wanted >= 1 && wanted <= most) return wanted;
    return refuse(invalid_parameter, fmt::format("Invalid value {} for parameter 'max_results' supplied. It must be {}", wanted,
                                                 wanted < 1 ? "a positive integer" : fmt::format("at most {}", most)));
}

std::unexpected<Error> search_error(Error error) {
    if (error.code == "invalid-cursor") return refuse(invalid_parameter, "Invalid page token, it belongs to another search");
    return fail(std::move(error));
}

}  // namespace assay::mlflow
