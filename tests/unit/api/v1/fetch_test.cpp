#include "base/crypto.hpp"
#include "base/text.hpp"
#include "tests/support/api_test_server.hpp"

namespace assay::test {

namespace {

constexpr const char* version = "/v1/models/churn/versions/1";
const std::string file = std::string(version) + "/files/model.joblib";
const std::string bytes = "the bytes of a model";
constexpr const char* without_environment = "Assay-Environment: none\r\n";

/// churn@1, and an environment in which it loads.
struct Fetched : ApiTestServer {
    Fetched() { (void)registry.push(a_push()); }
    std::string know(const Environment& environment) { return registry.know(environment).to_string(); }
    std::string decisions(const std::string& verdict) const {
        const std::string text = metrics.to_prometheus();
        const std::string name = "assay_gate_decisions_total{verdict=\"" + verdict + "\"} ";
        const std::size_t found = text.find(name);
        if (found == std::string::npos) return "0";
        return text.substr(found + name.size(), text.find('\n', found) - found - name.size());
    }
};

}  // namespace

TEST_CASE("an environment is put under the digest of its canonical JSON, once, and read back with it as ETag") {
    ApiTestServer server;
    const Environment environment = an_environment();
    const std::string digest = must(digest_of(environment)).to_string();
    const std::string path = "/v1/environments/" + digest;
    CHECK(server.refusal(404, "GET", path) == "environment-not-found");
    for (const int status : {201, 200}) {
        CHECK(server.ask_json(status, "PUT", path, to_json(environment).dump()) == Json{{"digest", digest}});
    }
    const auto answer = server.ask("GET", path);
    CHECK(answer.header("ETag") == '"' + digest + '"');
    CHECK(must(parse_json(answer.body)) == to_json(environment));
    const std::string other = "/v1/environments/sha256:" + std::string(64, 'a');
    CHECK(server.refusal(422, "PUT", other, to_json(environment).dump()) == "digest-mismatch");
    CHECK(server.refusal(400, "PUT", path, R"({"python":"3.11.7"})") == "invalid-environment");
    CHECK(server.refusal(400, "PUT", "/v1/environments/x", to_json(environment).dump()) == "invalid-digest");
    CHECK(server.refusal(404, "GET", other) == "environment-not-found");
}

TEST_CASE("a check answers 200 with the verdict, for a known digest, a whole environment, none and nothing") {
    Fetched server;
    const Environment old = an_environment({{"scikit-learn", "1.5.2"}});
    struct Case {
        std::string environment;
        const char* verdict;
    };
    for (const Case& one : {Case{'"' + server.know(an_environment()) + '"', "allow"},
                            {to_json(an_environment()).dump(), "allow"},
                            {to_json(old).dump(), "refuse"},
                            {"null", "refuse"},
                            {"\"none\"", "allow"}}) {
        CAPTURE(one.environment);
        const Json verdict = server.ask_json(200, "POST", std::string(version) + ":check", R"({"environment":)" + one.environment + "}");
        CHECK(verdict.at("verdict") == one.verdict);
        CHECK(verdict.at("version") == "churn@1");
    }
    CHECK(server.decisions("allow") == "3");
    CHECK(server.decisions("refuse") == "2");
    CHECK(server.ask_json(200, "GET", std::string(version) + "/fetches").at("items").empty());
}

TEST_CASE("a check that is a fetch is recorded for its consumer, refused or not") {
    Fetched server;
    const std::string old = server.know(an_environment({{"scikit-learn", "1.5.2"}}));
    CHECK(server
              .ask_json(200, "POST", std::string(version) + ":check", R"({"fetch":true,"environment":")" + old + "\"}",
                        "Assay-Consumer: sco%40rer@host\r\n")
              .at("verdict") == "refuse");
    CHECK(server.ask_json(200, "GET", std::string(version) + "/fetches").at("items") == Json::array({{{"consumer", "sco@rer"},
                                                                                                      {"host", "host"},
                                                                                                      {"environment", old},
                                                                                                      {"verdict", "refuse"},
                                                                                                      {"first_at", "2026-11-23T10:00:00Z"},
                                                                                                      {"last_at", "2026-11-23T10:00:00Z"},
                                                                                                      {"count", 1}}}));
}

