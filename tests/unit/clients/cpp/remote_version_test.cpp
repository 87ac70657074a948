#include "clients/cpp/remote_version.hpp"

#include "base/crypto.hpp"
#include "tests/support/cli_session.hpp"
#include "tests/support/result.hpp"

namespace assay::test {

namespace {

constexpr std::string_view version_path = "/v1/models/churn/versions/3";

Json file_entry(const std::string& path, const std::string& bytes) {
    return {{"path", path}, {"size", bytes.size()}, {"digest", sha256(bytes).to_string()}};
}

/// A server with churn@3, whose manifest is this.
struct Shop {
    HeartServer server;
    Connection connection{server.client(), "ada@lab"};
    std::string manifest;

    explicit Shop(const Json& files, const Json& overrides = Json::object()) {
        Json json = {{"schema", "assay.manifest/1"}, {"model", "churn"}, {"version", 3}, {"files", files}};
        json.update(overrides);
        manifest = must(canonical_json(json));
        server.answer("GET " + std::string(version_path),
                      to_text(Json{{"model", "churn"}, {"version", 3}, {"digest", sha256(manifest).to_string()}}));
        server.answer("GET " + std::string(version_path) + "/manifest", manifest);
    }
    [[nodiscard]] Result<RemoteVersion> look(const std::optional<Digest>& pinned = {}) {
        return resolve_version(connection, std::string(version_path), "churn", pinned);
    }
};

}  // namespace

TEST_CASE("a version is what its manifest says, whose bytes have its digest") {
    Shop shop(Json::array({file_entry("data/a", "abc")}));
    const RemoteVersion version = must(shop.look(sha256(shop.manifest)));
    CHECK(version.name() == "churn@3");
    CHECK(version.digest == sha256(shop.manifest));
    REQUIRE(version.files.size() == 1);
    CHECK(version.files[0].path == "data/a");
    CHECK(version.files[0].size == 3);
    CHECK(version.files[0].digest == sha256("abc"));
    CHECK(error_of(shop.look(sha256("other"))).because.ends_with("not the one asked for"));
}

TEST_CASE("a manifest whose paths would leave the folder, or that repeats or lacks something, is not trusted") {
    for (const Json& files : {Json::array({file_entry("../a", "a")}), Json::array({file_entry("/a", "a")}),
                              Json::array({file_entry("a", "a"), file_entry("a", "b")}), Json::array(), Json::array({{{"path", "a"}}}),
                              Json::array({{{"path", "a"}, {"size", -1}, {"digest", sha256("a").to_string()}}}), Json("none")}) {
        Shop shop(files);
        CAPTURE(to_text(files));
        CHECK(error_of(shop.look()).code == "bad-manifest");
    }
}

TEST_CASE("a manifest of another version, or with another digest, is not trusted") {
    Shop other(Json::array({file_entry("a", "a")}), {{"version", 4}});
    CHECK(error_of(other.look()).because == "it is the manifest of another version");
    Shop forged(Json::array({file_entry("a", "a")}));
    forged.server.answer("GET " + std::string(version_path) + "/manifest", "{}");
    CHECK(error_of(forged.look()).because.starts_with("its bytes do not have the digest"));
    Shop nothing(Json::array({file_entry("a", "a")}));
    nothing.server.answer("GET " + std::string(version_path), R"({"hello":"world"})");
    CHECK(error_of(nothing.look()).code == "bad-answer");
}

TEST_CASE("to be judged, an environment is stored under its digest first; without one the server is told so") {
    Shop shop(Json::array({file_entry("a", "a")}));
    const RemoteVersion version = must(shop.look());
    const std::string check = "POST " + std::string(version_path) + ":check";
    shop.server.answer(check, R"({"verdict":"allow"})");
    CHECK(must(ask_gate(shop.connection, version, std::nullopt, true)) == Json{{"verdict", "allow"}});
    CHECK(must(parse_json(shop.server.body_of(check))) == Json{{"environment", "none"}, {"fetch", true}});

    const Digest digest = sha256("{}");
    const std::string store = "PUT /v1/environments/" + digest.to_string();
    CHECK(error_of(ask_gate(shop.connection, version, OfferedEnvironment{digest, Json::object()}, false)).kind == ErrorKind::not_found);
    shop.server.answer(store, "{}");
    CHECK(must(ask_gate(shop.connection, version, OfferedEnvironment{digest, Json::object()}, false)) == Json{{"verdict", "allow"}});
    CHECK(shop.server.body_of(store) == "{}");
    CHECK(must(parse_json(shop.server.body_of(check))) == Json{{"environment", digest.to_string()}, {"fetch", false}});
}

}  // namespace assay::test
