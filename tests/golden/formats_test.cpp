#include "api/errors.hpp"
#include "api/metrics.hpp"
#include "api/request_log.hpp"
#include "base/crypto.hpp"
#include "base/text.hpp"
#include "registry/environment.hpp"
#include "registry/fsck.hpp"
#include "registry/gate.hpp"
#include "registry/lock_file.hpp"
#include "registry/rebuild.hpp"
#include "tests/support/api_test_server.hpp"
#include "tests/support/captured_stderr.hpp"
#include "tests/support/golden.hpp"

#include <set>
#include <tuple>

// Every public format of docs/formats.md and docs/api.md that has no golden test beside its source: what others may read
// changes only when somebody accepts the difference.

namespace assay::test {

namespace {

std::string pretty(const Json& json) { return to_pretty_text(json) + "\n"; }

/// The names of a Prometheus exposition with their types, each once: "counter assay_http_requests_total{route,method,status}".
std::string names_of(const std::string& exposition) {
    std::string names;
    std::set<std::string> seen;
    for (const std::string& line : split(exposition, '\n')) {
        if (line.starts_with("# TYPE ")) {
            names += line.substr(7) + "\n";
            continue;
        }
        if (line.empty() || line.starts_with('#')) continue;
        // Label values hold no quotes here.
        std::string series = line.substr(0, line.find_first_of("{ "));
        const std::size_t open = line.find('{');
        if (open != std::string::npos) {
            series += " {";
            std::size_t at = open + 1;
            while (line[at] != '}') {
                const std::size_t equals = line.find("=\"", at);
                series += " " + line.substr(at, equals - at);
                at = line.find('"', equals + 2) + 1;
                if (line[at] == ',') ++at;
            }
            series += " }";
        }
        if (seen.insert(series).second) names += "  " + series + "\n";
    }
    return names;
}

}  // namespace

TEST_CASE("a problem has one shape for each thing there is to say") {
    const auto text = [](const Error& error) { return pretty(must(parse_json(problem(error, "0d1c2b3a").body))); };
    check_golden("problem.json", text(Error(ErrorKind::not_found, "version-not-found", "penguins has no version 9")
                                          .with_because("its versions go to 3")
                                          .with_fix("assay list penguins shows what there is")
                                          .with_fix("fetch penguins@3")));
    check_golden("problem-fields.json", text(Error(ErrorKind::invalid, "push-refused", "the version cannot be registered")
                                                 .with_problems({{"facts.metrics", "is missing", "give the metrics on held-out data"},
                                                                 {"files[0].path", "leaves the version", ""}})));
    check_golden("problem-internal.json",
                 text(Error(ErrorKind::internal, "database-io", "/data/assay.db: Input/output error").with_because("the disk failed")));
}

TEST_CASE("a refusal of the gate carries its verdict") {
    TestRegistry registry;
    (void)registry.push(a_push());
    const Digest environment = registry.know(an_environment({{"scikit-learn", "1.5.2"}}));
    const Response response = problem(error_of(registry.try_fetch("churn", "1", environment)), "0d1c2b3a");
    // The run is random, and with it the digest of the manifest.
    Json json = must(parse_json(response.body));
    CHECK(json.at("verdict").at("digest") == registry.show("churn", "1").row.digest);
    json["verdict"]["digest"] = "sha256:…";
    check_golden("problem-verdict.json", pretty(json));
}

TEST_CASE("an environment has one canonical form, and its digest is of those bytes") {
    const Environment environment = must(read_environment(must(parse_json(
        R"({"python":"3.12.3","implementation":"cpython","platform":"linux-x86_64","packages":{"Scikit_Learn":"1.5.2","numpy":"2.1.3"}})"))));
    check_golden("environment-python.json", must(canonical_bytes(environment)));
    check_golden("environment-python.digest", must(digest_of(environment)).to_string() + "\n");
    CHECK(sha256(must(canonical_bytes(environment))) == must(digest_of(environment)));
    const Environment native = must(read_environment(must(parse_json(
        R"({"implementation":"native","platform":"linux-x86_64","packages":{"eigen":"3.4.0","assay":"0.1.0","cereal":"1.3.2"}})"))));
    check_golden("environment-native.json", must(canonical_bytes(native)));
}

TEST_CASE("a rules file has one canonical form, and its digest is of those bytes") {
    const RuleSet rules = must(parse_rules(R"({"schema":"assay.rules/1","name":"golden","rules":[
        {"id":"known-good/numpy-2","package":"numpy","recorded":"==2.1.*","offered":"==2.2.*","effect":"none","because":"measured"},
        {"id":"known-break/trees-1.3","package":"scikit-learn","recorded":"<1.3","offered":">=1.3","effect":"load-error",
         "because":"1.3 changed the layout of tree nodes","fix":"retrain with 1.3 or later"}]})"));
    check_golden("rules.json", canonical_bytes(rules));
    check_golden("rules.digest", rules.digest.to_string() + "\n");
    CHECK(sha256(canonical_bytes(rules)) == rules.digest);
}

