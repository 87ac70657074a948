#include "registry/search.hpp"

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "registry/filter.hpp"
#include "registry/needs.hpp"
#include "registry/release.hpp"
#include "registry/search_conditions.hpp"
#include "storage/tables/filter.hpp"
#include "storage/tables/search.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace assay {

namespace {

/// Raised when searchable_row reads a manifest in another way.
constexpr std::int64_t search_generation = 1;

SearchableRow searchable_row(const Manifest& manifest) {
    const Facts& facts = manifest.facts;
    SearchableRow row;
    if (const auto created = Timestamp::parse(manifest.created_at)) row.created_at = created->microseconds;
    if (facts.trained_at) row.trained_at = facts.trained_at->microseconds;
    row.platform = facts.platform;
    for (const MetricFact& metric : facts.metrics) row.metrics.push_back({metric.name, metric.dataset.value_or(""), metric.value});
    for (const auto& [name, value] : facts.params) row.params.emplace_back(name, value);
    for (const auto& [package, text] : facts.libraries) {
        const auto release = Release::parse(text);
        row.libraries.push_back({package, text, release ? std::optional(release->sort_key()) : std::nullopt});
    }
    for (const DatasetFact& dataset : facts.datasets) {
        for (const std::string& digest : dataset.digests()) row.datasets.push_back({digest, dataset.role, dataset.name});
    }
    return row;
}

Error bad_cursor() {
    return Error(ErrorKind::invalid, "invalid-cursor", "this cursor cannot be used")
        .with_because("it is damaged, or from a search with another filter or order")
        .with_fix("send next_cursor of the page before as it was received, with the same filter and order");
}

Error too_costly(std::chrono::milliseconds patience) {
    return Error(ErrorKind::invalid, "search-too-costly",
                 fmt::format("the search was given up after {} s", std::chrono::duration<double>(patience).count()))
        .with_because("too many versions had to be looked at one by one")
        .with_fix("narrow it by what an index finds: AND name = '…', a tag, a parameter, a digest, a range of dates")
        .with_fix("order by one key that every wanted version has, such as created_at DESC");
}

/// A cursor belongs to one question.
std::string question_digest(const SearchQuery& query) {
    return sha256(query.filter + '\0' + query.order_by + '\0' + query.scope).to_string().substr(7, 16);
}

/// Longer keys are not carried along but read again, and must still be what they were.
constexpr std::size_t longest_keys = 1'000;

Json json_of(const SqlValues& keys) {
    Json json = Json::array();
    for (const SqlValue& value : keys) {
        if (const auto* integer = std::get_if<std::int64_t>(&value.held)) {
            json.push_back(*integer);
        } else if (const auto* real = std::get_if<double>(&value.held)) {
            json.push_back(*real);
        } else if (const auto* text = std::get_if<std::string>(&value.held)) {
            json.push_back(*text);
        } else {
            json.push_back(nullptr);
        }
    }
    return json;
}

const std::string& model_of(const filter::Found& found) { return std::get<std::string>(found.id.at(0).held); }
std::int64_t version_of(const filter::Found& found) { return std::get<std::int64_t>(found.id.at(1).held); }

std::string cursor_of(const SearchQuery& query, const filter::Found& last) {
    Json keys = json_of(last.keys);
    if (const std::string text = to_text(keys); text.size() > longest_keys) keys = sha256(text).to_string();
    return to_text(Json::array({question_digest(query), model_of(last), version_of(last), keys}));
}

Result<SqlValue> key_of(const Json& json, filter::ValueType type) {
    if (json.is_null()) return SqlValue(nullptr);
    if (type == filter::ValueType::integer && json.is_number_integer()) return SqlValue(json.get<std::int64_t>());
    if (type == filter::ValueType::real && json.is_number()) return SqlValue(json.get<double>());
    if (type == filter::ValueType::text && json.is_string()) return SqlValue(json.get<std::string>());
    return fail(bad_cursor());
}

Result<filter::Found> found_of(SqlSession& sql, const SearchQuery& query, const std::vector<filter::Order>& order) {
    const auto json = parse_json(query.cursor);
    if (!json || !json->is_array() || json->size() != 4 || json->at(0) != question_digest(query) || !json->at(1).is_string() ||
        !json->at(2).is_number_integer()) {
        return fail(bad_cursor());
    }
    const std::string model = json->at(1).get<std::string>();
    const auto version = json->at(2).get<std::int64_t>();
    if (const auto* digest = json->at(3).get_ptr<const std::string*>()) {
        TRY_ASSIGN(filter::Found place, filter::place_of(sql, filter::versions(), order, {model, version}));
        if (sha256(to_text(json_of(place.keys))).to_string() == *digest) return place;
        return fail(Error(ErrorKind::invalid, "invalid-cursor", "this cursor cannot be used")
                        .with_because("the version that the page before ended with has another place by now")
                        .with_fix("start again from the first page"));
    }
    if (!json->at(3).is_array() || json->at(3).size() != order.size()) return fail(bad_cursor());
    filter::Found found{{model, version}, {}};
    for (std::size_t i = 0; i < order.size(); ++i) {
        TRY_ASSIGN(SqlValue key, key_of(json->at(3).at(i), order[i].type));
        found.keys.push_back(std::move(key));
    }
    return found;
}

}  // namespace