TEST_CASE("a check that cannot be read is refused") {
    Fetched server;
    for (const auto& [body, code] : {std::pair{R"({"environment":"sha256:x"})", "invalid-digest"},
                                     {R"({"environment":7})", "invalid-environment"},
                                     {R"({"fetch":"yes"})", "invalid-request"},
                                     {R"({"environments":null})", "invalid-request"}}) {
        CAPTURE(body);
        CHECK(server.refusal(400, "POST", std::string(version) + ":check", body) == code);
    }
    CHECK(server.refusal(404, "POST", "/v1/models/churn/versions/2:check", "{}") == "version-not-found");
    CHECK(server.refusal(400, "GET", std::string(version) + "/fetches?cursor=x") == "unknown-parameter");
}

TEST_CASE("a file is answered with its digest, its verdict and the version it belongs to") {
    Fetched server;
    const auto answer = server.ask("GET", file, "", "Assay-Environment: " + server.know(an_environment()) + "\r\n");
    CHECK(answer.status == 200);
    CHECK(answer.body == bytes);
    CHECK(answer.header("ETag") == '"' + digest_text(bytes) + '"');
    const Digest digest = sha256(bytes);
    const auto& raw = digest.bytes();
    CHECK(answer.header("Repr-Digest") == "sha-256=:" + to_base64({reinterpret_cast<const char*>(raw.data()), raw.size()}) + ":");
    CHECK(answer.header("Accept-Ranges") == "bytes");
    CHECK(answer.header("Content-Type") == "application/vnd.joblib");
    CHECK(answer.header("Assay-Verdict") == "allow");
    CHECK(answer.header("Assay-Version") == "churn@1");
    const auto head = server.ask("HEAD", file, "", without_environment);
    CHECK(head.status == 200);
    CHECK(head.header("Content-Length") == "20");
    CHECK(head.header("ETag") == answer.header("ETag"));
    CHECK(server.ask_json(200, "GET", std::string(version) + "/fetches").at("items").size() == 1);  // HEAD takes nothing
}

TEST_CASE("no byte leaves for an environment that would break, that nobody knows or that nobody names") {
    Fetched server;
    const std::string old = server.know(an_environment({{"scikit-learn", "1.5.2"}}));
    for (const auto& [headers, code] : {std::pair<std::string, const char*>{"Assay-Environment: " + old + "\r\n", "gate-refused"},
                                        {"Assay-Environment: sha256:" + std::string(64, 'a') + "\r\n", "environment-unknown"},
                                        {"", "environment-unknown"}}) {
        CAPTURE(headers);
        const auto answer = server.ask("GET", file, "", headers);
        CHECK(answer.status == 409);
        const Json problem = must(parse_json(answer.body));
        CHECK(problem.at("title") == "incompatible");
        CHECK(answer.body.find(bytes) == std::string::npos);
        if (std::string(code) == "environment-unknown") CHECK(problem.at("code") == code);
        if (std::string(code) == "gate-refused") CHECK(problem.at("verdict").at("verdict") == "refuse");
    }
    CHECK(server.refusal(400, "GET", file, "", "Assay-Environment: python3\r\n") == "invalid-digest");
    CHECK(server.refusal(404, "GET", std::string(version) + "/files/none", "", without_environment) == "file-not-found");
    CHECK(server.refusal(404, "GET", "/v1/models/churn/versions/2/files/model.joblib", "", without_environment) == "version-not-found");
    server.registry.remove("churn", "1");
    CHECK(server.refusal(409, "GET", file, "", without_environment) == "version-deleted");
}

}  // namespace assay::test
