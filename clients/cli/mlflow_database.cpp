#include "clients/cli/mlflow_source.hpp"

#include "base/text.hpp"
#include "storage/sql/sqlite.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <set>

// Source of the schema: MLflow 2.22 and 3.17, mlflow/store/tracking/dbmodels/models.py, mlflow/store/model_registry/dbmodels/models.py.

namespace assay {

namespace {

std::string state_word(const std::string& stage) { return stage == "deleted" ? "deleted" : "active"; }

class MlflowDatabase final : public MlflowSource {
public:
    MlflowDatabase(std::unique_ptr<SqlSession> sql, LocalArtifacts artifacts) : sql_(std::move(sql)), artifacts_(std::move(artifacts)) {}

    [[nodiscard]] Result<void> look() {
        TRY_ASSIGN(const auto names,
                   sql_->all("SELECT name FROM sqlite_master WHERE type = 'table'", {}, [](const Row& row) { return row.text(0); }));
        tables_ = {names.begin(), names.end()};
        if (has("experiments") && has("runs") && has("metrics")) return {};
        return fail(ErrorKind::invalid, "not-mlflow", "it is not a database of an MLflow tracking server: it has no experiments and runs");
    }

    [[nodiscard]] Result<std::uint64_t> run_count() override {
        TRY_ASSIGN(const auto count, sql_->first("SELECT count(*) FROM runs", {}, [](const Row& row) { return row.integer(0); }));
        return static_cast<std::uint64_t>(count.value_or(0));
    }

    [[nodiscard]] Result<Json> experiments() override {
        Json found = Json::array();
        TRY(sql_->each(
            "SELECT experiment_id, name, lifecycle_stage, creation_time, last_update_time FROM experiments ORDER BY experiment_id", {},
            [&](const Row& row) -> Result<void> {
                found.push_back({{"id", row.integer(0)},
                                 {"name", row.text(1)},
                                 {"state", state_word(row.text(2))},
                                 {"created_at", row.integer(3)},
                                 {"updated_at", row.is_null(4) ? row.integer(3) : row.integer(4)}});
                return {};
            }));
        for (Json& experiment : found) {
            TRY_ASSIGN(experiment["tags"], pairs("SELECT \"key\", value FROM experiment_tags WHERE experiment_id = $1", experiment["id"]));
        }
        return found;
    }

    [[nodiscard]] Result<void> runs(const Json& experiment, const Take& take) override {
        return sql_->each(
            "SELECT run_uuid, name, user_id, status, start_time, end_time, lifecycle_stage, artifact_uri FROM runs WHERE experiment_id = "
            "$1 "
            "ORDER BY start_time, run_uuid",
            {experiment["id"].get<std::int64_t>()}, [&](const Row& row) -> Result<void> {
                const std::string id = row.text(0);
                Json run = {{"id", id},
                            {"name", row.text(1)},
                            {"actor", row.text(2)},
                            {"status", to_lower_ascii(row.text(3))},
                            {"state", state_word(row.text(6))},
                            {"artifacts", row.text(7)}};
                if (!row.is_null(4)) run["started_at"] = row.integer(4);
                if (!row.is_null(5)) run["ended_at"] = row.integer(5);
                TRY_ASSIGN(run["params"], pairs("SELECT \"key\", value FROM params WHERE run_uuid = $1", id));
                TRY_ASSIGN(run["tags"], pairs("SELECT \"key\", value FROM tags WHERE run_uuid = $1", id));
                const Json name_tag = run["tags"].value("mlflow.runName", Json());
                if (run["name"] == "" && name_tag.is_string()) run["name"] = name_tag;
                TRY_ASSIGN(run["metrics"], points(id));
                TRY_ASSIGN(run["datasets"], datasets(id));
                TRY_ASSIGN(run["inputs"], models_of(id, "RUN_INPUT", "MODEL_INPUT"));
                TRY_ASSIGN(run["outputs"], models_of(id, "RUN_OUTPUT", "MODEL_OUTPUT"));
                return take(std::move(run));
            });
    }

