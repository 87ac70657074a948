#include "base/url.hpp"
#include "registry/experiments.hpp"
#include "tests/support/api_test_server.hpp"

namespace assay::test {

namespace {

/// A client of MLflow's API.
struct MlflowClient {
    ApiTestServer server;
    MlflowClient() { must(ensure_default_experiment(server.registry)); }

    /// The JSON of an answer that must have this status; `path` below /api/2.0/ unless it begins with '/'.
    Json ask(int status, std::string_view method, const std::string& path, const Json& body = nullptr) {
        const std::string target = path.starts_with('/') ? path : "/api/2.0/" + path;
        const auto answer = server.ask(method, target, body.is_null() ? "" : body.dump());
        CAPTURE(target);
        CAPTURE(answer.body);
        REQUIRE(answer.status == status);
        CHECK(answer.header("Content-Type") == "application/json");
        return must(parse_json(answer.body));
    }
    /// The code of a refusal.
    std::string refusal(int status, std::string_view method, const std::string& path, const Json& body = nullptr) {
        const Json json = ask(status, method, path, body);
        CHECK_FALSE(json.at("message").get<std::string>().empty());
        return json.at("error_code").get<std::string>();
    }
    std::string message(int status, std::string_view method, const std::string& path, const Json& body = nullptr) {
        return ask(status, method, path, body).at("message").get<std::string>();
    }
    /// The id of a new run of Default.
    std::string run(const std::string& name = "first") {
        const Json made = ask(200, "POST", "mlflow/runs/create", {{"experiment_id", "0"}, {"run_name", name}, {"start_time", 5}});
        return made.at("run").at("info").at("run_id").get<std::string>();
    }
    [[nodiscard]] HttpProbe::Answer put(const std::string& path, std::string_view bytes) {
        return server.ask("PUT", "/api/2.0/mlflow-artifacts/artifacts/" + path, bytes, "Content-Type: text/plain\r\n");
    }
};

}  // namespace

TEST_CASE("an experiment is made, shown, renamed, deleted and restored") {
    MlflowClient client;
    const Json wanted = {{"name", "birds"}, {"tags", Json::array({{{"key", "team"}, {"value", "a"}}})}};
    const std::string id = client.ask(200, "POST", "mlflow/experiments/create", wanted).at("experiment_id").get<std::string>();
    CHECK(client.message(400, "POST", "mlflow/experiments/create", wanted) == "Experiment(name=birds) already exists.");
    CHECK(client.refusal(400, "POST", "mlflow/experiments/create", wanted) == "RESOURCE_ALREADY_EXISTS");

    const std::string get = "mlflow/experiments/get?experiment_id=" + id;
    const Json shown = client.ask(200, "GET", get).at("experiment");
    CHECK(shown.at("experiment_id") == id);
    CHECK(shown.at("name") == "birds");
    CHECK(shown.at("lifecycle_stage") == "active");
    CHECK(shown.at("artifact_location").get<std::string>().starts_with("mlflow-artifacts:/"));
    CHECK(shown.at("tags") == wanted.at("tags"));
    CHECK(client.ask(200, "GET", "/ajax-api/2.0/mlflow/experiments/get?experiment_id=" + id).at("experiment") == shown);

    CHECK(client.ask(200, "POST", "mlflow/experiments/update", {{"experiment_id", id}, {"new_name", "finches"}}) == Json::object());
    const Json renamed = client.ask(200, "GET", "mlflow/experiments/get-by-name?experiment_name=finches");
    CHECK(renamed.at("experiment").at("experiment_id") == id);
    CHECK(client.message(404, "GET", "mlflow/experiments/get-by-name?experiment_name=birds") ==
          "Could not find experiment with name 'birds'");

    const Json named = {{"experiment_id", id}};
    CHECK(client.ask(200, "POST", "mlflow/experiments/delete", named) == Json::object());
    CHECK(client.ask(200, "GET", get).at("experiment").at("lifecycle_stage") == "deleted");
    CHECK(client.message(400, "POST", "mlflow/runs/create", named) ==
          "The experiment " + id + " must be in the 'active' state. Current state is deleted.");
    CHECK(client.ask(200, "POST", "mlflow/experiments/restore", named) == Json::object());
    CHECK(client.ask(200, "GET", get).at("experiment").at("lifecycle_stage") == "active");
}

TEST_CASE("an experiment that is not there, or nobody could have, is refused") {
    MlflowClient client;
    CHECK(client.message(404, "GET", "mlflow/experiments/get?experiment_id=999") == "No Experiment with id=999 exists");
    CHECK(client.refusal(404, "GET", "mlflow/experiments/get?experiment_id=999") == "RESOURCE_DOES_NOT_EXIST");
    CHECK(client.refusal(400, "GET", "mlflow/experiments/get?experiment_id=x") == "INVALID_PARAMETER_VALUE");
    CHECK(client.message(400, "POST", "mlflow/experiments/create", Json::object()) ==
          "Missing value for required parameter 'name'. See the API docs for more information about request parameters.");
    for (const char* location : {"file:///etc", "s3://bucket/a", "mlflow-artifacts:/../a", "mlflow-artifacts:/versions/a"}) {
        CAPTURE(location);
        CHECK(client.refusal(400, "POST", "mlflow/experiments/create", {{"name", "a"}, {"artifact_location", location}}) ==
              "INVALID_PARAMETER_VALUE");
    }
    const auto form = client.server.ask("POST", "/api/2.0/mlflow/experiments/create", R"({"name":"a"})", "Content-Type: text/plain\r\n");
    CHECK(form.status == 400);
    CHECK(must(parse_json(form.body)).at("message") == "Bad Request. Content-Type must be one of ['application/json'].");
}

TEST_CASE("a run shows what was logged to it, and its metrics have a history in pages") {
    MlflowClient client;
    const std::string id = client.run();
    const Json batch = {{"run_id", id},
                        {"metrics", Json::array({{{"key", "acc"}, {"value", 0.5}, {"timestamp", 1}, {"step", 0}},
                                                 {{"key", "acc"}, {"value", 0.75}, {"timestamp", 2}, {"step", 1}}})},
                        {"params", Json::array({{{"key", "depth"}, {"value", "3"}}})},
                        {"tags", Json::array({{{"key", "team"}, {"value", "a"}}})}};
    CHECK(client.ask(200, "POST", "mlflow/runs/log-batch", batch) == Json::object());

    const Json run = client.ask(200, "GET", "mlflow/runs/get?run_id=" + id).at("run");
    CHECK(run.at("info").at("run_name") == "first");
    CHECK(run.at("info").at("status") == "RUNNING");
    CHECK(run.at("info").at("start_time") == 5);
    CHECK(run.at("info").at("artifact_uri").get<std::string>().ends_with("/" + id + "/artifacts"));
    CHECK(run.at("data").at("metrics") == Json::array({batch.at("metrics").at(1)}));
    CHECK(run.at("data").at("params") == batch.at("params"));

    const std::string history = "mlflow/metrics/get-history?run_id=" + id + "&metric_key=acc";
    CHECK(client.ask(200, "GET", history) == Json{{"metrics", batch.at("metrics")}});
    const Json first = client.ask(200, "GET", history + "&max_results=1");
    CHECK(first.at("metrics") == Json::array({batch.at("metrics").at(0)}));
    const std::string token = encode_component(first.at("next_page_token").get<std::string>());
    CHECK(client.ask(200, "GET", history + "&max_results=1&page_token=" + token) ==
          Json{{"metrics", Json::array({batch.at("metrics").at(1)})}});
    CHECK(client.refusal(400, "GET", history + "&max_results=0") == "INVALID_PARAMETER_VALUE");
    CHECK(client.refusal(400, "GET", history + "&page_token=x") == "INVALID_PARAMETER_VALUE");

    const auto nan = client.server.ask("POST", "/api/2.0/mlflow/runs/log-metric",
                                       R"({"run_id":")" + id + R"(","key":"nan","value":NaN,"timestamp":"3"})");
    CHECK(nan.status == 200);
    const Json points = client.ask(200, "GET", "mlflow/metrics/get-history?metric_key=nan&run_uuid=" + id).at("metrics");
    CHECK(points.at(0).at("value") == "NaN");

    const Json ended = client.ask(200, "POST", "mlflow/runs/update", {{"run_id", id}, {"status", "FINISHED"}, {"end_time", 9}});
    CHECK(ended.at("run_info").at("status") == "FINISHED");
    CHECK(ended.at("run_info").at("end_time") == 9);
}

TEST_CASE("metrics of several runs are read at once, whole or in equal distances") {
    MlflowClient client;
    const std::string run = client.run();
    Json points = Json::array();
    for (int step = 0; step < 10; ++step)
        points.push_back({{"key", "loss"}, {"value", 10 - step}, {"timestamp", 100 + step}, {"step", step}});
    client.ask(200, "POST", "mlflow/runs/log-batch", {{"run_id", run}, {"metrics", points}});
    const std::string bulk = "/ajax-api/2.0/mlflow/metrics/get-history-bulk?metric_key=loss&run_id=" + run;
    const Json all = client.ask(200, "GET", bulk + "&run_id=none").at("metrics");
    REQUIRE(all.size() == 10);
    CHECK(all.front() == Json{{"key", "loss"}, {"value", 10.0}, {"timestamp", 100}, {"step", 0}, {"run_id", run}});
    CHECK(client.ask(200, "GET", bulk + "&max_results=3").at("metrics").size() == 3);
    CHECK(client.message(400, "GET", "mlflow/metrics/get-history-bulk?metric_key=loss") ==
          "GetMetricHistoryBulk request must specify at least one run_id.");
    CHECK(client.message(400, "GET", "mlflow/metrics/get-history-bulk?run_id=" + run) ==
          "GetMetricHistoryBulk request must specify a metric_key.");

    const std::string interval = "mlflow/metrics/get-history-bulk-interval?metric_key=loss&run_ids=" + run;
    const auto steps = [&](const std::string& more) {
        std::vector<int> found;
        const Json answer = client.ask(200, "GET", interval + more);
        for (const Json& point : answer.at("metrics")) found.push_back(point.at("step").get<int>());
        return found;
    };
    CHECK(steps("").size() == 10);
    CHECK(steps("&max_results=4") == std::vector<int>{0, 3, 6, 9});
    CHECK(steps("&max_results=1") == std::vector<int>{9});
    CHECK(steps("&start_step=2&end_step=4") == std::vector<int>{2, 3, 4});
    CHECK(client.message(400, "GET", interval + "&start_step=2") ==
          "If either start step or end step are specified, both must be specified.");
    CHECK(client.message(400, "GET", interval + "&start_step=2&end_step=1") ==
          "end_step must be greater than start_step. Found start_step=2 and end_step=1.");
    CHECK(client.message(400, "GET", interval + "&max_results=2501") == "max_results must be between 1 and 2500.");
}

TEST_CASE("the data that the runs of experiments have logged is listed with its contexts") {
    MlflowClient client;
    const Json data = {{"name", "iris"}, {"digest", "abc"}, {"source_type", "local"}, {"source", "{}"}};
    const Json training = {{"dataset", data}, {"tags", Json::array({{{"key", "mlflow.data.context"}, {"value", "training"}}})}};
    for (const Json& input : {training, training, Json{{"dataset", data}}})
        client.ask(200, "POST", "mlflow/runs/log-inputs", {{"run_id", client.run()}, {"datasets", Json::array({input})}});
    const Json found = client.ask(200, "POST", "mlflow/experiments/search-datasets", {{"experiment_ids", {"0"}}}).at("dataset_summaries");
    REQUIRE(found.size() == 2);
    CHECK(found[0] == Json{{"experiment_id", "0"}, {"name", "iris"}, {"digest", "abc"}});
    CHECK(found[1].at("context") == "training");
    CHECK(client.message(400, "POST", "mlflow/experiments/search-datasets", Json::object()) ==
          "SearchDatasets request must specify at least one experiment_id.");
}

TEST_CASE("a param never changes, and a run that is deleted or not there takes nothing") {
    MlflowClient client;
    const std::string id = client.run();
    const auto param = [&](const char* value) { return Json{{"run_id", id}, {"key", "depth"}, {"value", value}}; };
    CHECK(client.ask(200, "POST", "mlflow/runs/log-parameter", param("3")) == Json::object());
    CHECK(client.ask(200, "POST", "mlflow/runs/log-parameter", param("3")) == Json::object());
    CHECK(client.message(400, "POST", "mlflow/runs/log-parameter", param("4")) ==
          "Changing param values is not allowed. Param with key='depth' was already logged with value='3' for run ID='" + id +
              "'. Attempted logging new value '4'.");
    CHECK(client.ask(200, "POST", "mlflow/runs/delete", {{"run_id", id}}) == Json::object());
    CHECK(client.message(400, "POST", "mlflow/runs/log-parameter", param("3")) ==
          "The run " + id + " must be in the 'active' state. Current state is deleted.");
    CHECK(client.ask(200, "POST", "mlflow/runs/restore", {{"run_id", id}}) == Json::object());
    CHECK(client.ask(200, "POST", "mlflow/runs/log-parameter", param("3")) == Json::object());
    CHECK(client.message(404, "GET", "mlflow/runs/get?run_id=none") == "Run with id=none not found");
}

TEST_CASE("runs are found by what was logged, page by page") {
    MlflowClient client;
    std::vector<std::string> ids;
    for (const double value : {0.25, 0.5, 0.75}) {
        ids.push_back(client.run());
        (void)client.ask(200, "POST", "mlflow/runs/log-metric",
                         {{"run_id", ids.back()}, {"key", "acc"}, {"value", value}, {"timestamp", 1}});
    }
    Json search = {{"experiment_ids", Json::array({"0"})},
                   {"filter", "metrics.acc > 0.3"},
                   {"order_by", Json::array({"metrics.acc DESC"})},
                   {"max_results", 1}};
    const Json first = client.ask(200, "POST", "mlflow/runs/search", search);
    REQUIRE(first.at("runs").size() == 1);
    CHECK(first.at("runs").at(0).at("info").at("run_id") == ids[2]);
    search["page_token"] = first.at("next_page_token");
    const Json second = client.ask(200, "POST", "mlflow/runs/search", search);
    REQUIRE(second.at("runs").size() == 1);
    CHECK(second.at("runs").at(0).at("info").at("run_id") == ids[1]);
    CHECK_FALSE(second.contains("next_page_token"));
    search["filter"] = "metrics.acc > 0.2";
    CHECK(client.refusal(400, "POST", "mlflow/runs/search", search) == "INVALID_PARAMETER_VALUE");
    search.erase("page_token");
    search["filter"] = "metrics.acc > 0.2 OR metrics.acc < 0.1";
    CHECK(client.message(400, "POST", "mlflow/runs/search", search).starts_with("Invalid clause(s) in filter string: "));
}

TEST_CASE("a file is put, listed, handed out as an attachment and deleted") {
    MlflowClient client;
    const std::string id = client.run();
    const std::string folder = "0/" + id + "/artifacts";
    const std::string file = "mlflow-artifacts/artifacts/" + folder + "/sub/notes.txt";
    const auto stored = client.put(folder + "/sub/notes.txt", "hello");
    CHECK(stored.status == 200);
    CHECK(stored.body == "{}");

    const Json listed = client.ask(200, "GET", "mlflow-artifacts/artifacts?path=" + folder + "/sub");
    CHECK(listed.at("files") == Json::array({{{"path", "notes.txt"}, {"is_dir", false}, {"file_size", 5}}}));
    const Json of_run = client.ask(200, "GET", "mlflow/artifacts/list?path=sub&run_id=" + id);
    CHECK(of_run.at("root_uri") == client.ask(200, "GET", "mlflow/runs/get?run_id=" + id).at("run").at("info").at("artifact_uri"));

    const auto got = client.server.ask("GET", "/api/2.0/" + file);
    CHECK(got.status == 200);
    CHECK(got.body == "hello");
    CHECK(got.header("Content-Disposition") == "attachment; filename=notes.txt");
    CHECK(client.refusal(400, "GET", "mlflow-artifacts/artifacts/" + folder + "/sub") == "INVALID_PARAMETER_VALUE");
    CHECK(client.ask(200, "DELETE", file) == Json::object());
    CHECK(client.refusal(404, "GET", file) == "RESOURCE_DOES_NOT_EXIST");
    CHECK_FALSE(client.ask(200, "GET", "mlflow-artifacts/artifacts?path=" + folder).contains("files"));
}

TEST_CASE("a file is reached by its run, too, and a page puts small ones there") {
    MlflowClient client;
    const std::string run = client.run();
    REQUIRE(client.put("0/" + run + "/artifacts/notes/a.txt", "hello").status == 200);
    const auto got = client.server.ask("GET", "/get-artifact?run_id=" + run + "&path=notes/a.txt");
    CHECK(got.status == 200);
    CHECK(got.body == "hello");
    CHECK(got.header("Content-Disposition") == "attachment; filename=a.txt");
    CHECK(client.server.ask("GET", "//get-artifact?run_uuid=" + run + "&path=notes/a.txt").body == "hello");
    for (const char* path : {"/etc/passwd", "../x", "notes/../../x", "%252e%252e/x"})
        CHECK(client.message(400, "GET", "/get-artifact?run_id=" + run + "&path=" + path) == "Invalid path");
    CHECK(client.refusal(404, "GET", "/get-artifact?run_id=" + run + "&path=none") == "RESOURCE_DOES_NOT_EXIST");
    CHECK(client.refusal(404, "GET", "/get-artifact?run_id=none&path=a") == "RESOURCE_DOES_NOT_EXIST");
    CHECK(client.refusal(404, "GET", "/model-versions/get-artifact?name=m&version=1&path=a") == "RESOURCE_DOES_NOT_EXIST");

    const std::string upload = "/ajax-api/2.0/mlflow/upload-artifact?run_uuid=" + run;
    CHECK(client.server.ask("POST", upload + "&path=b.txt", "there", "Content-Type: text/plain\r\n").status == 200);
    CHECK(client.server.ask("GET", "/get-artifact?run_id=" + run + "&path=b.txt").body == "there");
    CHECK(client.message(400, "POST", upload + "&path=../b.txt", "x") == "Invalid path");
    CHECK(client.message(400, "POST", upload, "x") == "Request must specify path.");
}

TEST_CASE("no path of an artifact leads out of the files that are logged") {
    MlflowClient client;
    for (const char* path : {"a/%2e%2e/b", "a/%252e%252e/b", "a%5cb", "a%23b", "a%2f..%2fb"}) {
        CAPTURE(path);
        const auto put = client.put(path, "x");
        CHECK(put.status == 400);
        CHECK(must(parse_json(put.body)).at("error_code") == "INVALID_PARAMETER_VALUE");
        for (const char* method : {"GET", "DELETE"})
            CHECK(client.refusal(400, method, "mlflow-artifacts/artifacts/" + std::string(path)) == "INVALID_PARAMETER_VALUE");
        CHECK(client.message(400, "GET", "mlflow-artifacts/artifacts?path=" + std::string(path)) == "Invalid path");
    }
    for (const char* path : {"versions", "versions/a"}) {
        CAPTURE(path);
        CHECK(client.put(path, "x").status == 409);
        CHECK(client.refusal(409, "DELETE", "mlflow-artifacts/artifacts/" + std::string(path)) == "RESOURCE_CONFLICT");
    }
}

TEST_CASE("a registered model is made once, shown and deleted, and never renamed") {
    MlflowClient client;
    const Json made = client.ask(200, "POST", "mlflow/registered-models/create", {{"name", "churn"}, {"description", "who leaves"}});
    CHECK(made.at("registered_model").at("name") == "churn");
    CHECK(client.refusal(400, "POST", "mlflow/registered-models/create", {{"name", "churn"}}) == "RESOURCE_ALREADY_EXISTS");
    CHECK(client.refusal(400, "POST", "mlflow/registered-models/create", {{"name", "a/b"}}) == "INVALID_PARAMETER_VALUE");
    const Json shown = client.ask(200, "GET", "mlflow/registered-models/get?name=churn").at("registered_model");
    CHECK(shown.at("description") == "who leaves");
    CHECK(client.refusal(501, "POST", "mlflow/registered-models/rename", {{"name", "churn"}, {"new_name", "b"}}) == "NOT_IMPLEMENTED");
    CHECK(client.ask(200, "DELETE", "mlflow/registered-models/delete", {{"name", "churn"}}) == Json::object());
    CHECK(client.message(404, "GET", "mlflow/registered-models/get?name=churn") == "Registered Model with name=churn not found");
}

TEST_CASE("a registration that fails takes a number, says why, and hands out nothing") {
    MlflowClient client;
    (void)client.ask(200, "POST", "mlflow/registered-models/create", {{"name", "churn"}});
    const std::string id = client.run();
    const Json wanted = {{"name", "churn"}, {"source", "runs:/" + id + "/model"}, {"run_id", id}};
    const Json made = client.ask(200, "POST", "mlflow/model-versions/create", wanted).at("model_version");
    CHECK(made.at("version") == "1");
    CHECK(made.at("status") == "FAILED_REGISTRATION");
    CHECK(made.at("status_message").get<std::string>().find("there are no files at runs:/" + id + "/model") != std::string::npos);
    const std::string named = "?name=churn&version=1";
    CHECK(client.ask(200, "GET", "mlflow/model-versions/get" + named).at("model_version").at("status") == "FAILED_REGISTRATION");
    CHECK(client.refusal(409, "GET", "mlflow/model-versions/get-download-uri" + named) == "RESOURCE_CONFLICT");
    CHECK(client.message(404, "GET", "mlflow/model-versions/get?name=churn&version=9") ==
          "Model Version (name=churn, version=9) not found");
    CHECK(client.ask(200, "POST", "mlflow/model-versions/create", wanted).at("model_version").at("version") == "2");
}

TEST_CASE("a version is made only of what was logged to this server, by the run that it names") {
    MlflowClient client;
    (void)client.ask(200, "POST", "mlflow/registered-models/create", {{"name", "churn"}});
    const std::string id = client.run();
    const std::string other = client.run("other");
    for (const std::string& source :
         {std::string("/etc/passwd"), std::string("file:///etc"), std::string("http://host/a"), std::string("mlflow-artifacts:/0"),
          "mlflow-artifacts:/0/" + other + "/artifacts", "runs:/" + other + "/model", "runs:/" + id + "/../" + other}) {
        CAPTURE(source);
        const Json wanted = {{"name", "churn"}, {"source", source}, {"run_id", id}};
        CHECK(client.message(400, "POST", "mlflow/model-versions/create", wanted).starts_with("Invalid model version source: '"));
    }
    CHECK_FALSE(client.ask(200, "GET", "mlflow/model-versions/search").contains("model_versions"));
}

TEST_CASE("what this server does not have is refused as MLflow's clients know it") {
    MlflowClient client;
    CHECK(client.ask(404, "GET", "mlflow/nonsense?a=b") ==
          Json{{"error_code", "ENDPOINT_NOT_FOUND"}, {"message", "/api/2.0/mlflow/nonsense is not implemented by this server"}});
    CHECK(client.refusal(404, "POST", "/api/3.0/mlflow/traces", Json::object()) == "ENDPOINT_NOT_FOUND");
    CHECK(client.refusal(404, "GET", "/ajax-api/9.9/x") == "ENDPOINT_NOT_FOUND");
    for (const auto& [path, instead] :
         {std::pair("/api/2.0/mlflow/webhooks", "search_model_versions"),
          std::pair("/api/3.0/mlflow/traces", "A tracking server of MLflow"),
          std::pair("/api/3.0/mlflow/datasets/create", "mlflow.log_input"), std::pair("/graphql", "REST API")}) {
        CAPTURE(path);
        CHECK(client.message(404, "POST", path, Json::object()).find(instead) != std::string::npos);
    }
    for (const char* step : {"create", "complete", "abort"}) {
        const std::string path = "mlflow-artifacts/mpu/" + std::string(step) + "/0/r/artifacts/a";
        CHECK(client.refusal(501, "POST", path, Json::object()) == "NOT_IMPLEMENTED");
    }
    CHECK(client.refusal(501, "GET", "mlflow-artifacts/presigned/0/r/artifacts/a") == "NOT_IMPLEMENTED");
}

TEST_CASE("the server says that it lives and what it can do") {
    MlflowClient client;
    CHECK(client.server.ask("GET", "/health").body == "OK");
    CHECK(client.server.ask("GET", "/version").body.starts_with("3."));
    CHECK(client.ask(200, "GET", "/api/3.0/mlflow/server-info").at("multipart_uploads_enabled") == false);
}

}  // namespace assay::test
