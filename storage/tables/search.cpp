#include "storage/tables/search.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace assay::search_tables {

namespace {

/// The positions of the least and the greatest value of each name.
struct Extremes {
    std::size_t lowest = 0;
    std::size_t highest = 0;
};

std::map<std::string, Extremes> extremes_of(const std::vector<SearchableRow::Metric>& metrics) {
    std::map<std::string, Extremes> found;
    for (std::size_t i = 0; i < metrics.size(); ++i) {
        Extremes& one = found.try_emplace(metrics[i].name, Extremes{i, i}).first->second;
        if (metrics[i].value < metrics[one.lowest].value) one.lowest = i;
        if (metrics[i].value > metrics[one.highest].value) one.highest = i;
    }
    return found;
}

Result<void> insert_metrics(SqlWrite& sql, const std::string& model, std::int64_t version, const SearchableRow& row) {
    const auto extremes = extremes_of(row.metrics);
    for (std::size_t i = 0; i < row.metrics.size(); ++i) {
        const SearchableRow::Metric& metric = row.metrics[i];
        const Extremes& range = extremes.at(metric.name);
        TRY(sql.run(
            "INSERT INTO version_metrics (model, version, name, dataset, value, lowest, highest) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            {model, version, metric.name, metric.dataset, metric.value, range.lowest == i ? 1 : 0, range.highest == i ? 1 : 0}));
    }
    return {};
}

}  // namespace

Result<void> replace(SqlWrite& sql, const std::string& model, std::int64_t version, const SearchableRow& row) {
    static constexpr std::array<std::string_view, 5> forget = {
        "DELETE FROM version_attributes WHERE model = $1 AND version = $2", "DELETE FROM version_metrics WHERE model = $1 AND version = $2",
        "DELETE FROM version_params WHERE model = $1 AND version = $2", "DELETE FROM version_libraries WHERE model = $1 AND version = $2",
        "DELETE FROM version_datasets WHERE model = $1 AND version = $2"};
    for (const std::string_view statement : forget) TRY(sql.run(statement, {model, version}));
    TRY(sql.run("INSERT INTO version_attributes (model, version, created_at, trained_at, platform) VALUES ($1, $2, $3, $4, $5)",
                {model, version, row.created_at, row.trained_at, row.platform.empty() ? SqlValue(nullptr) : SqlValue(row.platform)}));
    TRY(insert_metrics(sql, model, version, row));
    for (const auto& [name, value] : row.params) {
        TRY(sql.run("INSERT INTO version_params (model, version, name, value) VALUES ($1, $2, $3, $4)", {model, version, name, value}));
    }
    for (const SearchableRow::Library& library : row.libraries) {
        TRY(sql.run("INSERT INTO version_libraries (model, version, package, release, sort_key) VALUES ($1, $2, $3, $4, $5)",
                    {model, version, library.package, library.release, library.sort_key}));
    }
    for (const SearchableRow::Dataset& dataset : row.datasets) {
        TRY(sql.run("INSERT INTO version_datasets (model, version, digest, role, name) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                    {model, version, dataset.digest, dataset.role, dataset.name}));
    }
    return {};
}

Result<std::int64_t> generation(SqlSession& sql) {
    TRY_ASSIGN(const auto found, sql.first("SELECT max(generation) FROM search_state", {}, [](const Row& row) { return row.integer(0); }));
    return found.value_or(0);
}

Result<void> set_generation(SqlWrite& sql, std::int64_t generation) {
    TRY(sql.run("DELETE FROM search_state", {}));
    TRY(sql.run("INSERT INTO search_state (generation) VALUES ($1)", {generation}));
    return {};
}

}  // namespace assay::search_tables
