#include "registry/push.hpp"

#include "base/text.hpp"
#include "tests/support/test_registry.hpp"

namespace assay::test {

namespace {

/// "field: message" of each problem.
std::vector<std::string> problems_of_request(const Json& body) {
    Problems problems;
    (void)read_push_request(body, problems);
    std::vector<std::string> lines;
    for (const FieldProblem& problem : problems) lines.push_back(problem.field + ": " + problem.message);
    return lines;
}

Json many(std::size_t count, const std::function<Json(std::size_t)>& make) {
    Json list = Json::array();
    for (std::size_t i = 0; i < count; ++i) list.push_back(make(i));
    return list;
}

Json many_members(std::size_t count) {
    Json object = Json::object();
    for (std::size_t i = 0; i < count; ++i) object["k" + std::to_string(i)] = "v";
    return object;
}

}  // namespace

TEST_CASE("the body of a registration is read whole") {
    Problems problems;
    const std::string run(32, 'a');
    const PushRequest request = read_push_request(
        a_push()
            .with("/files/0/media_type", "application/x-test")
            .with("/files/0/size", 20)
            .with("/run",
                  {{"id", run},
                   {"name", "grid"},
                   {"experiment", "birds"},
                   {"params", {{"cv", "5"}}},
                   {"metrics", Json::array({{{"name", "score"}, {"value", 0.5}, {"step", 2}, {"timestamp", "2026-01-01T01:00:00+01:00"}},
                                            {{"name", "score"}, {"value", 1}}})}})
            .with("/description", "who leaves")
            .with_tag("team", "birds")
            .with_alias("candidate")
            .if_changed()
            .body(),
        problems);
    CHECK(problems.empty());
    REQUIRE(request.files.size() == 1);
    CHECK(request.files[0].path == "model.joblib");
    CHECK(request.files[0].digest.to_string() == digest_text("the bytes of a model"));
    CHECK(request.files[0].media_type == "application/x-test");
    CHECK(request.files[0].field == "files[0]");
    CHECK(request.facts.uses == std::vector<std::string>{"scikit-learn", "numpy", "joblib"});
    CHECK(request.run.id == run);
    CHECK(request.run.name == "grid");
    CHECK(request.run.experiment == "birds");
    CHECK(request.run.params == std::map<std::string, std::string>{{"cv", "5"}});
    REQUIRE(request.run.metrics.size() == 2);
    CHECK(request.run.metrics[0].step == 2);
    CHECK(request.run.metrics[0].at == milliseconds_of(must(Timestamp::parse("2026-01-01T00:00:00Z"))));
    CHECK(request.run.metrics[1].step == 0);
    CHECK(request.run.metrics[1].at == 0);
    CHECK(request.description == "who leaves");
    CHECK(request.tags == std::map<std::string, std::string>{{"team", "birds"}});
    CHECK(request.aliases == std::vector<std::string>{"candidate"});
    CHECK(request.if_changed);
}

TEST_CASE("only files and facts are needed, and the rest has its defaults") {
    Problems problems;
    const PushRequest request = read_push_request(a_push().body(), problems);
    CHECK(problems.empty());
    CHECK(request.run.id.empty());
    CHECK(request.run.experiment == "Default");
    CHECK(request.description.empty());
    CHECK(request.tags.empty());
    CHECK(request.aliases.empty());
    CHECK(!request.if_changed);
}

TEST_CASE("each mistake in a registration is one problem at its own place") {
    struct Case {
        const char* pointer;
        Json value;
        std::vector<const char*> fields;
    };
    const Json file = {{"path", "a"}, {"digest", digest_text("a")}};
    const auto with = [](Json object, const char* key, Json value) {
        object[key] = std::move(value);
        return object;
    };
    for (const Case& one :
         {Case{"/files", Json::object(), {"files"}},
          {"/files/0", with(file, "path", "../a"), {"files[0].path"}},
          {"/files/0", with(file, "digest", "md5:1"), {"files[0].digest"}},
          {"/files/0", with(file, "media_type", "a\nb"), {"files[0].media_type"}},
          {"/files/0", with(file, "media_type", std::string(201, 'm')), {"files[0].media_type"}},
          {"/files/0", with(file, "sizes", 1), {"files[0].sizes"}},
          {"/files/0", 7, {"files[0]"}},
          {"/facts", 7, {"facts"}},
          {"/run", 7, {"run"}},
          {"/run/id", "ABC", {"run.id"}},
          {"/run/id", std::string(32, 'g'), {"run.id"}},
          {"/run/name", std::string(501, 'n'), {"run.name"}},
          {"/run/experiment", "", {"run.experiment"}},
          {"/run/experiment", "a\tb", {"run.experiment"}},
          {"/run/status", "finished", {"run.status"}},
          {"/run/metrics", Json::array({{{"name", "m"}}}), {"run.metrics[0].value"}},
          {"/run/metrics", Json::array({{{"name", ""}, {"value", 1}}}), {"run.metrics[0].name"}},
          {"/run/metrics", Json::array({{{"name", std::string(251, 'm')}, {"value", 1}}}), {"run.metrics[0].name"}},
          {"/run/metrics", Json::array({{{"name", "m"}, {"value", 1}, {"timestamp", "yesterday"}}}), {"run.metrics[0].timestamp"}},
          {"/run/params", {{"a", 1}}, {"run.params"}},
          {"/run/params", {{"", "x"}}, {"run.params"}},
          {"/run/params", {{"a", std::string(100'001, 'v')}}, {"run.params"}},
          {"/description", std::string(100'001, 'd'), {"description"}},
          {"/description", 7, {"description"}},
          {"/tags", Json::array(), {"tags"}},
          {"/tags", {{"a", 1}}, {"tags.a"}},
          {"/tags", {{"a", std::string(100'001, 'v')}}, {"tags.a"}},
          {"/tags", {{std::string(251, 'k'), "v"}}, {nullptr}},
          {"/aliases", "production", {"aliases"}},
          {"/aliases", Json::array({7}), {"aliases[0]"}},
          {"/aliases", Json::array({"ok", "12"}), {"aliases[1]"}},
          {"/if_changed", "yes", {"if_changed"}},
          {"/alias", "production", {"alias"}}}) {
        CAPTURE(std::string(one.pointer));
        CAPTURE(one.value.dump().substr(0, 100));
        const auto found = problems_of_request(a_push().with(one.pointer, one.value).body());
        CAPTURE(join(found, "; "));
        REQUIRE(found.size() == one.fields.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            CAPTURE(found[i]);
            if (one.fields[i] != nullptr) CHECK(found[i].starts_with(std::string(one.fields[i]) + ": "));
        }
    }
}

TEST_CASE("every limit of a registration is reached by what fits and named by what does not") {
    const auto file = [](std::size_t i) -> Json {
        return {{"path", "f" + std::to_string(i)}, {"digest", "sha256:" + std::string(64, 'a')}};
    };
    const auto metric = [](std::size_t) -> Json { return {{"name", "m"}, {"value", 1}}; };
    const auto alias = [](std::size_t i) -> Json { return "a" + std::to_string(i); };
    struct Case {
        const char* pointer;
        std::size_t most;
        std::function<Json(std::size_t)> make;
        const char* field;
    };
    for (const Case& one : {Case{"/files", 10'000, [&](std::size_t n) { return many(n, file); }, "files"},
                            {"/run/metrics", 100'000, [&](std::size_t n) { return many(n, metric); }, "run.metrics"},
                            {"/run/params", 5'000, many_members, "run.params"},
                            {"/tags", 1'000, many_members, "tags"},
                            {"/aliases", 100, [&](std::size_t n) { return many(n, alias); }, "aliases"}}) {
        CAPTURE(std::string(one.pointer));
        CHECK(problems_of_request(a_push().with(one.pointer, one.make(one.most)).body()) == std::vector<std::string>{});
        const auto found = problems_of_request(a_push().with(one.pointer, one.make(one.most + 1)).body());
        REQUIRE(found.size() == 1);
        CHECK(found[0] == std::string(one.field) + ": has " + std::to_string(one.most + 1) + " entries, at most " +
                              std::to_string(one.most) + " are accepted");
    }
}

TEST_CASE("what is no object has one problem, and an empty one misses files and facts") {
    for (const Json& body : {Json(nullptr), Json(7), Json("text"), Json::array()}) {
        CAPTURE(body.dump());
        CHECK(!problems_of_request(body).empty());
    }
    std::vector<std::string> fields;
    for (const std::string& line : problems_of_request(Json::object())) fields.push_back(line.substr(0, line.find(':')));
    CHECK(fields == std::vector<std::string>{"files", "facts"});
}

}  // namespace assay::test
