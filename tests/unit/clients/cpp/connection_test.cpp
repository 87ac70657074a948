#include "clients/cpp/connection.hpp"

#include "clients/cli/output.hpp"
#include "clients/cpp/gate_verdict.hpp"
#include "tests/support/result.hpp"

#include <deque>

namespace assay::test {

namespace {

/// Answers from a list, and remembers what it was asked.
class ScriptedClient final : public HttpClient {
public:
    std::deque<Result<HttpResponse>> answers;
    std::vector<HttpRequest> requests;

    Result<HttpResponse> send(const HttpRequest& request) override {
        requests.push_back(request);
        if (answers.empty()) return fail(ErrorKind::network, "connection-lost", "nothing is left to answer");
        auto answer = std::move(answers.front());
        answers.pop_front();
        if (answer && answer->status < 300 && request.begin) TRY(request.begin(*answer));
        return answer;
    }
};

struct Conversation {
    ScriptedClient* client = new ScriptedClient();  // owned by the connection
    std::vector<std::chrono::milliseconds> pauses;
    Connection connection{std::unique_ptr<HttpClient>(client), "ada@lab",
                          [this](std::chrono::milliseconds pause) { pauses.push_back(pause); }};

    void answer(int status, std::string body, std::vector<std::pair<std::string, std::string>> headers = {}) {
        client->answers.emplace_back(HttpResponse{status, std::move(headers), std::move(body)});
    }
    void lose() { client->answers.emplace_back(fail(ErrorKind::network, "connection-lost", "lost")); }
};

std::string header(const HttpRequest& request, std::string_view name) {
    for (const auto& [key, value] : request.headers) {
        if (key == name) return value;
    }
    return "";
}

}  // namespace

TEST_CASE("a problem of the server is an error of the same kind, with its verdict") {
    Conversation talk;
    talk.answer(
        409,
        R"({"title":"incompatible","status":409,"code":"incompatible-environment","detail":"churn@3 does not go","because":"b","fix":["one","two"],
                         "field_errors":[{"field":"f","message":"m","fix":"x"}],"verdict":{"verdict":"refuse"}})");
    const Error error = error_of(talk.connection.get("/x"));
    CHECK(error.kind == ErrorKind::incompatible);
    CHECK(error.code == "incompatible-environment");
    CHECK(error.message == "churn@3 does not go");
    CHECK(error.because == "b");
    CHECK(error.fixes == std::vector<std::string>{"one", "two"});
    CHECK(error.problems.at(0).field == "f");
    CHECK(error.details == R"({"verdict":"refuse"})");
    CHECK(talk.connection.refused_by_server());
}

TEST_CASE("a problem of the server keeps its status and request id up to --json") {
    Conversation talk;
    talk.answer(404, R"({"title":"not-found","status":404,"code":"model-not-found","detail":"d","request_id":"abc-1"})");
    const Json problem = to_problem(error_of(talk.connection.get("/x")));
    CHECK(problem.at("status") == 404);
    CHECK(problem.at("request_id") == "abc-1");
    talk.answer(502, "<html>a proxy</html>", {{"X-Request-Id", "abc-2"}});
    const Json other = to_problem(error_of(talk.connection.get("/x")));
    CHECK(other.at("status") == 502);
    CHECK(other.at("request_id") == "abc-2");
    const Json own = to_problem(Error(ErrorKind::network, "connection-failed", "nobody answers"));
    CHECK_FALSE(own.contains("status"));
    CHECK_FALSE(own.contains("request_id"));
}

TEST_CASE("a text that is not UTF-8 is refused by the field it stands in, instead of arriving as another one") {
    Conversation talk;
    const Error error =
        error_of(talk.connection.create("/x", {{"facts", {{"params", {{"p", "\xFE"}, {"k\xFF", "v"}}}}}, {"tags", {"a", "\xFF"}}}));
    CHECK(error.kind == ErrorKind::invalid);
    CHECK(error.code == "invalid-text");
    REQUIRE(error.problems.size() == 3);
    CHECK(error.problems.at(1).field == "facts.params.p");
    CHECK(error.problems.at(2).field == "tags[1]");
    CHECK(talk.client->requests.empty());
}

TEST_CASE("an answer that is no problem is an error by its status") {
    Conversation talk;
    talk.answer(404, "nothing \x1b here");
    const Error error = error_of(talk.connection.get("/x"));
    CHECK(error.kind == ErrorKind::not_found);
    CHECK(error.because.find('\x1b') == std::string::npos);
    talk.answer(404, "<html>a page</html>");
    CHECK(error_of(talk.connection.get("/x")).because.find("is that an Assay server?") != std::string::npos);
    talk.answer(200, "<html>");
    CHECK(error_of(talk.connection.get("/x")).code == "bad-answer");
}

TEST_CASE("what may be repeated is repeated with growing pauses, and then given up") {
    Conversation talk;
    talk.lose();
    talk.answer(503, "", {{"Retry-After", "2"}});
    talk.answer(200, "{}");
    CHECK(must(talk.connection.get("/x")) == Json::object());
    CHECK(talk.pauses == std::vector<std::chrono::milliseconds>{std::chrono::milliseconds(200), std::chrono::milliseconds(2000)});
    for (int i = 0; i < 10; ++i) talk.lose();
    CHECK(error_of(talk.connection.get("/x")).code == "connection-lost");
    CHECK(talk.client->requests.size() == 3 + 4);
}