    [[nodiscard]] Result<void> logged_models(const Json& experiment, const Take& take) override {
        if (!has("logged_models")) return {};
        return sql_->each(
            "SELECT model_id, name, model_type, source_run_id, status, lifecycle_stage, creation_timestamp_ms, last_updated_timestamp_ms, "
            "artifact_location FROM logged_models WHERE experiment_id = $1 ORDER BY creation_timestamp_ms, model_id",
            {experiment["id"].get<std::int64_t>()}, [&](const Row& row) -> Result<void> {
                const std::string id = row.text(0);
                Json model = {{"id", id},
                              {"name", row.text(1)},
                              {"type", row.text(2)},
                              {"run", row.text(3)},
                              {"status", row.integer(4) == 2   ? "ready"
                                         : row.integer(4) == 3 ? "failed"
                                                               : "pending"},
                              {"state", state_word(row.text(5))},
                              {"created_at", row.integer(6)},
                              {"updated_at", row.integer(7)},
                              {"artifacts", row.text(8)},
                              {"metrics", Json::array()}};
                TRY_ASSIGN(model["params"], pairs("SELECT param_key, param_value FROM logged_model_params WHERE model_id = $1", id));
                TRY_ASSIGN(model["tags"], pairs("SELECT tag_key, tag_value FROM logged_model_tags WHERE model_id = $1", id));
                TRY(sql_->each(
                    "SELECT metric_name, metric_timestamp_ms, metric_step, metric_value, run_id, dataset_name, dataset_digest FROM "
                    "logged_model_metrics WHERE model_id = $1 ORDER BY metric_name, metric_timestamp_ms, metric_step",
                    {id}, [&](const Row& metric) -> Result<void> {
                        Json one = {
                            {"name", metric.text(0)}, {"at", metric.integer(1)}, {"step", metric.integer(2)}, {"run", metric.text(4)}};
                        if (!metric.is_null(3)) one["value"] = metric.real(3);
                        if (!metric.is_null(5)) one["dataset_name"] = metric.text(5);
                        if (!metric.is_null(6)) one["dataset_digest"] = metric.text(6);
                        model["metrics"].push_back(std::move(one));
                        return {};
                    }));
                return take(std::move(model));
            });
    }

    [[nodiscard]] Result<Json> models() override {
        Json found = Json::array();
        if (!has("registered_models")) return found;
        TRY(sql_->each(
            "SELECT name, description, last_updated_time FROM registered_models ORDER BY name", {}, [&](const Row& row) -> Result<void> {
                found.push_back(
                    {{"name", row.text(0)}, {"description", row.text(1)}, {"updated_at", row.integer(2)}, {"aliases", Json::object()}});
                return {};
            }));
        for (Json& model : found) {
            const std::string name = model["name"].get<std::string>();
            TRY_ASSIGN(model["tags"], pairs("SELECT \"key\", value FROM registered_model_tags WHERE name = $1", name));
            if (!has("registered_model_aliases")) continue;
            TRY(sql_->each("SELECT alias, version FROM registered_model_aliases WHERE name = $1", {name},
                           [&](const Row& row) -> Result<void> {
                               model["aliases"][row.text(0)] = row.integer(1);
                               return {};
                           }));
        }
        return found;
    }

    [[nodiscard]] Result<void> versions(const Json& model, const Take& take) override {
        const std::string name = model["name"].get<std::string>();
        TRY_ASSIGN(const bool stored, has_column("model_versions", "storage_location"));
        return sql_->each(
            fmt::format("SELECT version, description, current_stage, source, run_id, run_link, status, creation_time, "
                        "last_updated_time, {} FROM model_versions WHERE name = $1 AND current_stage <> 'Deleted_Internal' ORDER BY "
                        "version",
                        stored ? "storage_location" : "NULL"),
            {name}, [&](const Row& row) -> Result<void> {
                Json version = {{"model", name},
                                {"version", row.integer(0)},
                                {"description", row.text(1)},
                                {"stage", row.text(2)},
                                {"source", row.text(3)},
                                {"run", row.text(4)},
                                {"run_link", row.text(5)},
                                {"status", row.text(6)},
                                {"created_at", row.integer(7)},
                                {"updated_at", row.integer(8)},
                                {"storage", row.text(9)}};
                TRY_ASSIGN(version["tags"], pairs_of_version(name, row.integer(0)));
                return take(std::move(version));
            });
    }

    [[nodiscard]] Result<std::vector<SourceFile>> files(const std::string& uri) override { return artifacts_.files(uri); }
    [[nodiscard]] Result<std::string> local(const std::string& uri, const std::string& path) override {
        return artifacts_.local(uri, path);
    }

private:
    [[nodiscard]] bool has(const std::string& table) const { return tables_.contains(table); }

