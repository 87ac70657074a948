#include "clients/cpp/client.hpp"

#include "base/clock.hpp"
#include "base/crypto.hpp"
#include "base/json.hpp"
#include "tests/support/api_test_server.hpp"
#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>

namespace assay::test {

namespace {

Sample rows_and_answers() {
    Sample sample;
    sample.rows = 2;
    sample.input = SampleTexts{{"spam", "ham"}};
    sample.outputs["predict"] = {{2}, std::vector<double>{0.1, 0.9}, {}};
    return sample;
}

/// A registry, a client of it, and a folder with a model.
struct Lab {
    ApiTestServer server;
    TempDir folder;
    Client client = must(Client::open({"http://127.0.0.1:" + std::to_string(server.port()), "ada@lab"}));

    Lab() {
        std::filesystem::create_directories(folder / "model/deep");
        write_file(folder / "model/model.assay", "the bytes of a model");
        write_file(folder / "model/deep/empty", "");
        write_file(folder / "train.csv", "a\n1\n");
    }
    [[nodiscard]] NewVersion version() const {
        NewVersion version;
        version.paths = {folder / "model"};
        version.sample = rows_and_answers();
        version.datasets = {must(dataset_of_file(folder / "train.csv", "training")), {"test", "held-out", sha256("x").to_string(), 7}};
        version.metrics = {{"accuracy", 0.5, "held-out"}};
        version.trained_at = "2026-11-22T21:14:03Z";
        return version;
    }
};

}  // namespace

TEST_CASE("what is pushed comes back into memory, by number, alias and digest, with the sample") {
    Lab lab;
    NewVersion version = lab.version();
    version.aliases = {"candidate"};
    const RegisteredVersion registered = must(lab.client.push("churn", version));
    CHECK(registered.version.name() == "churn@1");
    CHECK(registered.warnings.empty());
    must(lab.client.set_alias("churn", "production", 1));
    for (const std::string& reference : {std::string("churn"), std::string("churn@1"), std::string("churn@candidate"),
                                         std::string("churn@production"), "churn@" + registered.version.digest}) {
        CAPTURE(reference);
        CHECK(must(lab.client.resolve(reference)).digest == registered.version.digest);
        const LoadedVersion loaded = must(lab.client.fetch(reference));
        CHECK(loaded.version.name() == "churn@1");
        CHECK(sha256(loaded.manifest).to_string() == registered.version.digest);
        CHECK(must(loaded.file("model.assay")) == "the bytes of a model");
        CHECK(must(loaded.file("deep/empty")).empty());
        CHECK(loaded.files.size() == 3);
        CHECK(to_text(must(loaded.sample()).value()) == to_text(rows_and_answers()));
        CHECK(error_of(loaded.file("model.joblib")).because == "it has deep/empty, model.assay, sample.json");
    }
    must(lab.client.remove_alias("churn", "production"));
    CHECK(error_of(lab.client.resolve("churn@production")).kind == ErrorKind::not_found);
}

TEST_CASE("what a smoke test found is a proof that the gate goes by, from memory and from disk") {
    Lab lab;
    (void)must(lab.client.push("churn", lab.version()));
    const LoadedVersion loaded = must(lab.client.fetch("churn"));
    const Sample sample = must(loaded.sample()).value();
    must(lab.client.report(loaded, replay(sample, sample.outputs)));
    const Json proofs = lab.server.ask_json(200, "GET", "/v1/models/churn/versions/1/proofs")["items"];
    CHECK(proofs.at(0)["outcome"] == "equal");
    CHECK(proofs.at(0)["by"] == "ada@lab");
    CHECK(proofs.at(0)["rows"] == 2);

    const SavedVersion saved = must(lab.client.fetch_into(lab.folder / "out", "churn"));
    must(lab.client.report(saved, {.outcome = Replay::Outcome::load_error, .message = "the archive is of another schema"}));
    const Error refused = error_of(lab.client.fetch("churn"));
    CHECK(refused.kind == ErrorKind::incompatible);
    CHECK(describe(refused).find("the archive is of another schema") != std::string::npos);

    NewVersion bare = lab.version();
    bare.sample.reset();
    (void)must(lab.client.push("bare", bare));
    const Error nothing = error_of(lab.client.report(must(lab.client.fetch("bare")), {.rows = 1, .methods = {"predict"}}));
    CHECK(nothing.code == "no-sample");
    CHECK(nothing.context == std::vector<std::string>{"reporting the smoke test of bare@1"});
}

TEST_CASE("the facts of a native version are those of the program that made it") {
    Lab lab;
    const RegisteredVersion registered = must(lab.client.push("churn", lab.version()));
    const Json facts = must(parse_json(must(lab.client.fetch("churn")).manifest))["facts"];
    const NativeEnvironment here = native_environment();
    CHECK(facts["uses"] == Json::array({"cereal", "eigen"}));
    CHECK(facts["libraries"] == Json(here.packages));
    CHECK(facts["platform"] == here.platform);
    CHECK(facts["trained_at"] == "2026-11-22T21:14:03Z");
    CHECK(facts["datasets"][0]["name"] == "train");
    CHECK(facts["datasets"][0]["digest"] == sha256("a\n1\n").to_string());
    NewVersion second = lab.version();
    second.parents = {{"churn@latest", "retrained_from"}};
    (void)must(lab.client.push("churn", second));
    const Json parents = must(parse_json(must(lab.client.fetch("churn@2")).manifest))["facts"]["parents"];
    CHECK(parents == Json::array({{{"relation", "retrained_from"}, {"version", "churn@1"}, {"digest", registered.version.digest}}}));
}

TEST_CASE("a version on disk has the files of the version, and replaces what was there") {
    Lab lab;
    (void)must(lab.client.push("churn", lab.version()));
    std::filesystem::create_directories(lab.folder / "out");
    write_file(lab.folder / "out/model.assay", "something else");
    const SavedVersion saved = must(lab.client.fetch_into(lab.folder / "out", "churn"));
    CHECK(saved.places.size() == 3);
    CHECK(saved.places.at("model.assay") == lab.folder / "out/model.assay");
    CHECK(read_file(lab.folder / "out/model.assay") == "the bytes of a model");
    CHECK(read_file(lab.folder / "out/deep/empty").empty());
}

TEST_CASE("the gate judges another cereal or eigen like any other package: same minor warns, another is refused before a byte moves") {
    Lab lab;
    NewVersion version = lab.version();
    version.environment.packages = {{"eigen", "3.4.0"}, {"cereal", "1.3.2"}, {"assay", "0.1.0"}};
    (void)must(lab.client.push("churn", version));
    const auto fetch = [&](const char* eigen, const char* cereal) {
        NativeEnvironment environment = version.environment;
        environment.packages["eigen"] = eigen;
        environment.packages["cereal"] = cereal;
        return lab.client.fetch("churn", environment);
    };
    CHECK(must(fetch("3.4.0", "1.3.2")).warnings.empty());
    CHECK(must(fetch("3.4.0.post1", "1.3.2")).warnings.empty());
    CHECK(must(fetch("3.4.1", "1.3.0")).warnings.size() == 2);
    const Error eigen = error_of(fetch("3.3.9", "1.3.2"));
    CHECK(eigen.kind == ErrorKind::incompatible);
    CHECK(eigen.message == "churn@1 was trained with eigen 3.4.0; nothing proves that it works with 3.3.9");
    CHECK(eigen.because == "no rule says whether eigen 3.3.9 reads what 3.4.0 wrote");
    CHECK(eigen.fixes.at(0) == "build against eigen 3.4.0");
    CHECK(must(parse_json(eigen.details))["verdict"] == "refuse");
    CHECK(error_of(fetch("3.4.0", "1.2.2")).message.find("cereal 1.3.2") != std::string::npos);
    NativeEnvironment lacking = version.environment;
    lacking.packages.erase("eigen");
    CHECK(error_of(lab.client.fetch("churn", lacking)).message == "churn@1 was trained with eigen 3.4.0, which the environment lacks");
    NativeEnvironment later = version.environment;  // an archive's format has a version of its own: the release of assay is not judged
    later.packages["assay"] = "7.0.0";
    CHECK(must(lab.client.fetch("churn", later)).warnings.empty());
    CHECK(error_of(lab.client.fetch_into(lab.folder / "refused", "churn", lacking)).kind == ErrorKind::incompatible);
    CHECK_FALSE(std::filesystem::exists(lab.folder / "refused"));
}

TEST_CASE("a push that lacks facts is refused with every reason, and nothing is registered") {
    Lab lab;
    NewVersion version = lab.version();
    version.trained_at.clear();
    version.metrics.clear();
    version.datasets.clear();
    const Error error = error_of(lab.client.push("churn", version));
    CHECK(error.kind == ErrorKind::invalid);
    CHECK(error.problems.size() == 3);
    CHECK(error.context == std::vector<std::string>{"pushing churn"});
    CHECK(error_of(lab.client.resolve("churn")).kind == ErrorKind::not_found);
}

TEST_CASE("unchanged content makes no second version when that is asked for") {
    Lab lab;
    NewVersion version = lab.version();
    (void)must(lab.client.push("churn", version));
    version.unchanged = NewVersion::Unchanged::keep;
    CHECK(must(lab.client.push("churn", version)).version.number == 1);
    version.unchanged = NewVersion::Unchanged::register_again;
    CHECK(must(lab.client.push("churn", version)).version.number == 2);
}

TEST_CASE("a version that is larger than the memory allowed is refused before it is fetched") {
    Lab lab;
    (void)must(lab.client.push("churn", lab.version()));
    const Error error = error_of(lab.client.fetch("churn", native_environment(), 10));
    CHECK(error.code == "version-too-large");
    CHECK(error.context == std::vector<std::string>{"fetching churn"});
}

TEST_CASE("a wrong address is said before anything is sent, and a registry that is not there is a network error") {
    CHECK(error_of(Client::open({"ftp://somewhere", ""})).code == "invalid-url");
    Client nobody = must(Client::open({"http://127.0.0.1:1", ""}));
    CHECK(error_of(nobody.resolve("churn")).kind == ErrorKind::network);
}

TEST_CASE("now is this moment, as a registration wants it") {
    const Timestamp before = SystemClock().now();
    const Timestamp said = must(Timestamp::parse(now()));
    CHECK(before <= said);
    CHECK(said <= SystemClock().now());
}

}  // namespace assay::test
