#include "clients/cli/download.hpp"

#include "base/crypto.hpp"
#include "tests/support/cli_session.hpp"
#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_registry.hpp"

#include <filesystem>

namespace assay::test {

namespace {

constexpr std::string_view version_path = "/v1/models/churn/versions/3";

Json file_entry(const std::string& path, const std::string& bytes) {
    return {{"path", path}, {"size", bytes.size()}, {"digest", sha256(bytes).to_string()}};
}

/// A server with churn@3, whose manifest is this, and a folder to fetch to.
struct Shop {
    TempDir folder;
    CliSession session;
    std::string target = folder / "out";

    explicit Shop(const Json& files, const Json& overrides = Json::object()) {
        Json manifest = {{"schema", "assay.manifest/1"}, {"model", "churn"}, {"version", 3}, {"files", files}};
        manifest.update(overrides);
        const std::string bytes = must(canonical_json(manifest));
        session.server.answer("GET " + std::string(version_path),
                              to_text(Json{{"model", "churn"}, {"version", 3}, {"digest", sha256(bytes).to_string()}}));
        session.server.answer("GET " + std::string(version_path) + "/manifest", bytes);
    }
    void offer(const std::string& path, const std::string& bytes) {
        session.server.answer("GET " + std::string(version_path) + "/files/" + path, bytes);
    }
    [[nodiscard]] Result<RemoteVersion> look() { return resolve(*must(session.context().server()), must(Reference::parse("churn@3"))); }
    [[nodiscard]] Result<std::vector<DownloadedFile>> fetch(bool force = false) {
        const RemoteVersion version = must(look());
        return download(session.context(), version, std::nullopt, target, force);
    }
    [[nodiscard]] bool is_untouched() const { return !std::filesystem::exists(target); }
};

}  // namespace

TEST_CASE("the files of a version arrive under their paths, each with the bytes that the manifest says") {
    Shop shop(
        Json::array({file_entry("data/sample.json", "{}"), file_entry("empty", ""), file_entry("model.joblib", "the bytes of a model")}));
    shop.offer("data/sample.json", "{}");
    shop.offer("empty", "");
    shop.offer("model.joblib", "the bytes of a model");
    const auto files = must(shop.fetch());
    REQUIRE(files.size() == 3);
    CHECK_FALSE(files[2].was_there);
    CHECK(read_file(shop.target + "/model.joblib") == "the bytes of a model");
    CHECK(read_file(shop.target + "/data/sample.json") == "{}");
    CHECK(read_file(shop.target + "/empty").empty());
    CHECK(must(shop.fetch())[2].was_there);
}

TEST_CASE("bytes that are not those of the manifest are never given a name") {
    for (const char* bytes : {"other bytes of a mode", "the bytes", "the bytes of a model and more"}) {
        Shop shop(Json::array({file_entry("model.joblib", "the bytes of a model!")}));
        shop.offer("model.joblib", bytes);
        const Error error = error_of(shop.fetch());
        CHECK(error.kind == ErrorKind::integrity);
        CHECK(error.message.find("model.joblib of churn@3") != std::string::npos);
        CHECK_FALSE(std::filesystem::exists(shop.target + "/model.joblib"));
    }
}

TEST_CASE("a server that refuses leaves neither a file nor a folder behind") {
    Shop shop(Json::array({file_entry("model.joblib", "x")}));
    CHECK(error_of(shop.fetch()).kind == ErrorKind::not_found);
    CHECK(shop.is_untouched());
}

TEST_CASE("a file with other bytes is in the way, unless it is to be replaced") {
    Shop shop(Json::array({file_entry("a", "a"), file_entry("b", "b")}));
    shop.offer("a", "a");
    shop.offer("b", "b");
    std::filesystem::create_directories(shop.target);
    write_file(shop.target + "/b", "mine");
    const Error error = error_of(shop.fetch());
    CHECK(error.code == "file-exists");
    CHECK_FALSE(std::filesystem::exists(shop.target + "/a"));
    CHECK(read_file(shop.target + "/b") == "mine");
    CHECK(must(shop.fetch(true)).size() == 2);
    CHECK(read_file(shop.target + "/b") == "b");
}

TEST_CASE("links and folders in the way are refused and never followed") {
    Shop shop(Json::array({file_entry("data/a", "a")}));
    shop.offer("data/a", "a");
    std::filesystem::create_directories(shop.target);
    std::filesystem::create_directories(shop.folder / "elsewhere");
    std::filesystem::create_symlink(shop.folder / "elsewhere", shop.target + "/data");
    CHECK(error_of(shop.fetch(true)).code == "not-a-folder");
    CHECK(std::filesystem::is_empty(shop.folder / "elsewhere"));
    std::filesystem::remove(shop.target + "/data");
    std::filesystem::create_directories(shop.target + "/data/a");
    CHECK(error_of(shop.fetch(true)).code == "not-a-file");
}

TEST_CASE("to be judged, an environment is stored under its digest first; without one the server is told so") {
    Shop shop(Json::array({file_entry("a", "a")}));
    const RemoteVersion version = must(shop.look());
    Connection& server = *must(shop.session.context().server());
    const std::string check = "POST " + std::string(version_path) + ":check";
    shop.session.server.answer(check, R"({"verdict":"allow"})");
    CHECK(must(judge(server, version, std::nullopt, true)) == Json{{"verdict", "allow"}});
    CHECK(must(parse_json(shop.session.server.body_of(check))) == Json{{"environment", "none"}, {"fetch", true}});

    const Environment environment = an_environment();
    const Digest digest = must(digest_of(environment));
    const std::string store = "PUT /v1/environments/" + digest.to_string();
    shop.session.server.answer(store, "{}");
    CHECK(must(judge(server, version, LocalEnvironment{environment, digest}, false)) == Json{{"verdict", "allow"}});
    CHECK(must(parse_json(shop.session.server.body_of(store))) == to_json(environment));
    CHECK(must(parse_json(shop.session.server.body_of(check))) == Json{{"environment", digest.to_string()}, {"fetch", false}});
}

}  // namespace assay::test
