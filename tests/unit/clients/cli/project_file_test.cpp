#include "clients/cli/project_file.hpp"

#include "base/json.hpp"
#include "clients/cpp/local_file.hpp"
#include "tests/support/result.hpp"
#include "tests/support/source_dir.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>

namespace assay::test {

namespace {

/// The cases that the Python package reads too (clients/python/tests/project_test.py).
Json cases() { return must(parse_json(must(read_text_file(source_dir() + "/tests/data/project_file/cases.json", 1U << 20U)))); }

Result<ProjectFile> parsed(const Json& entry) {
    const bool is_personal = entry.value("personal", false);
    return parse_project_file(entry.at("toml").get<std::string>(), "/p/assay.toml",
                              is_personal ? SettingsScope::personal : SettingsScope::project);
}

}  // namespace

TEST_CASE("a project file is read as the Python package reads it") {
    const Json all = cases();
    for (const Json& entry : all.at("read")) {
        CAPTURE(entry.at("toml"));
        const ProjectFile file = must(parsed(entry));
        Json settings = Json::object();
        const auto add = [&](const char* key, const std::optional<std::string>& value) {
            if (value) settings[key] = *value;
        };
        add("url", file.url);
        add("consumer", file.consumer);
        add("cache", file.cache);
        add("environment", file.environment);
        CHECK(settings == entry.at("settings"));
        CHECK(Json(file.uses) == entry.at("uses"));
        CHECK(Json(file.tags) == entry.at("tags"));
        CHECK(Json(file.models) == entry.at("models"));
        CHECK((file.into ? Json(*file.into) : Json()) == entry.at("into"));
        for (const Json& folder : entry.value("folders", Json::array())) {
            const auto place = file.folder_of(folder[0].get<std::string>(), folder[1].get<std::string>());
            CHECK((place ? Json(*place) : Json()) == folder[2]);
        }
    }
}

TEST_CASE("what a project file may not say is refused with the file, the key and the nearest one") {
    const Json all = cases();
    for (const Json& entry : all.at("refused")) {
        CAPTURE(entry.at("toml"));
        const Error error = error_of(parsed(entry));
        CHECK(error.code == "invalid-config");
        CHECK(error.kind == ErrorKind::invalid);
        CHECK(error.message == "/p/assay.toml cannot be used as configuration");
        CHECK(error.because.find(entry.at("because").get<std::string>()) != std::string::npos);
        REQUIRE(error.fixes.size() == 1);
        CHECK(error.fixes[0].find(entry.at("fix").get<std::string>()) != std::string::npos);
    }
}

TEST_CASE("a list or a file without end is refused") {
    std::string many = "[fetch]\nmodels = [";
    for (int i = 0; i < 1001; ++i) many += "\"m" + std::to_string(i) + "\",";
    CHECK(error_of(parse_project_file(many + "]\n", "/p/assay.toml", SettingsScope::project)).because.find("more than 1000") !=
          std::string::npos);
    const TempDir folder;
    std::ofstream(folder / "assay.toml") << std::string((1U << 20U) + 1, '#');
    CHECK(error_of(read_project_file(folder / "assay.toml", SettingsScope::project)).code == "invalid-config");
}

TEST_CASE("without an assay.toml at or above the folder there is no project") {
    const TempDir folder;
    std::filesystem::create_directories(folder / "a/b");
    CHECK(must(find_project_file(folder / "a/b")).path.empty());
    std::ofstream(folder / "a/assay.toml") << "[fetch]\nmodels = [\"churn@3\"]\n";
    CHECK(must(find_project_file(folder / "a/b")).path == folder / "a/assay.toml");
    CHECK(must(find_project_file(folder / "a/b")).folder() == folder / "a");
    CHECK(must(find_project_file(folder / "a/b")).names("churn", "@3"));
}

}  // namespace assay::test
