#include "clients/cli/doctor.hpp"

#include "base/text.hpp"
#include "base/version.hpp"
#include "storage/sql/migrate.hpp"
#include "tests/support/cli_session.hpp"
#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace assay::test {

namespace {

constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30U;

/// A session in a folder of its own, with an Assay server that is ready.
struct Session : CliSession {
    TempDir folder;

    Session() {
        directory = folder.path();
        variables = {{"HOME", folder / "home"}, {"XDG_CONFIG_HOME", folder / "config"}};
        is_assay({{"name", "assay"},
                  {"version", assay_version},
                  {"api", "v1"},
                  {"schema", parse_integer(embedded_migrations().back().name.substr(0, 4)).value_or(0)},
                  {"disk", {{"file_system", "ext4"}, {"free_bytes", 50 * gibibyte}, {"total_bytes", 100 * gibibyte}}}});
        server.answer("GET /readyz", R"({"status":"ready"})");
    }
    void is_assay(const Json& says) { server.answer("GET /v1/server", says.dump()); }

    /// What `assay doctor` says of one thing; a document of several findings has the first.
    Json finding(const std::string& check) {
        code = run({"doctor", "--json"});
        document = must(parse_json(out.str()));
        const Json& items = document.at("items");
        const auto it = std::ranges::find_if(items, [&](const Json& item) { return item.at("check") == check; });
        return it == items.end() ? Json() : *it;
    }
    int code = -1;
    Json document;
};

}  // namespace

TEST_CASE("a file system is judged by what it keeps after a power cut") {
    for (const char* good : {"ext4", "xfs", "btrfs", "zfs", "f2fs"}) CHECK(judge_file_system(good).health == Health::ok);
    for (const char* bad : {"tmpfs", "ramfs", "nfs"}) CHECK(judge_file_system(bad).health == Health::fail);
    for (const char* doubtful : {"overlayfs", "fuse", "0x1234"}) {
        const Diagnosis finding = judge_file_system(doubtful);
        CHECK(finding.health == Health::warn);
        CHECK_FALSE(finding.because.empty());
        CHECK_FALSE(finding.fix.empty());
    }
}

TEST_CASE("little space warns below a tenth, and fails when an upload would soon find none") {
    CHECK(judge_space(10 * gibibyte, 100 * gibibyte).health == Health::ok);
    CHECK(judge_space(10 * gibibyte - 1, 100 * gibibyte).health == Health::warn);
    CHECK(judge_space(gibibyte / 4 - 1, gibibyte).health == Health::fail);
    CHECK(judge_space(gibibyte / 2, gibibyte).health == Health::ok);
}

TEST_CASE("clocks may differ by five seconds; beyond five minutes is a failure") {
    for (const double ahead : {0.0, 1.4, -1.4, 4.9, -4.9}) CHECK(judge_clock(ahead).health == Health::ok);
    for (const double ahead : {5.1, -5.1, 299.0}) CHECK(judge_clock(ahead).health == Health::warn);
    for (const double ahead : {301.0, -86400.0}) CHECK(judge_clock(ahead).health == Health::fail);
    CHECK(judge_clock(12).says.find("12 s ahead of the server") != std::string::npos);
    CHECK(judge_clock(-12).says.find("12 s behind the server") != std::string::npos);
}

TEST_CASE("a server that is well is said to be, with its release and its disk") {
    Session session;
    CHECK(session.finding("server").at("health") == "ok");
    CHECK(session.finding("versions").at("health") == "ok");
    CHECK(session.finding("file system").at("health") == "ok");
    CHECK(session.finding("disk space").at("says") == human_size(50 * gibibyte) + " of " + human_size(100 * gibibyte) + " are free");
    CHECK(session.finding("clock").at("health") == "warn");  // this server tells no time
    CHECK(session.document.at("ok") == true);
    CHECK(session.code == 0);
}

TEST_CASE("what answers and is no Assay server fails with what it said") {
    for (const auto& [body, status] : {std::pair{R"({"name":"other"})", 200}, {"<html>", 200}, {"[]", 200}, {R"({"name":"assay"})", 404}}) {
        Session session;
        session.server.answer("GET /v1/server", body, status);
        const Json finding = session.finding("server");
        CHECK(finding.at("health") == "fail");
        CHECK(finding.at("says").get<std::string>().find("is no Assay server") != std::string::npos);
        CHECK(session.document.at("ok") == false);
        CHECK(session.code == 1);
    }
}

