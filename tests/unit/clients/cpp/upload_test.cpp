#include "clients/cpp/upload.hpp"

#include "base/crypto.hpp"
#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_registry.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay::test {

namespace {

/// A server with one upload at a time, which breaks where it is told to.
class OneUploadServer final : public HttpClient {
public:
    std::string kept;                    ///< bytes of the upload
    std::string blob;                    ///< what was finished
    std::optional<std::string> id;       ///< of the upload; absent: there is none
    std::vector<std::string> requests;
    std::vector<std::size_t> cuts;       ///< the next parts break after so many bytes
    std::size_t busy = 0;                ///< so many times somebody else is writing
    bool loses_last_answer = false;
    bool is_full = false;
    bool tells_another_size = false;

    Result<HttpResponse> send(const HttpRequest& request) override {
        requests.push_back(request.method + " " + request.target);
        const std::string target = id ? "/v1/uploads/" + *id : "none";
        if (request.method == "POST" && request.target == "/v1/uploads") {
            if (is_full) return problem(507, "no-space", "upload-limit");
            kept.clear();
            id = fmt::format("{:032}", requests.size());
            return HttpResponse{201, {}, fmt::format(R"({{"id":"{}","offset":0}})", *id)};
        }
        if (request.method == "HEAD") return blob.empty() ? problem(404, "not-found", "blob-not-found") : HttpResponse{200, {}, ""};
        if (!request.target.starts_with(target)) return problem(404, "not-found", "upload-not-found");
        if (request.method == "GET") {
            const bool receiving = busy > 0 && busy-- > 0;
            return HttpResponse{
                200,
                {},
                fmt::format(R"({{"offset":{},"size":{},"receiving":{}}})", kept.size(), tells_another_size ? size + 1 : size, receiving)};
        }
        if (request.method == "PATCH") return take(request);
        const bool is_right = request.target.ends_with(sha256(kept).to_string());
        id.reset();
        if (!is_right) return problem(422, "integrity", "digest-mismatch");
        blob = kept;
        if (std::exchange(loses_last_answer, false)) return fail(ErrorKind::network, "connection-lost", "lost");
        return HttpResponse{201, {}, "{}"};
    }

    std::size_t size = 0;  ///< of the whole

private:
    static HttpResponse problem(int status, std::string_view title, std::string_view code) {
        return {status, {}, fmt::format(R"({{"title":"{}","code":"{}","detail":"d"}})", title, code)};
    }

    Result<HttpResponse> take(const HttpRequest& request) {
        std::string bytes = must(read_all(*request.upload, std::size_t{1} << 30U));
        REQUIRE(bytes.size() == request.upload_size);
        const std::string range = fmt::format("bytes {}-{}/{}", kept.size(), size - 1, size);
        REQUIRE(std::ranges::find(request.headers, std::pair(std::string("Content-Range"), range)) != request.headers.end());
        if (cuts.empty()) {
            kept += bytes;
            return HttpResponse{204, {}, ""};
        }
        kept += bytes.substr(0, cuts.front());
        cuts.erase(cuts.begin());
        return fail(ErrorKind::network, "connection-lost", "lost");
    }
};

struct Uploading {
    TempDir folder;
    OneUploadServer* server = new OneUploadServer();  // owned by the connection
    std::chrono::milliseconds waited{0};
    Connection connection{std::unique_ptr<HttpClient>(server), "ada@lab", [this](std::chrono::milliseconds pause) { waited += pause; }};
    std::string bytes = "the bytes of a model that is large";
    std::vector<std::uint64_t> offsets;

    Uploading() { server->size = bytes.size(); }
    Result<void> run() {
        write_file(folder / "model", bytes);
        const LocalFile file{folder / "model", bytes.size(), sha256(bytes)};
        UploadNote note = UploadNote::open(folder / "cache", "http://server", file.digest);
        return upload_file(connection, file, note, {[](std::uint64_t) {}, [this](std::uint64_t offset) { offsets.push_back(offset); }});
    }
    [[nodiscard]] std::int64_t count(std::string_view method) const {
        return std::ranges::count_if(server->requests, [&](const std::string& line) { return line.starts_with(method); });
    }
};

}  // namespace