TEST_CASE("a creation is repeated under one key; a change under a condition is not repeated") {
    Conversation talk;
    talk.lose();
    talk.answer(201, "{}");
    CHECK(must(talk.connection.create("/x", Json::object())) == Json::object());
    REQUIRE(talk.client->requests.size() == 2);
    CHECK_FALSE(header(talk.client->requests[0], "Idempotency-Key").empty());
    CHECK(header(talk.client->requests[0], "Idempotency-Key") == header(talk.client->requests[1], "Idempotency-Key"));
    talk.lose();
    CHECK(error_of(talk.connection.put("/x", Json::object(), {{"If-Match", "\"2\""}})).code == "connection-lost");
    CHECK(talk.client->requests.size() == 3);
}

TEST_CASE("every request says who asks and has an id of its own") {
    Conversation talk;
    talk.answer(200, "{}");
    talk.answer(200, "{}");
    CHECK(must(talk.connection.get("/x")) == Json::object());
    CHECK(must(talk.connection.get("/x")) == Json::object());
    CHECK(header(talk.client->requests[0], "Assay-Consumer") == "ada@lab");
    CHECK(header(talk.client->requests[0], "X-Request-Id") != header(talk.client->requests[1], "X-Request-Id"));
    CHECK(consumer_header("J\u00fcrgen M\n@h") == "J%C3%BCrgen%20M%0A@h");
    CHECK(consumer_header(std::string(1000, 'a')).size() == 256);
}

TEST_CASE("pages are followed to the end, and a list that does not end is refused") {
    Conversation talk;
    talk.answer(200, R"({"items":[1,2],"next_cursor":"a b"})");
    talk.answer(200, R"({"items":[3],"next_cursor":null})");
    CHECK(must(talk.connection.get_all("/x?a=1")) == Json::array({1, 2, 3}));
    CHECK(talk.client->requests[1].target == "/x?a=1&limit=1000&cursor=a%20b");
    talk.answer(200, R"({"items":[1],"next_cursor":"c"})");
    talk.answer(200, R"({"items":[1],"next_cursor":"c"})");
    CHECK(error_of(talk.connection.get_all("/x")).code == "bad-answer");
}

TEST_CASE("paths are encoded once") { CHECK(Connection::path_of("..") == "/v1/models/%2E%2E"); }

TEST_CASE("a file is asked for from where it stands, and the rest only of the same bytes") {
    Conversation talk;
    const Digest digest = sha256("x");
    std::uint64_t position = 0;
    const FileTransfer transfer{[&] { return position++ * 5; }, [](std::uint64_t) { return Result<void>(); },
                                [](std::string_view) { return Result<void>(); }};
    talk.lose();
    talk.answer(206, "", {{"Content-Range", "bytes 5-9/10"}});
    must(talk.connection.get_file("/f", "none", digest, transfer));
    REQUIRE(talk.client->requests.size() == 2);
    CHECK(header(talk.client->requests[0], "Range").empty());
    CHECK(header(talk.client->requests[1], "Range") == "bytes=5-");
    CHECK(header(talk.client->requests[1], "If-Range") == '"' + digest.to_string() + '"');
}

TEST_CASE("an answer with the whole begins at the front, one with the rest where it was asked to, and any other is refused") {
    std::vector<std::uint64_t> begun;
    const FileTransfer transfer{[] { return std::uint64_t{5}; },
                                [&](std::uint64_t offset) -> Result<void> {
                                    begun.push_back(offset);
                                    return {};
                                },
                                [](std::string_view) { return Result<void>(); }};
    Conversation talk;
    talk.answer(200, "the whole");
    must(talk.connection.get_file("/f", "none", sha256("x"), transfer));
    talk.answer(206, "the rest", {{"Content-Range", "bytes 5-12/13"}});
    must(talk.connection.get_file("/f", "none", sha256("x"), transfer));
    CHECK(begun == std::vector<std::uint64_t>{0, 5});
    talk.answer(206, "another part", {{"Content-Range", "bytes 6-12/13"}});
    CHECK(error_of(talk.connection.get_file("/f", "none", sha256("x"), transfer)).code == "bad-answer");
}

TEST_CASE("the blobs that a server lacks are asked for at once") {
    Conversation talk;
    talk.answer(200, R"({"missing":[")" + sha256("b").to_string() + "\"]}");
    CHECK(must(talk.connection.missing_blobs({sha256("a"), sha256("b")})) == std::set<Digest>{sha256("b")});
    CHECK(talk.client->requests[0].target == "/v1/blobs:missing");
}

TEST_CASE("a verdict that is none refuses") {
    CHECK(refuses(Json::object()));
    CHECK(refuses(Json("allow")));
    CHECK(refuses(Json{{"verdict", "maybe"}}));
    CHECK_FALSE(refuses(Json{{"verdict", "allow"}}));
    CHECK_FALSE(refuses(Json{{"verdict", "warn"}}));
    const Error error = refusal_of(must(parse_json(R"({"verdict":"refuse","version":"churn@3","conflicts":[
        {"package":"scikit-learn","recorded":"1.2.2","offered":"1.5.2","effect":"load-error","because":"it holds tree nodes"},
        {"package":"joblib","recorded":"1.2.0","offered":null,"effect":"missing-package","because":"not there"}],"fix":["pip install x"]})")));
    CHECK(describe(error) ==
          "error: churn@3 was trained with scikit-learn 1.2.2 and cannot be loaded with 1.5.2\n  because: it holds tree nodes\n"
          "  joblib: churn@3 was trained with joblib 1.2.0, which the environment lacks: not there\nfix: pip install x\n");
}

}  // namespace assay::test
