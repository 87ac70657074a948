#include "registry/check_logged.hpp"

#include "base/stream.hpp"
#include "registry/logged_files.hpp"
#include "tests/support/artifacts.hpp"
#include "tests/support/test_registry.hpp"

#include <algorithm>

namespace assay::test {

namespace {

/// A folder that MLflow's client has logged, which nobody has registered.
struct LoggedModel {
    TestRegistry registry;
    std::string folder = "0/models/m-1/artifacts";

    LoggedModel() {
        log("MLmodel", "flavors:\n  sklearn:\n    pickled_model: model.pkl\n    sklearn_version: 1.7.2\n");
        log("requirements.txt", "scikit-learn==1.7.2\nnumpy==2.3.1\n");
        log("model.pkl", artifact_bytes("1.7.2-search.joblib"));
    }
    void log(const std::string& path, std::string_view bytes) {
        MemorySource source(bytes);
        (void)must(log_file(registry, folder + "/" + path, source, std::nullopt));
    }
    Result<std::optional<Verdict>> check(const EnvironmentClaim& claim, const std::string& path = "model.pkl") {
        return check_logged(registry, folder + "/" + path, claim);
    }
};

}  // namespace

TEST_CASE("a logged model is refused where a release does not read what wrote it, and allowed where it is the same") {
    LoggedModel logged;
    CHECK(must(logged.check(logged.registry.know(an_environment())))->decision == Verdict::Decision::allow);
    const Verdict verdict = must(logged.check(logged.registry.know(an_environment({{"scikit-learn", "0.24.2"}})))).value();
    CHECK(verdict.decision == Verdict::Decision::refuse);
    REQUIRE(!verdict.conflicts.empty());
    CHECK(verdict.conflicts[0].package == "scikit-learn");
    CHECK(verdict.conflicts[0].recorded == "1.7.2");
    CHECK(verdict.version == "the model at '0/models/m-1/artifacts'");
    CHECK(std::ranges::any_of(verdict.fix, [](const std::string& fix) { return fix.starts_with("pip install"); }));
}

TEST_CASE("without an environment a logged model passes, and one that nobody knows is told") {
    LoggedModel logged;
    CHECK(must(logged.check(NoEnvironment{}))->decision == Verdict::Decision::allow);
    CHECK(must(logged.check(UnknownEnvironment{}))->decision == Verdict::Decision::allow);
    CHECK(error_of(logged.check(must(digest_of(an_environment())))).code == "environment-unknown");
}

TEST_CASE("a logged model of dangerous bytes is handed out nowhere") {
    LoggedModel logged;
    logged.log("model.pkl", "cos\nsystem\n(S'id'\ntR.");
    const Error error = error_of(logged.check(NoEnvironment{}));
    CHECK(error.kind == ErrorKind::unsafe);
    CHECK(error.message.find("is dangerous") != std::string::npos);
}

TEST_CASE("a dangerous file is not hidden behind more files than are looked at") {
    LoggedModel logged;
    for (int i = 0; i < 1'000; ++i) logged.log("a/" + std::to_string(i), "x");
    logged.log("z.bin", "cos\nsystem\n(S'id'\ntR.");
    CHECK(error_of(logged.check(NoEnvironment{}, "z.bin")).kind == ErrorKind::unsafe);
}

TEST_CASE("a file that is of no model is not judged") {
    LoggedModel logged;
    MemorySource source("cos\nsystem\n(S'id'\ntR.");
    (void)must(log_file(logged.registry, "0/run/artifacts/data.pkl", source, std::nullopt));
    CHECK(!must(check_logged(logged.registry, "0/run/artifacts/data.pkl", NoEnvironment{})));
}

}  // namespace assay::test
