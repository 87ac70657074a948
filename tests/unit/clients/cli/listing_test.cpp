#include "clients/cli/listing.hpp"

#include "tests/support/result.hpp"

#include <deque>

namespace assay::test {

namespace {

class Pages final : public HttpClient {
public:
    std::deque<std::string> answers;
    std::vector<std::string> targets;
    std::vector<std::string> bodies;

    Result<HttpResponse> send(const HttpRequest& request) override {
        targets.push_back(request.target);
        bodies.push_back(request.body);
        HttpResponse response;
        response.status = 200;
        response.body = answers.front();
        answers.pop_front();
        return response;
    }
};

struct Talk {
    Talk() : client(new Pages), connection(std::unique_ptr<HttpClient>(client), "ann@lab") {}
    Pages* client;
    Connection connection;
};

}  // namespace

TEST_CASE("a listing takes as many pages as it needs, and no more") {
    Talk talk;
    talk.client->answers = {R"({"items":[1,2],"next_cursor":"a b","tally":7})", R"({"items":[3],"next_cursor":"c"})"};
    const Listing listing = must(list_items(talk.connection, "/x?y=1", 3));
    CHECK(listing.items == Json{1, 2, 3});
    CHECK(listing.more);
    CHECK(listing.first.at("tally") == 7);
    CHECK(talk.client->targets == std::vector<std::string>{"/x?y=1&limit=3", "/x?y=1&limit=1&cursor=a%20b"});
}

TEST_CASE("a listing without a limit ends where the collection ends") {
    Talk talk;
    talk.client->answers = {R"({"items":[1],"next_cursor":"a"})", R"({"items":[2],"next_cursor":null})"};
    const Listing listing = must(list_items(talk.connection, "/x", 0));
    CHECK(listing.items == Json{1, 2});
    CHECK(!listing.more);
    CHECK(talk.client->targets.front() == "/x?limit=1000");
}

TEST_CASE("a question with a body is asked again with the cursor in it") {
    Talk talk;
    talk.client->answers = {R"({"items":[1],"next_cursor":"a"})", R"({"items":[2],"next_cursor":null})"};
    CHECK(must(list_answers(talk.connection, "/x", {{"filter", "f"}}, 2)).items == Json{1, 2});
    CHECK(talk.client->bodies == std::vector<std::string>{R"({"filter":"f","limit":2})", R"({"cursor":"a","filter":"f","limit":1})"});
}

}  // namespace assay::test
