#include "clients/cli/environment.hpp"

#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_registry.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

namespace assay::test {

namespace {

constexpr std::string_view serving =
    R"({"python":"3.11.7","implementation":"cpython","platform":"linux-x86_64","packages":{"Scikit_Learn":"1.5.2"}})";

/// An interpreter that answers with this, whatever it is asked.
std::string interpreter(const TempDir& folder, const std::string& answer, int status = 0) {
    const std::string path = folder / "python";
    write_file(path, "#!/bin/sh\ncat >/dev/null\ncat <<'END'\n" + answer + "\nEND\nexit " + std::to_string(status) + "\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
}

std::optional<std::string> no_variables(std::string_view) { return std::nullopt; }

}  // namespace

TEST_CASE("an environment is read as the server reads it, and named as the server names it") {
    const auto local = must(environment_from_text(serving));
    const Environment remote = must(read_environment(must(parse_json(serving))));
    CHECK(local.environment == remote);
    CHECK(local.digest == must(digest_of(remote)));
    CHECK(local.release_of("SCIKIT-learn") == "1.5.2");
    CHECK(local.release_of("python") == "3.11.7");
    CHECK_FALSE(local.release_of("numpy"));
    CHECK_FALSE(local.release_of("no name!"));
}

TEST_CASE("an environment that is none is refused with every reason at once") {
    const Error error = error_of(environment_from_text(R"({"platform":"p","packages":{"a":1,"b-c":"1","b_c":"2"},"extra":0})"));
    CHECK(error.code == "invalid-environment");
    std::vector<std::string> fields;
    for (const FieldProblem& problem : error.problems) fields.push_back(problem.field);
    std::ranges::sort(fields);
    CHECK(fields == std::vector<std::string>{"extra", "implementation", "packages.a", "packages.b_c"});
    CHECK(error_of(environment_from_text("[]")).kind == ErrorKind::invalid);
    CHECK(error_of(environment_from_text("{")).kind == ErrorKind::invalid);
    CHECK(error_of(environment_from_text(std::string(5'000'000, ' '))).kind == ErrorKind::too_large);
}

TEST_CASE("an interpreter is asked what it has, and one that fails is named") {
    const TempDir folder;
    CHECK(must(capture_environment(interpreter(folder, std::string(serving)))).release_of("scikit-learn") == "1.5.2");
    const Error failed = error_of(capture_environment(interpreter(folder, "", 3)));
    CHECK(failed.code == "program-failed");
    CHECK(failed.context.at(0) == "asking " + (folder / "python") + " which packages it has");
    CHECK(error_of(capture_environment(folder / "absent")).code == "program-not-found");
    CHECK(error_of(capture_environment(interpreter(folder, R"({"packages":{}})"))).code == "invalid-environment");
}

TEST_CASE("the default interpreter is the active virtual environment's, then conda's, then python3") {
    std::map<std::string, std::string, std::less<>> variables = {{"VIRTUAL_ENV", "/venv"}, {"CONDA_PREFIX", "/conda"}};
    const auto lookup = [&](std::string_view name) -> std::optional<std::string> {
        const auto it = variables.find(name);
        return it == variables.end() ? std::nullopt : std::optional(it->second);
    };
    CHECK(default_python(lookup) == "/venv/bin/python");
    variables["VIRTUAL_ENV"] = "";
    CHECK(default_python(lookup) == "/conda/bin/python");
    CHECK(default_python(no_variables) == "python3");
}

TEST_CASE("--environment is none, a file, or the default interpreter's; what cannot be had says what to do") {
    const TempDir folder;
    write_file(folder / "serving.json", serving);
    write_file(folder / "broken.json", R"({"packages":[]})");
    CHECK_FALSE(must(choose_environment("none", no_variables)));
    CHECK(must(choose_environment(folder / "serving.json", no_variables))->release_of("scikit-learn") == "1.5.2");
    const Error absent = error_of(choose_environment(folder / "absent.json", no_variables));
    CHECK(absent.kind == ErrorKind::not_found);
    CHECK(absent.fixes.at(0).find("--environment FILE") != std::string::npos);
    const Error broken = error_of(choose_environment(folder / "broken.json", no_variables));
    CHECK(broken.context.at(0).find("broken.json") != std::string::npos);
    const auto venv = [&](std::string_view name) -> std::optional<std::string> {
        return name == "VIRTUAL_ENV" ? std::optional(folder / "no-venv") : std::nullopt;
    };
    CHECK(error_of(choose_environment("auto", venv)).fixes.at(0).find("--environment none") != std::string::npos);
    std::filesystem::create_directories(folder / "no-venv/bin");
    std::filesystem::rename(interpreter(folder, std::string(serving)), folder / "no-venv/bin/python");
    CHECK(must(choose_environment("auto", venv))->release_of("python") == "3.11.7");
}

}  // namespace assay::test