TEST_CASE("a server that is not ready fails, and one of another release warns") {
    Session session;
    session.server.answer("GET /readyz", "{}", 503);
    CHECK(session.finding("server").at("health") == "fail");
    session.is_assay({{"name", "assay"}, {"version", "99.0.0"}, {"api", "v1"}, {"schema", 1}});
    CHECK(session.finding("versions").at("health") == "warn");
    session.is_assay({{"name", "assay"}, {"version", assay_version}, {"api", "v1"}, {"schema", 1}});
    CHECK(session.finding("versions").at("because").get<std::string>().find("this build brings the schema") != std::string::npos);
    session.is_assay({{"name", "assay"}, {"version", "99.0.0"}, {"api", "v2"}, {"schema", 1}});
    CHECK(session.finding("versions").at("health") == "fail");
}

TEST_CASE("a configuration with a mistake is a finding and stops nothing else") {
    Session session;
    std::ofstream(session.folder / "assay.toml") << "[assay]\nurll = \"http://x\"\n";
    const Json finding = session.finding("configuration");
    CHECK(finding.at("health") == "fail");
    CHECK(finding.at("because").get<std::string>().find("urll") != std::string::npos);
    CHECK(finding.at("fix") == "did you mean 'url'?");
    CHECK(session.finding("server").at("health") == "ok");
    CHECK(session.code == 1);
}

TEST_CASE("each setting in force is shown with where it is from") {
    Session session;
    session.variables["ASSAY_CACHE"] = session.folder / "cache";
    (void)session.finding("configuration");
    std::vector<std::string> lines;
    for (const Json& item : session.document.at("items")) {
        if (item.at("check") == "configuration") lines.push_back(item.at("says").get<std::string>());
    }
    CHECK(lines == std::vector<std::string>{"url = http://127.0.0.1:8080 (default)", "consumer = ada@lab (default)",
                                            "cache = " + (session.folder / "cache") + " (ASSAY_CACHE)", "environment = auto (default)"});
}

TEST_CASE("the cache is measured where it is, and may be made where it is not") {
    Session session;
    session.variables["ASSAY_CACHE"] = session.folder / "cache";
    CHECK(session.finding("cache").at("says") == (session.folder / "cache") + " is not there yet and can be made");
    std::filesystem::create_directories(session.folder / "cache/blobs");
    std::ofstream(session.folder / "cache/blobs/one") << "1234567";
    CHECK(session.finding("cache").at("says") == (session.folder / "cache") + " holds 1 file, " + human_size(7));
    session.variables["ASSAY_CACHE"] = session.folder / "cache/blobs/one";
    CHECK(session.finding("cache").at("health") == "fail");
    CHECK(session.code == 1);
}

TEST_CASE("a project whose lock file is missing, broken or incomplete is told so") {
    Session session;
    std::filesystem::create_directory(session.folder / "deep");
    session.directory = session.folder / "deep";
    std::ofstream(session.folder / "assay.toml") << "[fetch]\nmodels = [\"churn@production\"]\n";
    CHECK(session.finding("lock file").at("health") == "warn");
    CHECK(session.finding("lock file").at("fix") == "assay lock");
    std::ofstream(session.folder / "assay.lock") << "version = 1\nregistry = \"http://elsewhere\"\n";
    CHECK(session.finding("lock file").at("says").get<std::string>().find("does not pin churn@production") != std::string::npos);
    std::ofstream(session.folder / "assay.lock") << "version = 99\n";
    CHECK(session.finding("lock file").at("health") == "fail");
    CHECK(session.code == 1);
}

TEST_CASE("a file for the environment that cannot be read is a failure, and Python is then only a comfort") {
    Session session;
    std::ofstream(session.folder / "assay.toml") << "[assay]\nenvironment = \"serving.json\"\n";
    session.variables["VIRTUAL_ENV"] = session.folder / "no-such-environment";
    CHECK(session.finding("environment").at("health") == "fail");
    CHECK(session.finding("python").at("health") == "warn");
    std::ofstream(session.folder / "serving.json")
        << R"({"python":"3.11.7","implementation":"cpython","platform":"linux-x86_64","packages":{}})";
    CHECK(session.finding("environment").at("health") == "ok");
    std::filesystem::remove(session.folder / "assay.toml");
    CHECK(session.finding("python").at("health") == "fail");
}

}  // namespace assay::test