TEST_CASE("a lock file is written as docs/formats.md says") {
    LockFile lock{"http://127.0.0.1:8080", {}};
    lock.set({"penguins",
              "@production",
              3,
              sha256("p"),
              {{"sample.json", 4021, sha256("s")}, {"model.joblib", 18233, sha256("b")}},
              {{"scikit-learn", "1.7.2"}, {"python", "3.11.7"}, {"odd.name", "1"}},
              "models/penguins"});
    lock.set({"churn \"x\" \\", "@latest", 1, sha256("c"), {{"model.pkl", 1, sha256("d")}}, {}, std::nullopt});
    const std::string text = to_text(lock);
    check_golden("lock-file.toml", text);
    CHECK(to_text(must(parse_lock_file(text))) == text);
}

TEST_CASE("a report of fsck, clean and with findings of each weight") {
    FsckReport report{.blobs = 3, .bytes = 18233, .versions = 2, .manifests = 2, .findings = {}};
    check_golden("fsck-clean.json", pretty(to_json(report)));
    report.findings = {
        {FindingKind::blob_corrupt, "sha256:" + std::string(64, 'a'), "bytes 0 to 19 are not what was stored", {"churn@1"}, true},
        {FindingKind::blob_unrecorded, "sha256:" + std::string(64, 'b'), "20 bytes", {}, false},
        {FindingKind::manifest_missing, "churn@2", "there is no file", {"churn@2"}, false}};
    check_golden("fsck.json", pretty(to_json(report)));
}

TEST_CASE("a report of rebuild says what it restored and what it could not") {
    RebuildReport report;
    report.blobs = 3;
    report.models = 1;
    report.versions = 2;
    report.deleted_versions = 1;
    report.problems = {"churn@3: its manifest cannot be read"};
    check_golden("rebuild.json", pretty(to_json(report)));
}

TEST_CASE("a list is pages of items with a cursor, and a Link to the next") {
    ApiTestServer server;
    (void)server.registry.push(a_push("churn").with_alias("production"));
    (void)server.registry.push(a_push("penguins"));
    std::string text;
    std::string target = "/v1/models?limit=1&contains=n";
    for (int page = 0; page < 3 && !target.empty(); ++page) {
        const auto answer = server.ask("GET", target);
        const std::string link = answer.header("Link").value_or("");
        text += "GET " + target + "\n" + (link.empty() ? "" : "Link: " + link + "\n") + pretty(must(parse_json(answer.body)));
        target = link.empty() ? "" : link.substr(1, link.find('>') - 1);
    }
    check_golden("pages.txt", text);
}

TEST_CASE("the names of metrics and of their labels are a contract with dashboards") {
    ApiTestServer server;
    const PushBuilder push = a_push();
    for (const std::string& bytes : push.uploads()) (void)server.registry.put(bytes);
    HttpProbe probe(server.port());  // one connection: a request is counted before the next one on it is read
    const std::string json = "Content-Type: application/json\r\n";
    CHECK(probe.ask("POST", "/v1/models/churn/versions", json, push.body().dump()).status == 201);
    CHECK(probe.ask("POST", "/v1/models/churn/versions/1:check", json, R"({"environment":"none"})").status == 200);
    check_golden("metrics.txt", names_of(probe.ask("GET", "/metrics").body));
}

TEST_CASE("the log has one line for a request, with these members in this order") {
    const CapturedStderr captured;
    Metrics metrics;
    RequestRecord record{.id = "0d1c2b3a",
                         .method = "GET",
                         .route = "/v1/models/{name}/versions/{ref}/files/{path*}",
                         .remote = "127.0.0.1",
                         .status = 409,
                         .bytes_in = 0,
                         .bytes_out = 512,
                         .code = "gate-refused",
                         .cut = true,
                         .began = std::chrono::steady_clock::now()};
    record_request(record, metrics);
    record.code.clear();
    record.cut = false;
    record.status = 200;
    record_request(record, metrics);
    std::string text = captured.text();
    // What differs from run to run.
    for (const auto& [member, end, stand_in] : {std::tuple{R"("time":")", '"', "TIME"}, {R"("milliseconds":)", ',', "0.0"}}) {
        for (std::size_t at = text.find(member); at != std::string::npos; at = text.find(member, at + 1)) {
            const std::size_t start = at + std::string_view(member).size();
            text.replace(start, text.find(end, start) - start, stand_in);
        }
    }
    check_golden("request-log.txt", text);
}

}  // namespace assay::test
