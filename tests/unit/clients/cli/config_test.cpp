#include "clients/cli/config.hpp"

#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>
#include <map>

namespace assay::test {

namespace {

/// A machine with a project, a user and variables; everything is said everywhere.
struct Machine {
    TempDir folder;
    std::map<std::string, std::string, std::less<>> variables;

    Machine() {
        std::filesystem::create_directories(folder / "project/deep/er");
        std::filesystem::create_directories(folder / "config/assay");
        write("project/assay.toml", "[assay]\nurl = \"http://project\"\nconsumer = \"project@p\"\n");
        write("config/assay/config.toml", "[assay]\nurl = \"http://user\"\nconsumer = \"user@u\"\ncache = \"/user/cache\"\n");
        variables = {{"HOME", folder / "home"}, {"XDG_CONFIG_HOME", folder / "config"}, {"ASSAY_URL", "http://variable"}};
    }
    void write(const std::string& path, const std::string& text) const { std::ofstream(folder / path) << text; }
    [[nodiscard]] Result<Config> load(std::optional<std::string> flag = {}) const {
        return load_config({.url_flag = std::move(flag),
                            .consumer_flag = {},
                            .environment = [this](std::string_view name) -> std::optional<std::string> {
                                const auto it = variables.find(name);
                                return it == variables.end() ? std::nullopt : std::optional(it->second);
                            },
                            .directory = folder / "project/deep/er",
                            .user = "ada",
                            .host = "lab"});
    }
};

}  // namespace

TEST_CASE("flags go before variables, these before the project, this before the user") {
    Machine machine;
    CHECK(must(machine.load("http://flag")).url == "http://flag");
    CHECK(must(machine.load()).url == "http://variable");
    machine.variables["ASSAY_URL"] = "";
    CHECK(must(machine.load()).url == "http://project");
    CHECK(must(machine.load()).consumer == "project@p");
    CHECK(must(machine.load()).cache == "/user/cache");
    std::filesystem::remove(machine.folder / "project/assay.toml");
    CHECK(must(machine.load()).url == "http://user");
    std::filesystem::remove(machine.folder / "config/assay/config.toml");
    CHECK(must(machine.load()).url == "http://127.0.0.1:8080");
    CHECK(must(machine.load()).consumer == "ada@lab");
    CHECK(must(machine.load()).cache == machine.folder / "home/.cache/assay");
}

TEST_CASE("the nearest project file is the one that counts") {
    Machine machine;
    machine.variables.erase("ASSAY_URL");
    machine.write("project/deep/assay.toml", "[assay]\nurl = \"http://nearer\"\n");
    CHECK(must(machine.load()).url == "http://nearer");
    CHECK(must(machine.load()).consumer == "user@u");
}

TEST_CASE("a configuration that is wrong is named and not ignored") {
    Machine machine;
    for (const char* bad : {"[assay]\nurll = \"x\"\n", "[assay]\nurl = 3\n", "assay = 1\n", "[assay\n"}) {
        machine.write("project/assay.toml", bad);
        const Error error = error_of(machine.load());
        CHECK(error.code == "invalid-config");
        CHECK(error.message.find("project/assay.toml") != std::string::npos);
    }
}

TEST_CASE("a consumer without a host gets this one") {
    Machine machine;
    machine.variables["ASSAY_CONSUMER"] = "scoring";
    CHECK(must(machine.load()).consumer == "scoring@lab");
}

TEST_CASE("each setting knows where its value is from") {
    Machine machine;
    const Config config = must(machine.load());
    CHECK(config.origins.url == "ASSAY_URL");
    CHECK(config.origins.consumer == machine.folder / "project/assay.toml");
    CHECK(config.origins.cache == machine.folder / "config/assay/config.toml");
    CHECK(config.origins.environment == "default");
    CHECK(must(machine.load("http://flag")).origins.url == "--url");
}

TEST_CASE("the lock file is beside the project file that names models, else in the current folder") {
    Machine machine;
    CHECK(must(machine.load()).lock_path == "assay.lock");
    machine.write("project/assay.toml", "[fetch]\nmodels = [\"churn@production\"]\n");
    CHECK(must(machine.load()).lock_path == machine.folder / "project/assay.lock");
    machine.write("project/deep/er/assay.toml", "[fetch]\nmodels = [\"churn@production\"]\n");
    CHECK(must(machine.load()).lock_path == "assay.lock");
}

TEST_CASE("what --environment says by default is the project's, whose files are beside it") {
    Machine machine;
    CHECK(must(machine.load()).environment == "auto");
    machine.write("config/assay/config.toml", "[assay]\nenvironment = \"none\"\n");
    CHECK(must(machine.load()).environment == "none");
    machine.write("project/assay.toml", "[assay]\nenvironment = \"serving.json\"\n");
    CHECK(must(machine.load()).environment == machine.folder / "project/serving.json");
}

}  // namespace assay::test