    [[nodiscard]] Result<bool> has_column(const std::string& table, const std::string& column) {
        TRY_ASSIGN(const auto found, sql_->first("SELECT 1 FROM pragma_table_info($1) WHERE name = $2", {table, column},
                                                 [](const Row& row) { return row.integer(0); }));
        return found.has_value();
    }

    /// {"key": "value"}; what is NULL is empty.
    Result<Json> pairs(std::string_view text, const Json& of) {
        const SqlValue id = of.is_string() ? SqlValue(of.get<std::string>()) : SqlValue(of.get<std::int64_t>());
        Json found = Json::object();
        TRY(sql_->each(text, {id}, [&](const Row& row) -> Result<void> {
            found[row.text(0)] = row.text(1);
            return {};
        }));
        return found;
    }

    Result<Json> pairs_of_version(const std::string& name, std::int64_t version) {
        Json found = Json::object();
        if (!has("model_version_tags")) return found;
        TRY(sql_->each("SELECT \"key\", value FROM model_version_tags WHERE name = $1 AND version = $2", {name, version},
                       [&](const Row& row) -> Result<void> {
                           found[row.text(0)] = row.text(1);
                           return {};
                       }));
        return found;
    }

    Result<Json> points(const std::string& run) {
        Json found = Json::object();
        Json* series = nullptr;
        std::string name;
        TRY(sql_->each("SELECT \"key\", timestamp, step, value, is_nan FROM metrics WHERE run_uuid = $1 ORDER BY \"key\"", {run},
                       [&](const Row& row) -> Result<void> {
                           std::string key = row.text(0);
                           if (series == nullptr || key != name) {
                               series = &(found[key] = Json::array());
                               name = std::move(key);
                           }
                           series->push_back({row.integer(1), row.integer(2), row.integer(4) != 0 ? Json(nullptr) : Json(row.real(3))});
                           return {};
                       }));
        return found;
    }

    Result<Json> datasets(const std::string& run) {
        Json found = Json::array();
        if (!has("inputs") || !has("datasets")) return found;
        std::vector<std::string> inputs;
        TRY(sql_->each(
            "SELECT input_uuid, name, digest, dataset_source_type, dataset_source, dataset_schema, dataset_profile FROM inputs JOIN "
            "datasets ON dataset_uuid = source_id WHERE source_type = 'DATASET' AND destination_type = 'RUN' AND destination_id = $1 "
            "ORDER BY inputs.rowid",
            {run}, [&](const Row& row) -> Result<void> {
                inputs.push_back(row.text(0));
                Json one = {{"name", row.text(1)}, {"digest", row.text(2)}, {"source_type", row.text(3)}, {"source", row.text(4)}};
                if (!row.is_null(5)) one["schema"] = row.text(5);
                if (!row.is_null(6)) one["profile"] = row.text(6);
                found.push_back(std::move(one));
                return {};
            }));
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            TRY_ASSIGN(found[i]["tags"], pairs("SELECT name, value FROM input_tags WHERE input_uuid = $1", inputs[i]));
        }
        return found;
    }

    Result<Json> models_of(const std::string& run, const std::string& from, const std::string& to) {
        Json found = Json::array();
        if (!has("logged_models")) return found;
        TRY(sql_->each(
            "SELECT destination_id, step FROM inputs WHERE source_type = $2 AND source_id = $1 AND destination_type = $3 ORDER BY rowid",
            {run, from, to}, [&](const Row& row) -> Result<void> {
                found.push_back({row.text(0), row.integer(1)});
                return {};
            }));
        return found;
    }

    std::unique_ptr<SqlSession> sql_;
    LocalArtifacts artifacts_;
    std::set<std::string> tables_;
};

}  // namespace

Result<std::unique_ptr<MlflowSource>> open_mlflow_database(const std::string& path, const std::string& artifacts) {
    auto opened = open_foreign_sqlite(path);
    if (!opened && opened.error().kind == ErrorKind::integrity)
        return fail(Error(ErrorKind::invalid, "not-mlflow", printable(path, 300) + " is no database of SQLite")
                        .with_fix("name the file that `mlflow server --backend-store-uri sqlite:///…` has"));
    TRY_ASSIGN(auto sql, std::move(opened));
    std::error_code error;
    const std::string base = std::filesystem::absolute(path, error).parent_path().string();
    auto source = std::make_unique<MlflowDatabase>(std::move(sql), LocalArtifacts(base, artifacts));
    TRY_WHILE(source->look(), "reading " + path);
    return source;
}

}  // namespace assay
