#include "tests/support/http_test_server.hpp"

#include "base/text.hpp"
#include "tests/support/result.hpp"

#include <stdexcept>
#include <vector>

namespace assay::test {

namespace {

Response text(std::string body) {
    Response response;
    response.headers.set("Content-Type", "text/plain; charset=utf-8");
    response.body = std::move(body);
    return response;
}

class Pattern final : public BodyStream {
public:
    Pattern(std::uint64_t size, bool breaks) : size_(size), breaks_(breaks), window_(65536, std::byte{'x'}) {}
    std::uint64_t size() const override { return size_; }
    Result<std::span<const std::byte>> next() override {
        if (breaks_ && given_ > 0) return fail(ErrorKind::integrity, "blob-corrupt", "a chunk is damaged");
        const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(window_.size(), size_ - given_));
        given_ += count;
        return std::span<const std::byte>(window_).first(count);
    }

private:
    std::uint64_t size_;
    bool breaks_;
    std::uint64_t given_ = 0;
    std::vector<std::byte> window_;
};

Response echo(Request& request, std::size_t limit) {
    auto body = read_all(*request.body, limit);
    if (!body) return problem(body.error(), request.id);
    return text(*body);
}

Response describe(Request& request) {
    Json json = {{"remote", request.remote_address},
                 {"params", request.params},
                 {"query", request.query},
                 {"id", request.id},
                 {"headers", Json::object()}};
    for (const auto& [name, value] : request.headers.all()) json["headers"][to_lower_ascii(name)] = value;
    return json_response(200, json);
}

std::uint64_t size_asked(const Request& request) {
    const auto it = request.query.find("size");
    return it == request.query.end() ? 0 : static_cast<std::uint64_t>(parse_integer(it->second).value_or(0));
}

Response stream(std::uint64_t size, bool breaks) {
    Response response;
    response.headers.set("Content-Type", "application/octet-stream");
    response.stream = std::make_unique<Pattern>(size, breaks);
    return response;
}

Router routes(Door& door) {
    Router router;
    const auto add = [&](Method method, std::string pattern, Lane lane, Handler handler, std::uint64_t max_body = 0) {
        router.add(
            {.method = method, .pattern = std::move(pattern), .lane = lane, .handle = std::move(handler), .max_body_bytes = max_body});
    };
    add(Method::get, "/hello", Lane::quick, [](Request&) { return text("hello"); });
    add(Method::get, "/headers", Lane::quick, describe);
    add(Method::get, "/things/{name}", Lane::quick, describe);
    add(Method::get, "/things/{name}/files/{path*}", Lane::quick, describe);
    add(Method::post, "/things/{ref}:check", Lane::quick, describe, 1024);
    add(Method::del, "/things/{name}", Lane::commit, [](Request&) {
        Response response;
        response.status = 204;
        return response;
    });
    add(Method::post, "/echo", Lane::transfer, [](Request& r) { return echo(r, 1 << 20); }, 1 << 20);
    add(Method::post, "/small", Lane::quick, [](Request& r) { return echo(r, 1 << 20); }, 1 << 20);
    add(Method::post, "/ignore", Lane::transfer, [](Request&) { return text("ignored"); }, 64 << 20);
    add(Method::get, "/throw", Lane::quick, [](Request&) -> Response { throw std::runtime_error("secret text of the exception"); });
    add(Method::get, "/wait", Lane::quick, [&door](Request&) {
        door.pass();
        return text("waited");
    });
    add(Method::get, "/search", Lane::search, [&door](Request&) {
        door.pass();
        return text("found");
    });
    add(Method::get, "/big", Lane::quick, [](Request& r) { return text(std::string(size_asked(r), 'x')); });
    add(Method::get, "/stream", Lane::transfer, [](Request& r) { return stream(size_asked(r), false); });
    add(Method::get, "/broken-stream", Lane::transfer, [](Request&) { return stream(1 << 20, true); });
    add(Method::get, "/inject", Lane::quick, [](Request& r) {
        Response response = text("x");
        response.headers.set("X-Name", "a\r\nSet-Cookie: b=" + r.id);
        return response;
    });
    add(Method::head, "/length", Lane::quick, [](Request&) {
        Response response;
        response.headers.set("Content-Length", "12345");
        return response;
    });
    router.add({.method = Method::post,
                .pattern = "/json",
                .lane = Lane::quick,
                .handle = [](Request& r) { return echo(r, 1 << 16); },
                .max_body_bytes = 1 << 16,
                .json_body = true});
    router.add({.method = Method::put,
                .pattern = "/early",
                .lane = Lane::transfer,
                .handle = [](Request& r) { return echo(r, 1 << 20); },
                .max_body_bytes = 1 << 20,
                .before_body = [](const Request& r) -> std::optional<Response> {
                    if (r.headers.find("X-Have")) return text("is-here");
                    return std::nullopt;
                }});
    return router;
}

}  // namespace

void Door::pass() {
    std::unique_lock lock(mutex_);
    ++visitors_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
}

void Door::wait_for_visitors(int count) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(30), [&] { return visitors_ >= count; })) FAIL("the handler was not called");
}

void Door::open() {
    const std::scoped_lock lock(mutex_);
    open_ = true;
    changed_.notify_all();
}

int Door::visitors() {
    const std::scoped_lock lock(mutex_);
    return visitors_;
}

HttpTestServer::HttpTestServer(ServerOptions options) : server_(std::make_unique<HttpServer>(routes(door), std::move(options), metrics_)) {
    must(server_->start());
}

HttpTestServer::~HttpTestServer() {
    door.open();
    server_->stop();
}

std::string code_of(const HttpProbe::Answer& answer) {
    if (answer.header("Content-Type") != "application/problem+json") FAIL("not a problem: " << answer.status << " " << answer.body);
    const Json json = must(parse_json(answer.body));
    CHECK(json.at("status") == answer.status);
    CHECK(json.at("request_id") == answer.header("X-Request-Id").value_or(""));
    return json.at("code").get<std::string>();
}

}  // namespace assay::test