Result<SearchPage> search(Registry& registry, const SearchQuery& query, std::vector<filter::Condition> among) {
    TRY_ASSIGN(const auto wanted, parse_filter(query.filter));
    TRY_ASSIGN(const auto keys, parse_order(query.order_by));
    filter::Query question;
    TRY_ASSIGN(question.conditions, search_conditions(wanted));
    std::ranges::move(among, std::back_inserter(question.conditions));
    TRY_ASSIGN(question.order, search_order(keys));
    question.keys_descend = question.order.front().descending;
    question.limit = query.limit + 1;  // one more than wanted tells whether there are more
    auto found_page = registry.database.read([&](SqlSession& sql) -> Result<SearchPage> {
        sql.limit_time(query.patience);
        if (!query.cursor.empty()) {
            TRY_ASSIGN(question.after, found_of(sql, query, question.order));
        }
        TRY_ASSIGN(std::vector<filter::Found> found, filter::find(sql, filter::versions(), question));
        SearchPage page;
        if (std::ssize(found) > query.limit) {
            found.pop_back();
            page.next = cursor_of(query, found.back());
        }
        for (const filter::Found& one : found) {
            TRY_ASSIGN(auto row, versions::find(sql, model_of(one), version_of(one)));
            if (!row)
                return fail(ErrorKind::internal, "version-lost",
                            fmt::format("{}@{} is found but not there", model_of(one), version_of(one)));
            TRY_ASSIGN(VersionView view, view_of(sql, *std::move(row)));
            page.versions.push_back(std::move(view));
        }
        return page;
    });
    if (!found_page && found_page.error().code == "query-too-long") return fail(too_costly(query.patience));
    return found_page;
}

Result<void> record_searchable(SqlWrite& sql, const Manifest& manifest) {
    return search_tables::replace(sql, manifest.model, manifest.version, searchable_row(manifest));
}

Result<void> catch_up_search(Registry& registry) {
    constexpr std::int64_t batch = 500;
    TRY_ASSIGN(const std::int64_t generation, registry.database.read([](SqlSession& sql) { return search_tables::generation(sql); }));
    if (generation == search_generation) return {};
    std::int64_t done = 0;
    for (std::pair<std::string, std::int64_t> last = {"", 0};;) {
        TRY_ASSIGN(const auto rows,
                   registry.database.read([&](SqlSession& sql) { return versions::after(sql, last.first, last.second, batch); }));
        if (rows.empty()) break;
        TRY(registry.database.write([&](SqlWrite& sql) -> Result<void> {
            for (const VersionRow& row : rows) {
                const auto manifest = read_manifest(row.manifest);
                if (!manifest) {  // fsck's to report; the version is found by its name
                    log(LogLevel::warning, "a version cannot be searched for",
                        {{"version", row.model + "@" + std::to_string(row.version)}});
                    continue;
                }
                TRY(record_searchable(sql, *manifest));
                if (row.state == VersionState::ready) TRY(record_needs(sql, *manifest));
            }
            return {};
        }));
        last = {rows.back().model, rows.back().version};
        done += std::ssize(rows);
    }
    if (done > 0) log(LogLevel::info, "versions made searchable", {{"versions", std::to_string(done)}});
    return registry.database.write([](SqlWrite& sql) { return search_tables::set_generation(sql, search_generation); });
}

}  // namespace assay