TEST_CASE("an upload that nothing disturbs takes three requests") {
    Uploading talk;
    must(talk.run());
    CHECK(talk.server->blob == talk.bytes);
    CHECK(talk.server->requests.size() == 3);
    CHECK(talk.offsets == std::vector<std::uint64_t>{0});
}

TEST_CASE("a broken connection goes on from the server's offset, in the same run") {
    Uploading talk;
    talk.server->cuts = {5, 0, 7};
    must(talk.run());
    CHECK(talk.server->blob == talk.bytes);
    CHECK(talk.offsets == std::vector<std::uint64_t>{0, 5, 5, 12});
}

TEST_CASE("a connection that brings nothing again and again is given up, and the next run goes on") {
    Uploading talk;
    talk.server->cuts = {5, 0, 0, 0, 0, 0};
    CHECK(error_of(talk.run()).code == "connection-lost");
    talk.offsets.clear();
    must(talk.run());
    CHECK(talk.server->blob == talk.bytes);
    CHECK(talk.offsets == std::vector<std::uint64_t>{5});
    CHECK(talk.count("POST") == 1);
}

TEST_CASE("an upload that the server has forgotten is begun anew") {
    Uploading talk;
    talk.server->cuts = {5, 0, 0, 0, 0, 0};
    CHECK_FALSE(talk.run().has_value());
    talk.server->id.reset();
    must(talk.run());
    CHECK(talk.server->blob == talk.bytes);
    CHECK(talk.count("POST") == 2);
}

TEST_CASE("an upload of another size is not ours to continue") {
    Uploading talk;
    talk.server->cuts = {5, 0, 0, 0, 0, 0};
    CHECK_FALSE(talk.run().has_value());
    talk.server->tells_another_size = true;
    must(talk.run());
    CHECK(talk.server->blob == talk.bytes);
    CHECK(talk.count("POST") == 2);
}

TEST_CASE("a kept part that was wrong is sent again, once") {
    Uploading talk;
    talk.server->cuts = {5, 0, 0, 0, 0, 0};
    CHECK_FALSE(talk.run().has_value());
    talk.server->kept[0] = 'X';
    must(talk.run());
    CHECK(talk.server->blob == talk.bytes);

    Uploading changed;
    write_file(changed.folder / "model", changed.bytes);
    const LocalFile file{changed.folder / "model", changed.bytes.size(), sha256("what it was when it was hashed")};
    UploadNote note = UploadNote::open(changed.folder / "cache", "http://server", file.digest);
    const auto nothing = [](std::uint64_t) {};
    const Error error = error_of(upload_file(changed.connection, file, note, {nothing, nothing}));
    CHECK(error.code == "digest-mismatch");
    CHECK(error.fixes.back().find("may have changed meanwhile") != std::string::npos);
    CHECK(changed.count("POST") == 2);
}

TEST_CASE("an answer that is lost after the end costs no byte") {
    Uploading talk;
    talk.server->loses_last_answer = true;
    must(talk.run());
    CHECK(talk.count("PATCH") == 1);
    CHECK(talk.count("HEAD") == 1);
}

TEST_CASE("while somebody else writes the offset is not believed") {
    Uploading talk;
    talk.server->cuts = {5};
    talk.server->busy = 3;
    must(talk.run());
    CHECK(talk.server->blob == talk.bytes);
    CHECK(talk.count("GET") == 4);
    CHECK(talk.waited > std::chrono::milliseconds(0));
}

TEST_CASE("a server that takes no more uploads is believed at once") {
    Uploading talk;
    talk.server->is_full = true;
    const Error error = error_of(talk.run());
    CHECK(error.code == "upload-limit");
    CHECK(talk.server->requests.size() == 1);
}

}  // namespace assay::test
