#include "registry/environment.hpp"

#include "base/crypto.hpp"
#include "tests/support/result.hpp"

#include <fmt/format.h>

namespace assay::test {

namespace {

Json example() {
    return {{"python", "3.12.3"},
            {"implementation", "cpython"},
            {"platform", "linux-x86_64"},
            {"packages",
             {{"Scikit_Learn", "1.5.2"},
              {"numpy", "2.1.3"},
              {"torch", "2.1.0+cu118"},
              {"oddity", "2004d"},
              {"git-thing", "built from source"}}}};
}

/// The problem of one field, or "" when there is none.
std::string problem(const Json& value, const std::string& field) {
    const auto environment = read_environment(value);
    if (environment) return "";
    CHECK(environment.error().code == "invalid-environment");
    for (const FieldProblem& found : environment.error().problems) {
        if (found.field == field) return found.message;
    }
    return "";
}

Json with(const char* key, Json value) {
    Json json = example();
    json[key] = std::move(value);
    return json;
}

}  // namespace

TEST_CASE("an environment is read with its names normalised and written canonically") {
    const Environment environment = must(read_environment(example()));
    CHECK(environment.release_of("scikit-learn") == "1.5.2");
    CHECK(environment.release_of("python") == "3.12.3");
    CHECK(environment.release_of("scipy") == std::nullopt);
    const std::string expected =
        R"({"implementation":"cpython","packages":{"git-thing":"built from source","numpy":"2.1.3","oddity":"2004d",)"
        R"("scikit-learn":"1.5.2","torch":"2.1.0+cu118"},"platform":"linux-x86_64","python":"3.12.3"})";
    CHECK(must(canonical_bytes(environment)) == expected);
    CHECK(must(digest_of(environment)) == sha256(expected));
    CHECK(must(read_environment(to_json(environment))) == environment);
}

TEST_CASE("the name of a package is normalised as PEP 503 says") {
    CHECK(must(package_name("Foo.__Bar--baz")) == "foo-bar-baz");
    CHECK(must(package_name("A")) == "a");
    for (const char* bad : {"", "-a", "a-", "a b", "a/b", "n\xc3\xbc", "a\n", "_"}) CHECK_MESSAGE(!package_name(bad), bad);
    CHECK(!package_name(std::string(129, 'a')));
}

TEST_CASE("every problem of an environment is reported at once, with its field") {
    const Json value = {{"implementation", "C Python"}, {"packages", {{"a b", "1"}, {"numpy", 2}, {"scipy", ""}}}, {"colour", "blue"}};
    const Error error = error_of(read_environment(value));
    CHECK(error.kind == ErrorKind::invalid);
    CHECK(error.problems.size() == 7);
    CHECK(problem(value, "platform") == "is required and missing");
    CHECK(problem(value, "python") == "is required and missing");
    CHECK(problem(value, "implementation").starts_with("must be 1 to 64"));
    CHECK(problem(value, "packages.a b").starts_with("only ASCII letters"));
    CHECK(problem(value, "packages.numpy") == "must be a string, not an integer");
    CHECK(problem(value, "packages.scipy") == "is empty");
    CHECK(problem(value, "colour") == "is not a known field");
    CHECK(error_of(read_environment(Json::array())).problems.front().message == "must be an object, not an array");
}

TEST_CASE("two spellings of one package are refused") {
    CHECK(problem(with("packages", {{"scikit-learn", "1"}, {"scikit_learn", "2"}}), "packages.scikit_learn")
              .find("another spelling of 'scikit-learn'") == 3);
}

TEST_CASE("a release is free text that can be printed, of at most 256 bytes") {
    CHECK(problem(with("packages", {{"a", std::string(256, 'x')}}), "packages.a").empty());
    CHECK(problem(with("packages", {{"a", std::string(257, 'x')}}), "packages.a") == "has 257 bytes, at most 256 are allowed");
    CHECK(problem(with("packages", {{"a", "1.0\x1b[31m"}}), "packages.a") == "holds a control character");
    CHECK(problem(with("packages", {{"a", "\xff"}}), "packages.a") == "is not UTF-8");
    CHECK(problem(with("packages", {{"a", " 1.0"}}), "packages.a") == "begins or ends with a space");
    CHECK(problem(with("python", "3\n"), "python") == "holds a control character");
    CHECK(problem(with("platform", ""), "platform") == "is empty");
}

TEST_CASE("at most 5,000 packages are read") {
    Json packages = Json::object();
    for (int i = 0; i < 5'000; ++i) packages[fmt::format("p{}", i)] = "1";
    CHECK(must(read_environment(with("packages", packages))).packages.size() == 5'000);
    packages["one-more"] = "1";
    CHECK(problem(with("packages", packages), "packages") == "lists 5001 packages, at most 5000 are read");
}

TEST_CASE("a native environment has no python, and pip or conda cannot install it") {
    const Json native = {{"implementation", "native"}, {"platform", "linux-x86_64"}, {"packages", {{"eigen", "3.4.0"}}}};
    const Environment environment = must(read_environment(native));
    CHECK(environment.is_native());
    CHECK_FALSE(to_json(environment).contains("python"));
    CHECK(error_of(to_pip(environment)).code == "native-environment");
    CHECK(error_of(to_conda(environment)).code == "native-environment");
    CHECK(problem(with("implementation", "native"), "python") == "must not be given, because a native consumer has no Python");
}

TEST_CASE("an environment is shown as a pip requirements file") {
    CHECK(must(to_pip(must(read_environment(example())))) ==
          "# cpython 3.12.3, linux-x86_64\n"
          "# git-thing: pip cannot pin the release 'built from source'\n"
          "numpy==2.1.3\n"
          "oddity===2004d\n"
          "scikit-learn==1.5.2\n"
          "torch==2.1.0+cu118\n");
}

TEST_CASE("an environment is shown as a conda file that takes the packages from pip") {
    CHECK(must(to_conda(must(read_environment(example())))) ==
          "# cpython 3.12.3, linux-x86_64\n"
          "name: assay\n"
          "channels:\n"
          "  - conda-forge\n"
          "dependencies:\n"
          "  - python=3.12.3\n"
          "  - pip\n"
          "  - pip:\n"
          "      # git-thing: pip cannot pin the release 'built from source'\n"
          "      - numpy==2.1.3\n"
          "      - oddity===2004d\n"
          "      - scikit-learn==1.5.2\n"
          "      - torch==2.1.0+cu118\n");
}

}  // namespace assay::test
