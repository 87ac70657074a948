#include "base/crypto.hpp"
#include "clients/cli/project_lock.hpp"
#include "tests/support/cli_session.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_registry.hpp"

#include <filesystem>

// What scripts read of the command line: a change here is a change of a public format.

namespace assay::test {

namespace {

/// A machine with a locked version that was fetched to ./model, and a server that has the same one.
struct Project {
    TempDir folder;
    CliSession session;
    std::string lock = folder / "assay.lock";

    Project() {
        session.directory = folder.path();
        session.variables["HOME"] = folder.path();
        const Json manifest = {{"schema", "assay.manifest/1"},
                               {"model", "churn"},
                               {"version", 3},
                               {"files", {{{"path", "model.joblib"}, {"size", 5}, {"digest", sha256("model").to_string()}}}},
                               {"facts", {{"uses", {"scikit-learn"}}, {"libraries", {{"python", "3.11.7"}, {"scikit-learn", "1.5.2"}}}}}};
        const std::string bytes = must(canonical_json(manifest));
        const std::string version = to_text(Json{{"model", "churn"}, {"version", 3}, {"digest", sha256(bytes).to_string()}});
        session.server.answer("GET /v1/models/churn/versions/3", version);
        session.server.answer("GET /v1/models/churn/versions/@production", version);
        session.server.answer("GET /v1/models/churn/versions/3/manifest", bytes);
        std::filesystem::create_directories(folder / "model");
        write_file(folder / "model/model.joblib", "model");
    }
    /// Standard output, without where this test happens to run.
    [[nodiscard]] std::string said() const {
        std::string text = session.out.str();
        for (std::size_t at = text.find(folder.path()); at != std::string::npos; at = text.find(folder.path()))
            text.replace(at, folder.path().size(), "FOLDER");
        return text;
    }
};

}  // namespace

TEST_CASE("assay.lock and the answer of lock --json are written as docs/formats.md says") {
    Project project;
    CHECK(project.session.run({"--json", "lock", "churn@production", "-o", project.lock}) == 0);
    check_golden("cli_lock.json", project.said());
    check_golden("assay.lock", read_file(project.lock));
}

TEST_CASE("verify --json lists what is intact, and a problem what is not or was never fetched") {
    Project project;
    REQUIRE(project.session.run({"lock", "churn@production", "-o", project.lock}) == 0);
    CHECK(project.session.run({"verify", project.lock, "--json"}) == 3);
    check_golden("cli_verify_not_fetched.json", project.said());

    LockFile lock = must(read_lock(project.lock));
    lock.models.at(0).path = "model";
    write_file(project.lock, to_text(lock));
    CHECK(project.session.run({"verify", project.lock, "--json"}) == 0);
    check_golden("cli_verify.json", project.said());

    write_file(project.folder / "model/model.joblib", "MODEL and more");
    CHECK(project.session.run({"verify", project.lock, "--offline", "--json"}) == 5);
    check_golden("cli_verify_differs.json", project.said());
}

TEST_CASE("env capture prints an environment as docs/formats.md says") {
    Project project;
    const std::string python = project.folder / "python";
    write_file(
        python,
        "#!/bin/sh\ncat >/dev/null\n"
        R"(echo '{"python":"3.12.3","implementation":"cpython","platform":"linux-x86_64","packages":{"Scikit_Learn":"1.5.2","numpy":"2.1.3"}}')"
        "\n");
    std::filesystem::permissions(python, std::filesystem::perms::owner_all);
    CHECK(project.session.run({"env", "capture", "--python", python}) == 0);
    check_golden("environment.json", project.said());
}

TEST_CASE("env show prints the releases of a version as JSON, for pip and for conda") {
    Project project;
    for (const char* format : {"json", "pip", "conda"}) {
        CHECK(project.session.run({"env", "show", "churn@production", "--format", format}) == 0);
        check_golden(std::string("cli_env_show.") + format, project.said());
    }
}

TEST_CASE("list --json is one list of items, whatever the number of pages") {
    Project project;
    project.session.server.answer(
        "GET /v1/models?limit=1000",
        R"({"items":[{"name":"churn","versions":2,"latest_version":3,"aliases":{"production":3},"description":"","tags":{},"created_at":"2026-11-23T10:00:00Z"}],"next_cursor":"c"})");
    project.session.server.answer(
        "GET /v1/models?limit=1000&cursor=c",
        R"({"items":[{"name":"penguins","versions":0,"latest_version":null,"aliases":{},"description":"birds","tags":{"a":"b"},"created_at":"2026-11-23T11:00:00Z"}],"next_cursor":null})");
    CHECK(project.session.run({"list", "--json"}) == 0);
    check_golden("cli_list.json", project.said());
    CHECK(project.session.run({"list"}) == 0);
    check_golden("cli_list.txt", project.said());
}

}  // namespace assay::test
