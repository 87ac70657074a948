#include "storage/tables/registrations.hpp"

namespace assay::registrations {

namespace {

constexpr std::string_view columns =
    "SELECT model, version, source, location, run, run_link, logged_model, stage, status, message, description, created_at, updated_at "
    "FROM "
    "registrations ";

RegistrationRow make(const Row& row) {
    return {row.text(0), row.integer(1), row.text(2), row.text(3),  row.text(4),     row.text(5),    row.text(6),
            row.text(7), row.text(8),    row.text(9), row.text(10), row.integer(11), row.integer(12)};
}

}  // namespace

Result<void> insert(SqlWrite& sql, const RegistrationRow& row) {
    TRY(sql.run(
        "INSERT INTO registrations (model, version, source, location, run, run_link, logged_model, stage, status, message, description, "
        "created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        {row.model, row.version, row.source, row.location, row.run, row.run_link, row.logged_model, row.stage, row.status, row.message,
         row.description, row.created_at, row.updated_at}));
    return {};
}

Result<std::optional<RegistrationRow>> find(SqlSession& sql, const std::string& model, std::int64_t version) {
    return sql.first(std::string(columns) + "WHERE model = $1 AND version = $2", {model, version}, make);
}

Result<void> update(SqlWrite& sql, const RegistrationRow& row) {
    TRY(sql.run("UPDATE registrations SET stage = $3, description = $4, message = $5, updated_at = $6 WHERE model = $1 AND version = $2",
                {row.model, row.version, row.stage, row.description, row.message, row.updated_at}));
    return {};
}

Result<void> remove(SqlWrite& sql, const std::string& model, std::int64_t version) {
    TRY(sql.run("DELETE FROM registrations WHERE model = $1 AND version = $2", {model, version}));
    return {};
}

Result<void> remove_all(SqlWrite& sql, const std::string& model) {
    TRY(sql.run("DELETE FROM registrations WHERE model = $1", {model}));
    return {};
}

Result<std::vector<RegistrationRow>> in_stage(SqlSession& sql, const std::string& model, const std::string& stage) {
    return sql.all(std::string(columns) + "WHERE model = $1 AND stage = $2 ORDER BY version", {model, stage}, make);
}

Result<std::vector<RegistrationRow>> out_of_the_ordinary(SqlSession& sql, const std::string& model) {
    return sql.all(std::string(columns) + "WHERE model = $1 AND (stage <> 'None' OR status <> 'ready') ORDER BY version", {model}, make);
}

Result<std::optional<RegistrationRow>> first_of_logged_model(SqlSession& sql, const std::string& id) {
    return sql.first(std::string(columns) + "WHERE logged_model = $1 AND status = 'ready' ORDER BY model, version LIMIT 1", {id}, make);
}

Result<std::optional<RegistrationRow>> first_within(SqlSession& sql, const std::string& folder) {
    // '0' comes right after '/'
    return sql.first(
        std::string(columns) + "WHERE location > $1 AND location < $2 AND status = 'ready' ORDER BY location, model, version LIMIT 1",
        {folder + "/", folder + "0"}, make);
}

Result<std::vector<RegistrationRow>> from_location(SqlSession& sql, const std::string& location) {
    return sql.all(std::string(columns) + "WHERE location = $1 ORDER BY model, version", {location}, make);
}

}  // namespace assay::registrations
